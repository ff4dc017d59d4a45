import { randomBytes, randomUUID } from 'node:crypto';
import { DEFAULT_OCSF_SETTINGS } from '../src/ocsf/ocsf-event.ts';
import { createSealer } from '../src/secrets/create-sealer.ts';
import type { SealingKey } from '../src/secrets/sealing-key.ts';
import { type OpenedStore, openStore } from '../src/store/open-store.ts';
import type { Store } from '../src/store/store.ts';
import { BENCH_WORKSPACE } from './workload.ts';

export const BENCH_KEY: SealingKey = { keyId: 'k-bench', key: randomBytes(32) };

export interface BenchDestination {
  readonly url: string;
  readonly workspaceId: string;
  readonly state: 'active' | 'paused';
  readonly gzip?: boolean;
  /** Seals the token; a delivery in another process must be given the same one. */
  readonly key?: SealingKey;
}

/** A Splunk destination written straight into the store. */
export async function addBenchDestination(
  store: Store,
  { url, workspaceId, state, gzip = true, key = BENCH_KEY }: BenchDestination,
): Promise<void> {
  const destinationId = randomUUID();
  const sealed = createSealer([key]).seal('bench-token', {
    workspaceId,
    destinationId,
    field: 'token',
  });
  await store.admin.createDestination(
    {
      destinationId,
      workspaceId,
      name: `bench-${destinationId}`,
      type: 'splunk_hec',
      state,
      config: { url, gzip },
      sealed: { token: sealed },
      fingerprints: {},
      ocsf: DEFAULT_OCSF_SETTINGS,
      batch: {},
      sources: ['attestations'],
    },
    {
      auditId: randomUUID(),
      atMs: Date.now(),
      workspaceId,
      actor: 'bench',
      action: 'destination.created',
      subjectId: destinationId,
    },
  );
}

/** A new store with one destination at the sink, as each run of a delivery begins. */
export async function openBenchStore(
  storeUrl: string,
  sinkUrl: string,
  encoding: string,
): Promise<OpenedStore> {
  const store = await openStore(storeUrl);
  await store.migrate();
  await addBenchDestination(store, {
    url: sinkUrl,
    workspaceId: BENCH_WORKSPACE,
    state: 'active',
    gzip: encoding === 'gzip',
  });
  return store;
}
