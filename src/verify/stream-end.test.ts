import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreFindings } from './store-finding.ts';
import { streamEndOf } from './stream-end.ts';

const STREAM = {
  destinationNo: 1,
  destinationId: 'd-1',
  streamId: 's-1',
  epochNo: 1,
  epoch: 'e-1',
  isLive: false,
  isDeleted: true,
  finishedBelow: 4,
};
const CHAIN = {
  complete: true,
  links: 1,
  records: 9,
  pruned: 0,
  waiting: 0,
  longestWaitMs: 0,
  provedDecisions: 0,
  uncheckedDecisions: 0,
  foundTips: [],
  findings: new StoreFindings(),
};
const DELETION = { recordNo: 7, atMs: 1_795_500_000_000 };
const told = { ...CHAIN, deletions: new Map([['d-1', DELETION]]) };
const silent = { ...CHAIN, deletions: new Map() };
const OPTIONS = { asOfMs: DELETION.atMs + 1_000 };

void test('the record of a deletion ends a stream', () => {
  const end = streamEndOf(STREAM, told, OPTIONS);
  assert.equal(end?.deletion, DELETION);
  assert.match(end.because, /deleted at 2026-11-24T\S+Z, which record 7 of the chain tells$/u);
  assert.ok(end.isWhole);
  assert.equal(
    streamEndOf(STREAM, told, { ...OPTIONS, retentionMs: 500 })?.isWhole,
    false,
    'receipts went by age',
  );
});

void test('a destination that is only called deleted, and one that is not deleted, have no end', () => {
  assert.equal(streamEndOf(STREAM, silent, OPTIONS), undefined);
  assert.equal(streamEndOf({ ...STREAM, isDeleted: false }, told, OPTIONS), undefined);
});

void test('the record of a deletion may be among those that were removed on purpose', () => {
  const end = streamEndOf(STREAM, { ...silent, pruned: 5 }, OPTIONS);
  assert.equal(end?.deletion, undefined);
  assert.match(end?.because ?? '', /among the 5 that were removed on purpose$/u);
});
