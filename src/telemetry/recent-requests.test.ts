import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RecentRequests } from './recent-requests.ts';

test('the oldest records are forgotten first, and there are never more than the limit', () => {
  const recent = new RecentRequests(2);
  const span = (spanId: string) => ({ traceId: 't', spanId, traceFlags: 1 });
  recent.remember(['a', 'b'], span('1'));
  recent.remember(['a', 'c'], span('2'));
  assert.equal(recent.of('b'), undefined);
  assert.equal(recent.of('a')?.spanId, '2');
  assert.equal(recent.of('c')?.spanId, '2');
});
