import type { Replay, ReplaySelection, ReplayStatus } from '../../outbox/replay.ts';
import { boolean, integer, json, maybeInteger, maybeText, present, text } from '../column.ts';
import type { StoredRow } from '../column.ts';
import { numbers } from './number-list.ts';

export const REPLAY_COLUMNS = `r.replay_no, r.replay_id, r.destination_no, d.destination_id, r.workspace_id, r.origin, r.selection,
  r.rate_per_second, r.requested_by, r.reason, r.status, r.note, r.last_record_no, r.cursor_at, r.cursor_no, r.planned,
  r.planned_at_least, r.found, r.enqueued, r.left_out, r.delivered, r.dead, array_to_string(r.feeding, ',') as feeding,
  r.next_feed_at, r.created_at, r.started_at, r.finished_at, d.state as destination_state`;

/** A replay from a row with `REPLAY_COLUMNS`. */
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
    plannedAtLeast: boolean(row, 'planned_at_least'),
    found: integer(row, 'found'),
    enqueued: integer(row, 'enqueued'),
    leftOut: integer(row, 'left_out'),
    delivered: integer(row, 'delivered'),
    dead: integer(row, 'dead'),
    feeding: numbers(row, 'feeding'),
    nextFeedAtMs: integer(row, 'next_feed_at'),
    createdAtMs: integer(row, 'created_at'),
    ...present('startedAtMs', maybeInteger(row, 'started_at')),
    ...present('finishedAtMs', maybeInteger(row, 'finished_at')),
  };
}
