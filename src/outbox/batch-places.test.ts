import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { BatchDraft, Tombstone } from './batch.ts';
import { deadLettersOf, hashAt, recordsOf, sliceBatch, withEvent, withTombstone } from './batch-places.ts';

function tombstone(index: number, given: Partial<Tombstone> = {}): Tombstone {
  return {
    index,
    reason: 'refused',
    recordNo: 100 + index,
    metadataUid: `e${100 + index}`,
    originalSha256: 'ab'.repeat(32),
    timeMs: 1,
    dead: { code: 'refused_by_destination', message: 'refused' },
    ...given,
  };
}

function draft(places: number, given: Partial<BatchDraft> = {}): BatchDraft {
  return {
    epochNo: 1,
    firstSeq: 50,
    recordNos: Array.from({ length: places }, (_, index) => 100 + index),
    hashes: Uint8Array.from({ length: places * 32 }, (_, byte) => Math.floor(byte / 32)),
    tombstones: [],
    leftOut: [7, 8],
    destinationVersion: 3,
    renderKey: 'r1',
    replayed: [],
    ...given,
  };
}

void test('slices at any cut hold every place once, with its number, record, hash, tombstone and replay mark', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 40 }), fc.nat(), (places, raw) => {
      const cut = 1 + (raw % (places - 1));
      const batch = draft(places, { tombstones: [tombstone(places - 1)], replayed: [0, places - 1] });
      const [left, right] = [sliceBatch(batch, 0, cut), sliceBatch(batch, cut, places)];
      assert.deepEqual([...left.recordNos, ...right.recordNos], batch.recordNos);
      assert.deepEqual(Buffer.concat([left.hashes, right.hashes]), Buffer.from(batch.hashes));
      assert.equal(right.firstSeq, left.firstSeq + left.recordNos.length);
      assert.deepEqual(
        right.tombstones.map((one) => one.index + cut),
        [places - 1],
      );
      assert.deepEqual([...left.replayed, ...right.replayed.map((index) => index + cut)], batch.replayed);
      assert.deepEqual([left.leftOut, right.leftOut], [[7, 8], []], 'left-out records are finished once');
    }),
  );
  assert.throws(() => sliceBatch(draft(3), 1, 1), RangeError);
  assert.throws(() => sliceBatch(draft(3), 0, 4), RangeError);
});

void test('a tombstone takes one place and its hash; a re-rendered one lets its record go', () => {
  const hash = new Uint8Array(32).fill(0xee);
  const refused = withTombstone(draft(3, { replayed: [1] }), tombstone(1), hash);
  assert.deepEqual(refused.recordNos, [100, 101, 102]);
  assert.deepEqual(hashAt(refused, 1), hash);
  assert.deepEqual(hashAt(refused, 2), new Uint8Array(32).fill(2));
  assert.deepEqual(refused.replayed, [1]);
  const again = withTombstone(refused, tombstone(1, { reason: 're_rendered' }), hash);
  assert.deepEqual(again.recordNos, [100, null, 102]);
  assert.equal(again.tombstones.length, 1);
  assert.deepEqual(recordsOf(again), [100, 102, 7, 8]);
});

void test('an event that comes back has its place and hash again, and is no dead letter', () => {
  const batch = withTombstone(draft(1), tombstone(0), new Uint8Array(32).fill(1));
  assert.deepEqual(deadLettersOf(batch, 4), [
    { recordNo: 100, attempts: 4, code: 'refused_by_destination', message: 'refused' },
  ]);
  const restored = withEvent(batch, 0, new Uint8Array(32).fill(9));
  assert.deepEqual(restored.tombstones, []);
  assert.deepEqual(hashAt(restored, 0), new Uint8Array(32).fill(9));
  assert.deepEqual(deadLettersOf(restored, 4), []);
});
