import type { Replay, ReplaySelection } from '../outbox/replay.ts';
import type { ReplayPlan } from '../store/replay-admin-store.ts';
import { timeOrNull, timeText } from './time-text.ts';

/** What a replay would do, said before it begins. */
export function replayEffectView(plan: ReplayPlan, ratePerSecond: number | undefined): object {
  return {
    records: plan.records,
    records_at_least: plan.atLeast,
    oldest_recorded_at: timeOrNull(plan.oldestRecordedAtMs),
    newest_recorded_at: timeOrNull(plan.newestRecordedAtMs),
    expected_duplicates: plan.duplicates,
    left_out: { open: plan.open, dead_letters: plan.letters },
    unknown_attestation_ids: plan.unknownIds,
    oldest_receipt_at: timeOrNull(plan.oldestReceiptMs),
    rate_per_second: ratePerSecond ?? null,
    at_least_seconds: ratePerSecond === undefined ? null : Math.ceil(plan.records / ratePerSecond),
  };
}

export function replayView(replay: Replay, nowMs: number): object {
  const remaining = remainingOf(replay);
  return {
    replay_id: replay.replayId,
    destination_id: replay.destinationId,
    workspace_id: replay.workspaceId,
    origin: replay.origin,
    selection: selectionView(replay.selection),
    rate_per_second: replay.ratePerSecond ?? null,
    requested_by: replay.requestedBy,
    reason: replay.reason ?? null,
    status: replay.status,
    note: replay.note ?? null,
    progress: {
      planned: replay.planned,
      planned_at_least: replay.plannedAtLeast,
      found: replay.found,
      enqueued: replay.enqueued,
      left_out: replay.leftOut,
      delivered: replay.delivered,
      filtered: replay.filtered,
      dead: replay.dead,
      remaining,
    },
    cursor: replay.cursor.recordNo === 0 ? null : timeText(replay.cursor.recordedAtMs),
    created_at: timeText(replay.createdAtMs),
    started_at: timeOrNull(replay.startedAtMs),
    finished_at: timeOrNull(replay.finishedAtMs),
    estimated_finish_at: timeOrNull(estimatedFinishMs(replay, remaining, nowMs)),
  };
}

function selectionView(selection: ReplaySelection): object {
  switch (selection.kind) {
    case 'range':
      return { kind: 'range', from: timeText(selection.fromMs), to: timeOrNull(selection.toMs) };
    case 'records':
      return { kind: 'attestations', attestations: selection.recordNos.length };
    case 'missing':
      return { kind: 'missing', since: timeText(selection.sinceMs) };
    default:
      return selection satisfies never;
  }
}

/** Records that are still to be finished. The plan may have counted fewer than were found since. */
function remainingOf(replay: Replay): number {
  const { status, planned, enqueued } = replay;
  const ended = status === 'finished' || status === 'cancelled' || status === 'failed';
  return Math.max(0, (ended ? enqueued : Math.max(planned, enqueued)) - doneOf(replay));
}

function doneOf({ delivered, filtered, dead }: Replay): number {
  return delivered + filtered + dead;
}

/** By the pace so far; undefined where nothing can be said: not begun, waiting, or of unknown length. */
function estimatedFinishMs(replay: Replay, remaining: number, nowMs: number): number | undefined {
  const { status, note, plannedAtLeast, startedAtMs } = replay;
  const done = doneOf(replay);
  if (status !== 'running' || note !== undefined || plannedAtLeast) return undefined;
  if (startedAtMs === undefined || done === 0 || nowMs <= startedAtMs) return undefined;
  return nowMs + Math.ceil((remaining * (nowMs - startedAtMs)) / done);
}
