import type { Replay, ReplaySelection, ReplayStatus } from '../outbox/replay.ts';
import { integer, json, maybeInteger, maybeText, present, text } from './column.ts';
import type { StoredRow } from './column.ts';

/** A row of `aegis_siem_replays` with its destination's id; `feeding` as a JSON array. */
export function replayOf(row: StoredRow): Replay {
  return {
    replayNo: integer(row, 'replay_no'),
    replayId: text(row, 'replay_id'),
    destinationNo: integer(row, 'destination_no'),
    destinationId: text(row, 'destination_id'),
    workspaceId: text(row, 'workspace_id'),
    origin: text(row, 'origin') as Replay['origin'],
    selection: json(row, 'selection') as ReplaySelection,
    ...present('ratePerSecond', maybeInteger(row, 'rate_per_second')),
    requestedBy: text(row, 'requested_by'),
    ...present('reason', maybeText(row, 'reason')),
    status: text(row, 'status') as ReplayStatus,
    ...present('note', maybeText(row, 'note')),
    lastRecordNo: integer(row, 'last_record_no'),
    cursor: { recordedAtMs: integer(row, 'cursor_at'), recordNo: integer(row, 'cursor_no') },
    planned: integer(row, 'planned'),
    // SQLite knows no booleans.
    plannedAtLeast: row['planned_at_least'] === true || row['planned_at_least'] === 1,
    found: integer(row, 'found'),
    enqueued: integer(row, 'enqueued'),
    leftOut: integer(row, 'left_out'),
    delivered: integer(row, 'delivered'),
    filtered: integer(row, 'filtered'),
    dead: integer(row, 'dead'),
    feeding: json(row, 'feeding') as number[],
    fedAfterReceiptNo: integer(row, 'fed_after'),
    nextFeedAtMs: integer(row, 'next_feed_at'),
    createdAtMs: integer(row, 'created_at'),
    ...present('startedAtMs', maybeInteger(row, 'started_at')),
    ...present('finishedAtMs', maybeInteger(row, 'finished_at')),
  };
}
