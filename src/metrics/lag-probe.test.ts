import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FinishedBatch } from '../delivery/delivery-observer.ts';
import { measureLag } from './lag-probe.ts';

const batch = (sampleRecordNos: readonly number[]): FinishedBatch => ({
  destinationId: 'd',
  delivered: 100,
  dead: 0,
  deadByCode: {},
  tombstones: 0,
  leftOut: 0,
  firstSeq: 1,
  sampleRecordNos,
});

async function asked(sample: readonly number[]): Promise<readonly number[]> {
  let numbers: readonly number[] = [];
  const recordedAtMs = async (recordNos: readonly number[]) => {
    numbers = recordNos;
    return new Map(recordNos.map((no) => [no, 400]));
  };
  await measureLag(batch(sample), {
    backlog: { recordedAtMs },
    nowMs: () => 1_000,
    onMeasured: () => undefined,
  });
  return numbers;
}

test('at most five records of a batch are measured: the first, the last and some between', async () => {
  assert.deepEqual(await asked([]), []);
  assert.deepEqual(await asked([7]), [7]);
  assert.deepEqual(await asked([7, 9]), [7, 9]);
  assert.deepEqual(await asked(Array.from({ length: 32 }, (_, index) => index + 1)), [1, 9, 17, 24, 32]);
});

test('a store that fails costs the measurement only', async () => {
  const measured: unknown[] = [];
  await measureLag(batch([1]), {
    backlog: { recordedAtMs: () => Promise.reject(new Error('away')) },
    nowMs: () => 0,
    onMeasured: (measure) => void measured.push(measure),
  });
  assert.deepEqual(measured, []);
});
