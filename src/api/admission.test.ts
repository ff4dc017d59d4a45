import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Admission } from './admission.ts';
import { Problem } from './problem.ts';

const overloaded = (error: unknown): boolean => error instanceof Problem && error.code === 'overloaded';

test('lets in as many requests as the limit says, and the next one after one has left', () => {
  const admission = new Admission({ maxRequests: 2, maxBytes: 100 });
  const leave = admission.enter(0);
  admission.enter(0);
  assert.throws(() => admission.enter(0), overloaded);
  leave();
  leave();
  assert.equal(admission.requests, 1);
  admission.enter(0);
});

test('bounds the bytes in work, but lets a large body in alone', () => {
  const admission = new Admission({ maxRequests: 10, maxBytes: 100 });
  const leave = admission.enter(1_000);
  assert.throws(() => admission.enter(1), overloaded);
  leave();
  assert.equal(admission.bytes, 0);
  admission.enter(100);
  assert.throws(() => admission.enter(1), overloaded);
});
