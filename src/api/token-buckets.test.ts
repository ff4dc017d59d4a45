import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TokenBuckets } from './token-buckets.ts';

function taken(buckets: TokenBuckets, name: string, times: number, nowMs: number): number {
  return Array.from({ length: times }, () => buckets.take(name, nowMs)).filter((wait) => wait === undefined)
    .length;
}

test('of 1,000 at once exactly the burst goes through, and then exactly the rate', () => {
  const buckets = new TokenBuckets({ perSecond: 10, burst: 50 });
  assert.equal(taken(buckets, 'k', 1_000, 0), 50);
  assert.equal(taken(buckets, 'k', 1_000, 1_000), 10);
  assert.equal(taken(buckets, 'k', 1_000, 3_000), 20);
  assert.equal(taken(buckets, 'k', 1_000, 1_000_000), 50);
});

test('says when there will be a token again, and keeps its word', () => {
  const buckets = new TokenBuckets({ perSecond: 4, burst: 1 });
  assert.equal(buckets.take('k', 0), undefined);
  assert.equal(buckets.take('k', 0), 250);
  assert.equal(buckets.take('k', 125), 125);
  assert.equal(buckets.take('k', 250), undefined);
});

test('one name never takes the tokens of another, and 0 is no limit', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
  assert.equal(taken(buckets, 'a', 5, 0), 1);
  assert.equal(taken(buckets, 'b', 5, 0), 1);
  assert.equal(taken(new TokenBuckets({ perSecond: 0, burst: 0 }), 'a', 5, 0), 5);
});

test('a clock that goes back gives nothing away and locks nobody out', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 2 });
  assert.equal(taken(buckets, 'k', 5, 1_000_000), 2);
  assert.equal(taken(buckets, 'k', 5, 0), 0);
  assert.equal(taken(buckets, 'k', 5, 1_000), 1);
});

test('remembers no more than a bounded number of names', () => {
  const buckets = new TokenBuckets({ perSecond: 1, burst: 1 });
  assert.equal(taken(buckets, 'first', 2, 0), 1);
  for (let index = 0; index < 10_000; index += 1) buckets.take(`k${index}`, 0);
  assert.equal(taken(buckets, 'first', 2, 0), 1, 'it was forgotten');
  assert.equal(taken(buckets, 'k9999', 2, 0), 0, 'this one was not');
});
