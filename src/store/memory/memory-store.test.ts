import assert from 'node:assert/strict';
import { test } from 'node:test';
import { batchesSection } from '../../../test/store-contract/batches-section.ts';
import { laneSection } from '../../../test/store-contract/lane-section.ts';
import { owedSection } from '../../../test/store-contract/owed-section.ts';
import { openRowsSection } from '../../../test/store-contract/open-rows-section.ts';
import { retentionSection } from '../../../test/store-contract/retention-section.ts';
import type { StoreFactory, StoreMishaps } from '../../../test/store-contract/store-factory.ts';
import type { RecordDraft, RecordResult } from '../../outbox/record-store.ts';
import type { AdminStore, AttemptRow, DestinationDraft } from '../admin-store.ts';
import type { Store } from '../store.ts';
import { MAX_ATTEMPTS_KEPT, MemoryDeliveryStore } from './memory-delivery-store.ts';
import { MemoryBacklogStore } from './memory-backlog-store.ts';
import { MemoryProofStore } from './memory-proof-store.ts';
import { MemoryRetentionStore } from './memory-retention-store.ts';
import { changeDestination, seedDestination, seedRecord } from './memory-seed.ts';
import type { MemoryTables } from './memory-tables.ts';

// The store in memory is a delivery store only. The sections that ask for no more than that run on it; the rest of a store
// is here only as far as they need it to set the scene.
const factory: StoreFactory = {
  name: 'memory',
  abilities: { maxAttemptsKept: MAX_ATTEMPTS_KEPT, insertOrReplace: false, truncate: false },
  open: () => {
    const delivery = new MemoryDeliveryStore(() => Date.now());
    return Promise.resolve({
      store: storeAround(delivery),
      sql: () => Promise.reject(new Error('The store in memory knows no SQL')),
      mishaps: mishapsOf(delivery.tables),
      close: () => Promise.resolve(),
    });
  },
};

laneSection(factory);
openRowsSection(factory);
batchesSection(factory);
owedSection(factory);
retentionSection(factory);

function mishapsOf(tables: MemoryTables): StoreMishaps {
  return {
    loseRow: async (destinationNo, recordNo) => void tables.outbox.get(destinationNo)?.delete(recordNo),
    noteMissed: async (recordNo) => void tables.missed.add(recordNo),
    setClockBack: async (destinationNo, byMs) => {
      const destination = tables.destinations.get(destinationNo);
      assert.ok(destination !== undefined);
      const activeSinceMs = destination.activeSinceMs + byMs;
      tables.destinations.set(destinationNo, { ...destination, activeSinceMs });
    },
  };
}

function storeAround(delivery: MemoryDeliveryStore): Store {
  const record = (draft: RecordDraft, source: 'attestation' | 'event' | 'admin'): RecordResult => {
    const recordNo = seedRecord(delivery.tables, { ...draft, source, recordedAtMs: Date.now() });
    return { status: 'recorded', recordId: draft.recordId, recordNo, enqueued: 1 };
  };
  const admin: Pick<AdminStore, 'createDestination' | 'updateDestination' | 'listAttempts'> = {
    createDestination: (draft: DestinationDraft) =>
      Promise.resolve(
        seedDestination(delivery.tables, {
          ...draft,
          destinationNo: delivery.tables.destinations.size + 1,
          activeSinceMs: Date.now(),
        }),
      ),
    updateDestination: (destinationId, _, { state }) => {
      const present = [...delivery.tables.destinations.values()].find(
        (destination) => destination.destinationId === destinationId,
      );
      if (present === undefined || state === undefined) return Promise.resolve({ status: 'not_found' });
      const since = present.state === 'disabled' ? { activeSinceMs: Date.now() } : {};
      const destination = changeDestination(delivery.tables, present.destinationNo, { state, ...since });
      return Promise.resolve({ status: 'updated', destination });
    },
    listAttempts: (destinationNo, page) => {
      const kept = delivery.tables.attempts
        .filter((attempt) => attempt.destinationNo === destinationNo)
        .map((attempt): AttemptRow => {
          const { outcome, answer, events, bytes, firstSeq, atMs } = attempt;
          return { outcome, answer, events, bytes, firstSeq, atMs };
        })
        .reverse();
      const from = Number(page.cursor ?? 0);
      const to = from + page.limit;
      const items = kept.slice(from, to);
      return Promise.resolve(to < kept.length ? { items, nextCursor: String(to) } : { items });
    },
  };
  return {
    kind: 'sqlite',
    delivery,
    backlog: new MemoryBacklogStore(delivery.tables, () => 0),
    retention: new MemoryRetentionStore(delivery.tables),
    proof: new MemoryProofStore(delivery),
    chain: {} as Store['chain'],
    evidence: {} as Store['evidence'],
    pruning: {} as Store['pruning'],
    admin: admin as AdminStore,
    deliveries: {} as Store['deliveries'],
    history: {} as Store['history'],
    sessions: {} as Store['sessions'],
    notices: {} as Store['notices'],
    replays: {} as Store['replays'],
    sealed: {} as Store['sealed'],
    replayFeed: { feed: () => Promise.resolve({ active: 0, steps: [] }) },
    record: {
      recordAttestations: (drafts) => Promise.resolve(drafts.map((draft) => record(draft, 'attestation'))),
      recordEvents: (drafts) =>
        Promise.resolve(drafts.map((draft) => record(draft, draft.source === 'admin' ? 'admin' : 'event'))),
      readAttestation: () => Promise.resolve(undefined),
    },
    migrate: () => Promise.resolve({ from: 1, to: 1, applied: [] }),
    ping: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
}

void test('a clone is what a crash leaves behind: later changes do not reach it', async () => {
  const store = new MemoryDeliveryStore(() => 0);
  seedDestination(store.tables, { destinationNo: 1 });
  seedRecord(store.tables, { recordId: 'a', body: '{}' });
  const copy = store.clone();
  await store.takeLane(1, 'owner', 1_000);
  seedRecord(store.tables, { recordId: 'b', body: '{}' });
  assert.equal(copy.tables.lanes.get(1)?.owner, undefined);
  assert.equal(copy.tables.records.size, 1);
  const query = { destinationNo: 1, afterRecordNo: 0, maxRows: 10, maxBodyBytes: 1_000, exclude: [] };
  assert.equal((await copy.readOpenRows(query)).length, 1);
  assert.equal((await store.readOpenRows(query)).length, 2);
});

void test('refuses what would break the numbers or put a record into two batches', async () => {
  const store = new MemoryDeliveryStore(() => 0);
  seedDestination(store.tables, { destinationNo: 1 });
  const [first, second] = ['a', 'b'].map((recordId) => seedRecord(store.tables, { recordId, body: '{}' }));
  const lane = await store.takeLane(1, 'owner', 1_000);
  assert.ok(lane !== undefined && first !== undefined && second !== undefined);
  const draft = {
    epochNo: 1,
    firstSeq: 1,
    recordNos: [first, second],
    hashes: new Uint8Array(64),
    tombstones: [],
    leftOut: [],
    destinationVersion: 1,
    renderKey: 'r',
    replayed: [],
  };
  assert.equal(await store.formBatch(lane.lease, draft), true);
  await assert.rejects(store.formBatch(lane.lease, { ...draft, firstSeq: 3 }), /in another open batch/);
  const half = { ...draft, recordNos: [first], hashes: new Uint8Array(32) };
  await assert.rejects(store.replaceBatch(lane.lease, draft, { open: [half] }), /The parts end before 2/);
});
