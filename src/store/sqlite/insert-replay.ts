import type { Destination } from '../../outbox/destination.ts';
import { REPLAY_START } from '../../outbox/replay.ts';
import type { ReplayDraft } from '../replay-admin-store.ts';
import { integer } from '../column.ts';
import { NOW_MS } from './lanes.ts';
import type { Statements } from './statements.ts';

/** What `replayOf` reads, with the state of the destination. */
export const REPLAY_COLUMNS = 'r.*, d.destination_id, d.state as destination_state';

/** A new replay, running from its first turn on. Records that come from now on are not its business. */
export function insertReplay(
  statements: Statements,
  { destinationNo, workspaceId }: Pick<Destination, 'destinationNo' | 'workspaceId'>,
  draft: Omit<ReplayDraft, 'destinationId'> & { readonly origin: 'request' | 'backfill' },
): void {
  statements.run(
    `insert into aegis_siem_replays (replay_id, destination_no, workspace_id, origin, selection, rate_per_second, requested_by,
       reason, status, last_record_no, cursor_at, cursor_no, planned, planned_at_least, created_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, 'running', ?, ?, ?, ?, ?, ${NOW_MS})`,
    draft.replayId,
    destinationNo,
    workspaceId,
    draft.origin,
    JSON.stringify(draft.plan.selection),
    draft.ratePerSecond ?? null,
    draft.requestedBy,
    draft.reason ?? null,
    lastRecordNo(statements),
    REPLAY_START.recordedAtMs,
    REPLAY_START.recordNo,
    draft.plan.records,
    draft.plan.atLeast ? 1 : 0,
  );
}

/** The last number that was given out. */
export function lastRecordNo(statements: Statements): number {
  const row = statements.first('select last_record_no from aegis_siem_record_counter');
  return row === undefined ? 0 : integer(row, 'last_record_no');
}
