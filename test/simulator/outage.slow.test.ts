import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_DELIVERY_LIMITS } from '../../src/delivery/delivery-limits.ts';
import { Scene } from './scene.ts';
import type { SiemMood } from './siem-mood.ts';

const DAY_MS = 86_400_000;
const OUTAGE_DAYS = 45;
const RECORD_EVERY_MS = 12 * 3_600_000;

// The default bounds and backoff. Only what repeats every few seconds whether anything happens or not (looks, renewals, questions
// for acknowledgements, probes of what is held) is made rare: they would be millions, and none would find anything.
const LIMITS = {
  ...DEFAULT_DELIVERY_LIMITS,
  pollMs: 60_000,
  holdProbeMs: 600_000,
  ackPollMs: 600_000,
  replayIdleMs: 600_000,
  limitLookMs: 600_000,
  logLookMs: 600_000,
  leaseMs: 300_000,
  sendWithoutRenewalMs: 200_000,
  renewEveryMs: 100_000,
};

/** A probe makes its batch anew each time: small ones keep thousands of them quick. */
const SMALL_BATCHES = {
  maxEvents: 3,
  maxBodyBytes: 100_000,
  perEventOverheadBytes: 10,
  maxEventSize: 64_000,
};

for (const [mood, what] of [
  ['siem_503', 'is down'],
  ['siem_401', 'refuses its token'],
] as const satisfies readonly (readonly [SiemMood, string])[]) {
  void test(`a destination that ${what} for ${OUTAGE_DAYS} days loses nothing and gets everything afterwards`, async () => {
    const shape = { destinations: 1, processes: 1, poisonShare: 0, realMapping: false, limits: LIMITS };
    const scene = new Scene(1, {
      faults: [],
      shape,
      natureOf: () => ({ acknowledges: false, limits: SMALL_BATCHES }),
    });
    const { scheduler, siems, workers, recorder, judge, store, ledger } = scene;
    const siem = siems.get(1);
    assert.ok(siem !== undefined);
    siem.mood = mood;
    workers.start(1);
    for (let atMs = 0; atMs < OUTAGE_DAYS * DAY_MS; atMs += RECORD_EVERY_MS) {
      scheduler.after(atMs, () => recorder.record());
    }
    assert.equal(await scheduler.run(() => judge.violation !== undefined, OUTAGE_DAYS * DAY_MS), 'deadline');
    assert.equal(judge.facts.eventsTaken, 0);
    assert.equal(store.tables.outbox.get(1)?.size, ledger.records.size, 'all of it waits');
    siem.mood = 'well';
    const drained = await scheduler.run(() => scene.whatIsLeft() === '', scheduler.nowMs + 2 * 3_600_000);
    assert.equal(drained, 'done', scene.whatIsLeft());
    judge.judgeEnd();
    assert.equal(judge.violation, undefined);
    assert.equal(judge.facts.eventsTaken, ledger.records.size);
    assert.deepEqual(judge.facts.doubles, {});
    assert.deepEqual(store.tables.deadLetters, []);
  });
}
