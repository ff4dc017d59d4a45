import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaseCounter, type TestEvent } from './case-count.ts';

function counted(...events: readonly (Partial<TestEvent> & { readonly type: string })[]): object {
  const counter = new CaseCounter();
  for (const event of events) counter.add({ nesting: 0, isSuite: false, ...event });
  return counter.count;
}

test('a test is a case, a suite or a test around tests is none', () => {
  assert.deepEqual(
    counted(
      { type: 'test:pass', nesting: 1 },
      { type: 'test:pass', nesting: 1 },
      { type: 'test:pass', isSuite: true },
      { type: 'test:fail', nesting: 1 },
      { type: 'test:fail' },
      { type: 'test:pass' },
    ),
    { passed: 3, failed: 1, skipped: 0 },
  );
});

test('a test that says how many cases it looked at counts as so many', () => {
  assert.deepEqual(
    counted(
      { type: 'test:pass', nesting: 1 },
      { type: 'test:diagnostic', nesting: 1, message: 'cases 200' },
      { type: 'test:diagnostic', nesting: 1, message: 'seed 12' },
      { type: 'test:pass', isSuite: true },
    ),
    { passed: 200, failed: 0, skipped: 0 },
  );
});

test('what was left out is counted apart', () => {
  assert.deepEqual(
    counted({ type: 'test:pass', skip: 'no namespace here' }, { type: 'test:pass', skip: false }),
    {
      passed: 1,
      failed: 0,
      skipped: 1,
    },
  );
});
