import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usePostgres } from '../test/support/postgres.ts';
import { startServiceProcess } from '../test/support/service-process.ts';
import { cpuSecondsOf, postgresCpuSeconds } from './process-cpu.ts';

export const BENCH_STORES = ['sqlite', 'postgres'] as const;
export type BenchStore = (typeof BENCH_STORES)[number];

/** The real service in a process of its own with an empty store, as an operator starts it. */
export interface BenchService {
  /** Posts records over connections that are kept; rejects unless the service took all of them. */
  post(body: Uint8Array, contentType: string): Promise<void>;
  addSplunk(name: string, workspaceId: string, url: string): Promise<void>;
  /** Of the service with all of its threads. */
  cpuSeconds(): number;
  /** Of its PostgreSQL; 0 with SQLite. */
  serverCpuSeconds(): Promise<number>;
  close(): Promise<void>;
}

export async function startBenchService(store: BenchStore): Promise<BenchService> {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-bench-'));
  const postgres = store === 'postgres' ? await usePostgres() : undefined;
  const service = await startServiceProcess({
    folder,
    ...(postgres === undefined ? {} : { storeUrl: postgres.url }),
    // For profiles: NODE_OPTIONS='--cpu-prof --cpu-prof-dir=FOLDER' is passed on.
    env: { NODE_OPTIONS: process.env['NODE_OPTIONS'] ?? '' },
  });
  const pid = service.process.pid ?? -1;
  const agent = new Agent({ keepAlive: true });
  const key = readFileSync(join(folder, 'admin-key'), 'utf8').trim();
  return {
    post: (body, contentType) =>
      post(new URL('/v1/attestations', service.url), agent, body, {
        authorization: `Bearer ${key}`,
        'content-type': contentType,
      }),
    addSplunk: async (name, workspaceId, url) => {
      const { status } = await service.call('POST', '/v1/siem/destinations', {
        name,
        workspace_id: workspaceId,
        type: 'splunk_hec',
        config: { url },
        credentials: { token: 'bench-token' },
        sources: ['attestations'],
      });
      if (status !== 201) throw new Error(`the service answered ${status} to a new destination`);
    },
    cpuSeconds: () => cpuSecondsOf(pid),
    serverCpuSeconds: async () => (postgres === undefined ? 0 : postgresCpuSeconds(postgres.url)),
    close: async () => {
      agent.destroy();
      await service.end();
      await postgres?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function post(
  url: URL,
  agent: Agent,
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const outgoing = request(url, {
    method: 'POST',
    agent,
    headers: { ...headers, 'content-length': String(body.length) },
  });
  outgoing.on('error', reject);
  outgoing.on('response', (incoming) => {
    incoming.resume();
    incoming.on('error', reject);
    incoming.on('end', () => {
      if (incoming.statusCode === 201) resolve();
      else reject(new Error(`the service answered ${String(incoming.statusCode)} to new records`));
    });
  });
  outgoing.end(body);
  return promise;
}
