import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, it } from 'node:test';
import { CHECKPOINT_LIMITS, CheckpointRange, type FinishedPlaces } from './checkpoint-range.ts';
import { MerkleTree } from './merkle-tree.ts';

function hashesOf(firstSeq: number, places: number): Buffer {
  return Buffer.concat(
    Array.from({ length: places }, (_, index) => hash('sha256', `event ${firstSeq + index}`, 'buffer')),
  );
}

function run(firstSeq: number, places: number, more: Partial<FinishedPlaces> = {}): FinishedPlaces {
  const hashes = hashesOf(firstSeq, places);
  return {
    firstSeq,
    places,
    hashes,
    tombstones: [],
    isCheckpoint: false,
    leftOut: 0,
    filter: 'none',
    ...more,
  };
}

function rootOf(from: number, to: number): string {
  const tree = new MerkleTree();
  for (let seq = from; seq <= to; seq += 1) tree.add(hashesOf(seq, 1));
  return Buffer.from(tree.root()).toString('hex');
}

describe('CheckpointRange', () => {
  it('takes runs as long as they follow each other, and counts what stands in them', () => {
    const range = new CheckpointRange(5);
    assert.ok(range.add(run(5, 3, { tombstones: [{ index: 1 }], leftOut: 4 })));
    assert.ok(range.add(run(8, 0, { leftOut: 2 })));
    assert.ok(range.add(run(8, 1, { isCheckpoint: true })));
    assert.equal(range.add(run(10, 1)), false);
    const { placesEach: _each, parts: _parts, ...summary } = range.summary('none');
    assert.deepEqual(summary, {
      fromSeq: 5,
      toSeq: 8,
      delivered: 2,
      tombstoned: 1,
      checkpoints: 1,
      leftOut: 6,
      tombstones: [{ from: 6, to: 6 }],
      untaken: [],
      filters: ['none'],
      root: rootOf(5, 8),
    });
  });

  it('leaves to the next one what was left out after its last place, so that each is counted once', () => {
    const range = new CheckpointRange(1);
    range.add(run(1, 1));
    range.add(run(2, 0, { leftOut: 3 }));
    assert.equal(range.summary('none').leftOut, 0);
    const next = new CheckpointRange(range.nextSeq);
    next.add(run(2, 0, { leftOut: 3 }));
    next.add(run(2, 1));
    assert.equal(next.summary('none').leftOut, 3);
  });

  it('begins inside of a run that the range before ended in, and does not count again what was left out there', () => {
    const range = new CheckpointRange(7);
    assert.ok(range.add(run(5, 4, { leftOut: 3 })));
    const { toSeq, leftOut, root } = range.summary('none');
    assert.deepEqual({ toSeq, leftOut, root }, { toSeq: 8, leftOut: 0, root: rootOf(7, 8) });
  });

  it('says what a tombstone was that nobody took, and which filters there were', () => {
    const range = new CheckpointRange(1);
    range.add(run(1, 1, { tombstones: [{ index: 0, untaken: true }], filter: 'aaaaaaaaaaaaaaaa' }));
    const { untaken, filters } = range.summary('none');
    assert.deepEqual(untaken, [{ seq: 1, sha256: hashesOf(1, 1).toString('hex') }]);
    assert.deepEqual(filters, ['aaaaaaaaaaaaaaaa', 'none']);
  });

  it('ends in front of what would be too much for one checkpoint, and goes on there', () => {
    const places = 3 * CHECKPOINT_LIMITS.tombstoneRanges;
    const every = Array.from({ length: places / 2 }, (_, index) => ({ index: 2 * index }));
    const finished = run(1, places, { tombstones: every });
    const range = new CheckpointRange(1);
    assert.equal(range.add(finished), false);
    assert.ok(range.isFull);
    assert.equal(range.summary('none').toSeq, 2 * CHECKPOINT_LIMITS.tombstoneRanges);
    const next = new CheckpointRange(range.nextSeq);
    assert.ok(next.add(finished));
    assert.equal(next.summary('none').toSeq, places);
    assert.equal(next.summary('none').root, rootOf(range.nextSeq, places));
  });

  it('is empty where nothing follows', () => {
    const { fromSeq, toSeq, root, parts } = new CheckpointRange(9).summary('none');
    assert.deepEqual({ fromSeq, toSeq, parts }, { fromSeq: 9, toSeq: 8, parts: [] });
    assert.equal(root, hash('sha256', ''));
  });
});
