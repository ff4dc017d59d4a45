import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatDuration } from './format-duration.ts';

test('a duration is said in its two largest units, seconds only where they are all there is', () => {
  const cases: readonly (readonly [number, string])[] = [
    [-3, '0 s'],
    [0, '0 s'],
    [0.25, '250 ms'],
    [59.9, '59 s'],
    [60, '1 min'],
    [119, '1 min'],
    [3_600, '1 h'],
    [3_660, '1 h 1 min'],
    [86_399, '23 h 59 min'],
    [97_200, '1 d 3 h'],
    [8_640_000, '100 d'],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text, String(seconds));
});
