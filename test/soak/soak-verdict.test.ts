import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DelayHistogram } from './delay-histogram.ts';
import type { SoakSample } from './soak-sample.ts';
import { judgeSoak } from './soak-verdict.ts';

const MIB = 1_048_576;

/** A run of `SAMPLES` samples; `odd` says what is different at the share `part` of it. */
function run(
  odd: (part: number) => Partial<Omit<SoakSample, 'delays'>> & { delayMs?: number },
): SoakSample[] {
  return Array.from({ length: SAMPLES }, (_, index) => {
    const part = index / SAMPLES;
    const { delayMs = 40, ...others } = odd(part);
    const delays = new DelayHistogram();
    for (let event = 0; event < 1_000; event += 1) delays.add(delayMs);
    return {
      atMs: index * 5_000,
      residentBytes: 200 * MIB,
      heapBytes: 40 * MIB,
      openHandles: 50,
      openRows: 3,
      logBytes: 10 * MIB,
      diskBytes: index * 2_000_000,
      arrived: index * 1_000,
      ...others,
      delays,
    };
  });
}

const SAMPLES = 60;

describe('what is said of a soak run', () => {
  it('is nothing where nothing grows, and its figures are what was measured', () => {
    const figures = judgeSoak(
      'sqlite',
      run(() => ({})),
    );
    assert.deepEqual(figures.violations, []);
    assert.deepEqual(figures.memoryMiB, { second: 200, last: 200, slopePerHour: 0 });
    assert.deepEqual(figures.diskBytesAnEvent, { firstHalf: 2_000, secondHalf: 2_000 });
    assert.ok(figures.delayMs.p50 >= 40 && figures.delayMs.p99 <= 42);
  });

  for (const [what, odd, says] of [
    [
      'memory that grows',
      (part: number) => ({ residentBytes: (200 + part * 200) * MIB }),
      /memory grew from 2\d\d/,
    ],
    [
      'handles that stay open',
      (part: number) => ({ openHandles: 50 + Math.round(part * 40) }),
      /open handles/,
    ],
    ['a log that is not cut', (part: number) => ({ logBytes: part * 400 * MIB }), /the log reached 39\d/],
    [
      'events that take ever more room',
      (part: number) => ({ diskBytes: part * part * 120_000_000 }),
      /an event took 1\d\d\d bytes on disk in the first half and [23]\d\d\d/,
    ],
    ['delays beyond the bound', () => ({ delayMs: 40_000 }), /the delay p99 is 4\d{4} ms/],
    [
      'delays that grow',
      (part: number) => ({ delayMs: part < 0.75 ? 500 : 2_000 }),
      /the delay p99 grew from 5\d\d to 20\d\d ms/,
    ],
  ] as const) {
    it(`names ${what}`, () => {
      const { violations } = judgeSoak('sqlite', run(odd));
      assert.equal(violations.length, 1, violations.join('; '));
      assert.match(violations[0] ?? '', says);
    });
  }

  it('shows the slope of the memory as people think of it: an hour', () => {
    // 12 MiB a minute.
    const leaking = run((part) => ({ residentBytes: (200 + part * 60) * MIB }));
    assert.equal(judgeSoak('sqlite', leaking).memoryMiB.slopePerHour, 720);
  });

  it('is refused where too little was measured', () => {
    assert.throws(
      () => judgeSoak('postgres', run(() => ({})).slice(0, 7)),
      /7 samples are too few, 8 are needed: run it longer/,
    );
  });
});

describe('delays in a fixed amount of memory', () => {
  it('answer every quantile to within 5 %, alone and put together', () => {
    const [early, late] = [new DelayHistogram(), new DelayHistogram()];
    for (let delayMs = 1; delayMs <= 1_000; delayMs += 1) (delayMs <= 500 ? early : late).add(delayMs);
    const all = DelayHistogram.of([early, late]);
    assert.equal(all.count, 1_000);
    for (const quantile of [0.1, 0.5, 0.99, 1]) {
      const found = all.quantileMs(quantile);
      assert.ok(Math.abs(found / (quantile * 1_000) - 1) < 0.06, `${quantile}: ${found}`);
    }
    assert.equal(new DelayHistogram().quantileMs(0.99), 0);
  });
});
