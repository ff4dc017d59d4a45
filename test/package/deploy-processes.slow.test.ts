/**
 * What the manifests of Kubernetes start, started here as processes in the same order: their commands, switches and settings, with the
 * places of this machine. Each of their probes is then answered.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { cell } from '../../src/cli/output.ts';
import { callService } from '../api/call-service.ts';
import { type CliProcess, startCliProcess } from '../support/cli-process.ts';
import { usePostgres } from '../support/postgres.ts';
import { at, texts, type Workload, workloads } from './manifests.ts';

const ROOT = realpathSync(join(import.meta.dirname, '..', '..'));
const [IMAGE_ROOT, SECRETS] = ['/opt/aegis-siem', '/run/aegis-siem'];
/** Node 24 has no switch for the network. */
const HAS_NETWORK_SWITCH = Number(process.versions.node.split('.')[0]) >= 25;
const READY = { api: /listening on/, worker: /delivering/, migrate: /from version 0 to \d+/ } as const;

async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return String(port);
}

/** Node's own switches before the program, with the places of this machine. */
function switchesOf({ container }: Workload, folder: string): string {
  return texts(container['command'])
    .slice(1)
    .filter((word) => word !== '--allow-net' || HAS_NETWORK_SWITCH)
    .flatMap((word) =>
      word === `--allow-fs-read=${IMAGE_ROOT}`
        ? [ROOT, realpathSync(join(ROOT, 'node_modules'))].map((place) => `--allow-fs-read=${place}`)
        : [word.replace(SECRETS, folder)],
    )
    .join(' ');
}

function begin(
  workload: Workload,
  role: keyof typeof READY,
  { folder, storeUrl, ports }: { folder: string; storeUrl: string; ports: Record<string, string> },
): CliProcess {
  const env = Object.entries(workload.env).map(([name, given]) => [
    name,
    'value' in given ? given.value.replace(SECRETS, folder) : storeUrl,
  ]);
  const words = texts(workload.container['args']).filter((word) => !word.startsWith(IMAGE_ROOT));
  return startCliProcess({
    args: words,
    env: {
      ...(Object.fromEntries(env) as Record<string, string>),
      // A test answers to nobody but itself.
      AEGIS_SIEM_HOST: '127.0.0.1',
      ...ports,
      NODE_OPTIONS: switchesOf(workload, folder),
    },
    ready: READY[role],
  });
}

test('the job migrates, and API and worker answer their probes', { timeout: 400_000 }, async (t) => {
  const postgres = await usePostgres();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'aegis-siem-manifests-')));
  const running: CliProcess[] = [];
  t.after(async () => {
    for (const one of running) await one.end('SIGTERM');
    await postgres.close();
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'master-key'), `k1 ${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  const ports = { AEGIS_SIEM_PORT: await freePort(), AEGIS_SIEM_WORKER_PORT: await freePort() };
  const parts = { folder, storeUrl: postgres.url, ports };
  const find = (role: string): Workload => {
    const found = workloads().find(({ labels }) => labels['app.kubernetes.io/component'] === role);
    assert.ok(found !== undefined, role);
    return found;
  };

  const job = begin(find('migrate'), 'migrate', parts);
  assert.equal(await job.ended, 0, job.output());
  assert.match(job.output(), READY.migrate);

  for (const [role, port] of [
    ['api', ports.AEGIS_SIEM_PORT],
    ['worker', ports.AEGIS_SIEM_WORKER_PORT],
  ] as const) {
    const workload = find(role);
    const started = begin(workload, role, parts);
    running.push(started);
    await started.ready;
    for (const probe of ['livenessProbe', 'readinessProbe']) {
      const path = cell(at(workload.container[probe], 'httpGet', 'path'));
      // Probes have no key.
      const { status } = await callService(`http://127.0.0.1:${port}`, '', 'GET', path);
      assert.equal(status, 200, `${role} ${probe}: ${started.output()}`);
    }
    assert.doesNotMatch(started.output(), /ERR_ACCESS_DENIED/);
  }
});
