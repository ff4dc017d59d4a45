import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { RecordDraft, RecordResult } from '../outbox/record-store.ts';
import { StoreUnavailableError } from '../store/store-unavailable-error.ts';
import { MAX_GROUP_ITEMS, RecordQueue } from './record-queue.ts';

const drafts = (from: number, count: number): RecordDraft[] =>
  Array.from({ length: count }, (_, index) => ({
    recordId: `r${from + index}`,
    workspaceId: 'w',
    body: '{}',
  }));

const taken = (group: readonly RecordDraft[]): RecordResult[] =>
  group.map(({ recordId }, recordNo) => ({ status: 'recorded', recordId, recordNo, enqueued: 1 }));

interface Watched {
  readonly queue: RecordQueue;
  readonly groups: number[];
  readonly wakes: () => number;
}

function watchedQueue(write: (group: readonly RecordDraft[]) => Promise<readonly RecordResult[]>): Watched {
  const groups: number[] = [];
  let wakes = 0;
  const queue = new RecordQueue({
    store: {
      recordAttestations: (group) => {
        groups.push(group.length);
        return write(group);
      },
    },
    wake: () => void (wakes += 1),
    onError: () => undefined,
  });
  return { queue, groups, wakes: () => wakes };
}

test('requests that come together share one commit', async () => {
  const { queue, groups, wakes } = watchedQueue(async (group) => taken(group));
  const results = await Promise.all([
    queue.record(drafts(0, 1)),
    queue.record(drafts(1, 2)),
    queue.record([]),
  ]);
  assert.deepEqual(
    results.map((list) => list.map(({ recordId }) => recordId)),
    [['r0'], ['r1', 'r2'], []],
  );
  assert.deepEqual(groups, [3]);
  assert.equal(wakes(), 1);
});

test('each request gets its own results in order, however requests and groups overlap', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 1_200 }), { minLength: 1, maxLength: 8 }),
      async (sizes) => {
        const { queue, groups } = watchedQueue(async (group) => taken(group));
        let from = 0;
        const expected = sizes.map((size) => {
          const list = drafts(from, size);
          from += size;
          return list;
        });
        const results = await Promise.all(expected.map((list) => queue.record(list)));
        assert.deepEqual(
          results.map((list) => list.map(({ recordId }) => recordId)),
          expected.map((list) => list.map(({ recordId }) => recordId)),
        );
        assert.ok(groups.every((size) => size > 0 && size <= MAX_GROUP_ITEMS));
        assert.equal(groups.length, Math.ceil(from / MAX_GROUP_ITEMS));
      },
    ),
    { numRuns: 50 },
  );
});

test('a store that cannot write fails the records of that group alone', async () => {
  let calls = 0;
  const { queue, wakes } = watchedQueue(async (group) => {
    calls += 1;
    if (calls === 1) throw new StoreUnavailableError('store_full', 'The disk is full');
    return taken(group);
  });
  const results = await queue.record(drafts(0, MAX_GROUP_ITEMS + 1));
  assert.deepEqual(results[0], {
    status: 'failed',
    recordId: 'r0',
    code: 'store_full',
    message: 'The disk is full',
  });
  assert.equal(results.at(-1)?.status, 'recorded');
  assert.equal(wakes(), 1);
});
