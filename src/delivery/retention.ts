import type { RetentionCutoffs, RetentionStore } from '../outbox/retention-store.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';

/** How long what is finished is kept. Absent: for ever. */
export interface RetentionAges {
  readonly receiptsMs?: number;
  readonly attemptsMs?: number;
  /** Counted from the skip. */
  readonly skippedMs?: number;
}

const DAY_MS = 86_400_000;

export const DEFAULT_RETENTION_AGES: RetentionAges = Object.freeze({
  receiptsMs: 90 * DAY_MS,
  attemptsMs: 30 * DAY_MS,
  skippedMs: 365 * DAY_MS,
});

export interface RetentionParts extends Pick<DeliveryParts, 'clock' | 'limits' | 'logger' | 'observer'> {
  readonly store: RetentionStore;
  readonly ages: RetentionAges;
  /** Present: what no checkpoint covers stays. */
  readonly checkpoints?: unknown;
}

/**
 * Removes what is older than its age, at the start and each hour, in small steps with pauses: recording and delivery get their
 * turn in between. Runs until `signal` aborts; never rejects.
 */
export async function runRetention(parts: RetentionParts, signal: AbortSignal): Promise<void> {
  const { clock, limits, logger, observer, store, ages } = parts;
  const onlyCovered = parts.checkpoints === undefined ? {} : { onlyCovered: true };
  while (!signal.aborted) {
    let more = false;
    try {
      const report = await store.prune(
        { ...cutoffsAt(clock.nowMs(), ages), ...onlyCovered },
        limits.retentionRows,
      );
      if (report.receipts + report.attempts + report.skippedLetters > 0) observer.pruned(report);
      more = report.more;
    } catch (error) {
      logger.warn(errorFields(error), 'Old rows could not be removed; the next turn tries again');
    }
    await clock.sleep(more ? limits.retentionPauseMs : limits.retentionEveryMs, signal);
  }
}

function cutoffsAt(nowMs: number, { receiptsMs, attemptsMs, skippedMs }: RetentionAges): RetentionCutoffs {
  return {
    ...(receiptsMs === undefined ? {} : { receiptsBeforeMs: nowMs - receiptsMs }),
    ...(attemptsMs === undefined ? {} : { attemptsBeforeMs: nowMs - attemptsMs }),
    ...(skippedMs === undefined ? {} : { skippedBeforeMs: nowMs - skippedMs }),
  };
}
