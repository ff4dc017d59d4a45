import type { DeadReason } from '../outbox/batch.ts';
import type { BacklogStore } from '../outbox/backlog-store.ts';
import type { OpenRow } from '../outbox/delivery-store.ts';
import type { BacklogLimits } from '../outbox/destination.ts';
import type { BacklogLook } from './backlog-look.ts';

export const LIMIT_CODES = Object.freeze({ age: 'limit_age', rows: 'limit_rows', bytes: 'limit_bytes' });

/**
 * Which of these rows are beyond a limit of their destination, and so become tombstones. What a person asked for again by a
 * retry or replay is never too old.
 */
export async function rowsOverLimit(
  store: Pick<BacklogStore, 'recordedAtMs'>,
  rows: readonly Pick<OpenRow, 'recordNo' | 'replayed'>[],
  look: BacklogLook,
  limits: BacklogLimits,
  nowMs: number,
): Promise<ReadonlyMap<number, DeadReason>> {
  const over = new Map<number, DeadReason>();
  const bound = rows.filter((row) => !row.replayed);
  const { cut, oldestRecordedAtMs } = look;
  if (cut !== undefined) {
    for (const { recordNo } of bound) {
      if (recordNo < cut.belowRecordNo) over.set(recordNo, beyondSize(cut.limit, limits));
    }
  }
  const { maxAgeMs } = limits;
  if (maxAgeMs === undefined || oldestRecordedAtMs === undefined) return over;
  const recordedBeforeMs = nowMs - maxAgeMs;
  if (oldestRecordedAtMs >= recordedBeforeMs) return over;
  const times = await store.recordedAtMs(bound.map(({ recordNo }) => recordNo));
  for (const [recordNo, recordedAtMs] of times) {
    if (recordedAtMs < recordedBeforeMs) over.set(recordNo, tooOld(recordedAtMs, maxAgeMs));
  }
  return over;
}

function tooOld(recordedAtMs: number, maxAgeMs: number): DeadReason {
  return {
    code: LIMIT_CODES.age,
    message:
      `Recorded at ${new Date(recordedAtMs).toISOString()}, it waited for longer than the ${Math.round(maxAgeMs / 1_000)} ` +
      'seconds of max_age_seconds. The destination did not refuse it: retry it to send it after all.',
  };
}

function beyondSize(limit: 'rows' | 'bytes', { maxRows = 0, maxBytes = 0 }: BacklogLimits): DeadReason {
  const setting = limit === 'rows' ? `max_rows (${maxRows})` : `max_bytes (${maxBytes})`;
  return {
    code: LIMIT_CODES[limit],
    message:
      `It was among the oldest when more waited than ${setting} allows. ` +
      'The destination did not refuse it: retry it to send it after all.',
  };
}
