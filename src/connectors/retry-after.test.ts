import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_RETRY_AFTER_MS, MIN_RETRY_AFTER_MS, retryAfterMs } from './retry-after.ts';

const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);

describe('retryAfterMs', () => {
  const cases: readonly (readonly [string, number | undefined])[] = [
    ['30', 30_000],
    ['2.5', 2_500],
    ['0', MIN_RETRY_AFTER_MS],
    ['-5', MIN_RETRY_AFTER_MS],
    ['1000000000', MAX_RETRY_AFTER_MS],
    ['soon', undefined],
    ['', undefined],
    ['Tue, 24 Nov 2026 12:00:45 GMT', 45_000],
    ['Tue, 24 Nov 2026 11:00:00 GMT', MIN_RETRY_AFTER_MS],
    ['5, 20', 20_000],
    ['5, Tue, 24 Nov 2026 12:00:45 GMT', 45_000],
    ['5, nonsense', 5_000],
  ];
  for (const [value, expected] of cases) {
    it(`reads "${value}" as ${expected ?? 'nothing'}`, () => {
      assert.equal(retryAfterMs({ 'retry-after': value }, NOW), expected);
    });
  }

  it('answers nothing without the header', () => {
    assert.equal(retryAfterMs({}, NOW), undefined);
  });
});
