/** Two processes may tell operators: one does, and when it is killed the other goes on. On both stores, with real processes. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openStore } from '../src/store/open-store.ts';
import { Installation } from './api/installation.ts';
import { addDestination, newWorkspace } from './store-contract/store-fixtures.ts';
import { cleanEnvironment } from './support/clean-environment.ts';
import { usePostgres } from './support/postgres.ts';

const PROCESS = join(import.meta.dirname, 'support', 'noticing-process.ts');
const WAIT_MS = 20_000;
/** Longer than a turn of the processes here. */
const QUIET_MS = 1_500;

interface Arrival {
  readonly id: string;
  readonly kinds: readonly string[];
  readonly response: ServerResponse;
}

for (const kind of ['sqlite', 'postgres'] as const) {
  test(`${kind}: of two processes one tells, and it tells once`, async (t) => {
    const world = await startWorld(t, kind);
    await Promise.all([world.startProcess(), world.startProcess()]);
    const [first] = await world.arrived(1);
    first?.response.writeHead(204).end();
    await sleep(QUIET_MS);
    assert.deepEqual(
      world.arrivals.map(({ kinds }) => kinds),
      [['credentials_ending']],
    );
  });

  test(`${kind}: a process that is killed while it tells is followed by the other, which repeats that one message`, async (t) => {
    const world = await startWorld(t, kind);
    const sender = await world.startProcess();
    await world.arrived(1);
    await world.startProcess();
    sender.kill('SIGKILL');
    const [first, second] = await world.arrived(2);
    assert.deepEqual(second?.kinds, ['credentials_ending']);
    assert.equal(second?.id, first?.id, 'a receiver can tell that it is a repeat');
    second?.response.writeHead(204).end();
    await sleep(QUIET_MS);
    assert.equal(world.arrivals.length, 2);
  });

  test(`${kind}: what was told stays told when all processes are started anew`, async (t) => {
    const world = await startWorld(t, kind);
    const sender = await world.startProcess();
    const [first] = await world.arrived(1);
    first?.response.writeHead(204).end();
    await world.kept();
    sender.kill('SIGKILL');
    await world.startProcess();
    await sleep(QUIET_MS);
    assert.equal(world.arrivals.length, 1);
  });
}

async function startWorld(t: TestContext, kind: 'sqlite' | 'postgres') {
  const installation = new Installation();
  const postgres = kind === 'postgres' ? await usePostgres() : undefined;
  const url = postgres?.url ?? `sqlite:${installation.file('aegis.db')}`;
  const store = await openStore(url);
  await store.migrate();
  // Something to tell of that holds for good.
  await addDestination(store, newWorkspace(), { credentialNotes: { expiresAtMs: Date.now() - 1_000 } });
  const arrivals: Arrival[] = [];
  const news = new EventTarget();
  const receiver = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => (body += text));
    request.on('end', () => {
      const { data } = JSON.parse(body) as { data: { notices: readonly { kind: string }[] } };
      const kinds = data.notices.map((notice) => notice.kind);
      arrivals.push({ id: String(request.headers['webhook-id']), kinds, response });
      news.dispatchEvent(new Event('arrival'));
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  writeFileSync(installation.file('secret'), `whsec_${randomBytes(32).toString('base64')}`, { mode: 0o600 });
  const children: ChildProcess[] = [];
  t.after(async () => {
    for (const child of children) {
      const ended = once(child, 'close');
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await ended;
      }
    }
    receiver.closeAllConnections();
    receiver.close();
    await store.close();
    await postgres?.close();
    installation.remove();
  });
  return {
    arrivals,
    startProcess: async (): Promise<ChildProcess> => {
      const child = spawn(process.execPath, [PROCESS], {
        env: {
          ...cleanEnvironment(),
          ...installation.env({
            AEGIS_SIEM_STORE: url,
            AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
            AEGIS_SIEM_NOTICE_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`,
            AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE: installation.file('secret'),
          }),
        },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      children.push(child);
      await once(child.stdout, 'data');
      return child;
    },
    arrived: async (count: number): Promise<readonly Arrival[]> => {
      const late = AbortSignal.timeout(WAIT_MS);
      while (arrivals.length < count) await once(news, 'arrival', { signal: late });
      return arrivals;
    },
    /** Until the store says that nothing is under way any more. */
    kept: async (): Promise<void> => {
      for (let look = 0; look < 200; look += 1) {
        const state = await stateOf(url);
        if (state.includes('"outgoing":[]') && state.includes('"saidMs"')) return;
        await sleep(20);
      }
      throw new Error('what was told was not kept');
    },
  };
}

async function stateOf(url: string): Promise<string> {
  if (url.startsWith('sqlite:')) {
    const { DatabaseSync } = await import('node:sqlite');
    using db = new DatabaseSync(url.slice('sqlite:'.length), { readOnly: true });
    return String(db.prepare('select state from aegis_siem_notices').get()?.['state']);
  }
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ state: string }>('select state from aegis_siem_notices');
  await client.end();
  return String(rows[0]?.state);
}
