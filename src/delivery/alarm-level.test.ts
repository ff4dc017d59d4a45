import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { ALARM_PERCENTS, alarmLevel } from './alarm-level.ts';

const cases: readonly (readonly [current: number, percent: number, level: number])[] = [
  [0, 0, 0],
  [0, 49.9, 0],
  [0, 50, 50],
  [50, 50, 50],
  [50, 45.1, 50],
  [50, 45, 0],
  [50, 69.9, 50],
  [50, 70, 70],
  [0, 250, 100],
  [100, 96, 100],
  [100, 95, 90],
  [100, 66, 70],
  [100, 65, 50],
  [100, 12, 0],
];
for (const [current, percent, level] of cases) {
  void test(`at level ${current}, ${percent} % is level ${level}`, () => {
    assert.equal(alarmLevel(current, percent), level);
  });
}

void test('whatever is measured, no level is passed over without cause, and a small swing raises nothing again', () => {
  const levels = fc.constantFrom(0, ...ALARM_PERCENTS);
  fc.assert(
    fc.property(
      levels,
      fc.double({ min: 0, max: 300, noNaN: true }),
      fc.double({ min: 0, max: 4.9, noNaN: true }),
      (from, percent, swing) => {
        const level = alarmLevel(from, percent);
        assert.ok(level === 0 || ALARM_PERCENTS.some((known) => known === level));
        assert.ok(percent < 50 || level >= 50);
        assert.ok(percent > 45 || level === 0);
        const after = alarmLevel(alarmLevel(level, Math.max(0, percent - swing)), percent);
        assert.equal(after, level);
      },
    ),
  );
});
