import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_DELIVERY_LIMITS } from '../../src/delivery/delivery-limits.ts';
import { Scene } from './scene.ts';
import type { SiemNature } from './simulated-siem.ts';

const DESTINATIONS = 20;
/** The one whose fate differs. */
const BAD_ONE = 7;
const RECORDS = 200;
const RECORD_EVERY_MS = 50;

void test('one dead or slow destination among 20 leaves the delay of the others as it was, within 10 %', async () => {
  const alone = await delaysOfOthers({});
  assert.equal(alone.length, RECORDS * (DESTINATIONS - 1));
  const fates: Readonly<Record<string, Partial<SiemNature>>> = {
    dead: { isDead: true },
    slow: { wayMs: { min: 3_500, max: 3_900 } },
  };
  for (const [name, nature] of Object.entries(fates)) {
    const beside = await delaysOfOthers(nature);
    assert.equal(beside.length, alone.length, `${name}: everything arrived at the others`);
    const [before, after] = [p99(alone), p99(beside)];
    assert.ok(after <= before * 1.1, `${name}: p99 was ${before} ms, beside it ${after} ms`);
  }
});

/** Virtual milliseconds from commit to arrival, for each record and each destination but the bad one. */
async function delaysOfOthers(nature: Partial<SiemNature>): Promise<number[]> {
  const committedMs = new Map<string, number>();
  const delays: number[] = [];
  const common = { acknowledges: false, wayMs: { min: 5, max: 40 } };
  const scene: Scene = new Scene(1, {
    faults: [],
    shape: {
      destinations: DESTINATIONS,
      processes: 1,
      poisonShare: 0,
      realMapping: false,
      limits: DEFAULT_DELIVERY_LIMITS,
    },
    natureOf: (destinationNo) => ({
      ...common,
      limits: { maxEvents: 512, maxBodyBytes: 1_000_000, perEventOverheadBytes: 10, maxEventSize: 64_000 },
      ...(destinationNo === BAD_ONE ? nature : {}),
    }),
    watch: (event) => {
      const nowMs = scene.scheduler.nowMs;
      if (event.kind === 'committed')
        committedMs.set(scene.ledger.records.get(event.recordNo)?.uid ?? '', nowMs);
      if (event.kind !== 'taken' || event.send.destinationNo === BAD_ONE) return;
      for (const { uid } of event.events) delays.push(nowMs - (committedMs.get(uid) ?? Number.NaN));
    },
  });
  const { scheduler, workers, recorder, judge } = scene;
  workers.start(1);
  for (let count = 0; count < RECORDS; count += 1)
    scheduler.after(count * RECORD_EVERY_MS, () => recorder.record());
  await scheduler.run(() => judge.violation !== undefined, RECORDS * RECORD_EVERY_MS + 10_000);
  assert.equal(judge.violation, undefined);
  return delays;
}

function p99(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
