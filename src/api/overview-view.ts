import type { Destination } from '../outbox/destination.ts';
import type { DestinationProgress } from '../store/admin-store.ts';
import { HISTORY_MINUTE_MS, type HistoryBucket } from '../store/history-store.ts';
import type { ApiParts } from './api-parts.ts';
import { limitAlarmsView } from './backlog-limits-view.ts';
import { type DestinationVerdict, verdictOf, verdictView } from './destination-verdict.ts';
import { healthView } from './destination-view.ts';
import { checkpointView, lastCheckpoint } from './last-checkpoint.ts';
import { healthFor, type Reader } from './reader.ts';
import { timeOrNull, timeText } from './time-text.ts';

/** Destinations that one overview shows; further ones are on the page of destinations. */
export const MAX_OVERVIEW_DESTINATIONS = 200;
/** Rates and delays of now are those of this time. */
const RATE_MS = 5 * HISTORY_MINUTE_MS;
const HOUR_MS = 60 * HISTORY_MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** What a destination comes to, with its verdict apart for the sum. */
export interface OverviewItem {
  readonly verdict: DestinationVerdict;
  readonly completeUntilMs: number;
  readonly view: object;
}

/** One destination for the overview: every number by a key or from small rows, none by a count over a table. */
export async function overviewItem(
  parts: Pick<ApiParts, 'store'>,
  stored: Destination,
  reader: Reader,
  nowMs: number,
): Promise<OverviewItem> {
  const destination = { ...stored, health: healthFor(reader, stored.health) };
  const { destinationNo } = destination;
  const { admin, proof, history } = parts.store;
  const progress = await admin.readProgress(destinationNo);
  const last = await lastCheckpoint(proof, destination, nowMs);
  const read = (sinceMs: number, bucketMs: number): Promise<readonly HistoryBucket[]> =>
    history.readHistory({
      destinationNo,
      fromMs: nowMs - sinceMs,
      toMs: nowMs + HISTORY_MINUTE_MS,
      bucketMs,
    });
  const day = await read(DAY_MS, DAY_MS);
  const hour = await read(HOUR_MS, HISTORY_MINUTE_MS);
  const verdict = verdictOf(destination, progress, last.overdue, nowMs);
  const completeUntilMs = Math.min(progress.oldestOpenRecordedAtMs ?? nowMs, nowMs);
  return {
    verdict,
    completeUntilMs,
    view: {
      destination_id: destination.destinationId,
      workspace_id: destination.workspaceId,
      name: destination.name,
      type: destination.type,
      state: destination.state,
      health: healthView(destination.health, reader),
      verdict: verdictView(verdict),
      delivered: {
        last_hour: deliveredIn(hour),
        last_day: deliveredIn(day),
        numbers_given: progress.nextSeq - 1,
      },
      waiting: {
        count: progress.openRows,
        at_least: progress.openRows >= progress.countedUpTo,
        oldest_at: timeOrNull(progress.oldestOpenRecordedAtMs),
        oldest_age_seconds: ageSeconds(progress, nowMs),
        open_batches: progress.openBatches,
      },
      dead_letters: {
        count: progress.deadLetters,
        at_least: progress.deadLetters >= progress.countedUpTo,
      },
      rates: ratesView(hour.filter(({ startMs }) => startMs >= nowMs - RATE_MS)),
      last_delivered_at: timeOrNull(progress.lastDeliveredAtMs),
      complete_until: timeText(completeUntilMs),
      checkpoint: checkpointView(last),
      limit_alarms: limitAlarmsView(progress.limitLevels),
      stream: { id: progress.streamId, epoch: progress.epoch, next_seq: progress.nextSeq },
    },
  };
}

function ageSeconds({ oldestOpenRecordedAtMs: oldest }: DestinationProgress, nowMs: number): number | null {
  return oldest === undefined ? null : Math.max(0, nowMs - oldest) / 1_000;
}

function deliveredIn(buckets: readonly HistoryBucket[]): number {
  return buckets.reduce((sum, { delivered }) => sum + delivered, 0);
}

function ratesView(buckets: readonly HistoryBucket[]): object {
  const delays = buckets.flatMap(({ delayMeanMs }) => (delayMeanMs === undefined ? [] : [delayMeanMs]));
  const longest = buckets.flatMap(({ delayMaxMs }) => (delayMaxMs === undefined ? [] : [delayMaxMs]));
  return {
    window_seconds: RATE_MS / 1_000,
    delivered_per_second: Math.round((deliveredIn(buckets) * 100_000) / RATE_MS) / 100,
    delay_mean_seconds:
      delays.length === 0 ? null : delays.reduce((sum, ms) => sum + ms, 0) / delays.length / 1_000,
    delay_max_seconds: longest.length === 0 ? null : Math.max(...longest) / 1_000,
  };
}
