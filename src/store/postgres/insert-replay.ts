import type { Destination } from '../../outbox/destination.ts';
import { REPLAY_START } from '../../outbox/replay.ts';
import type { ReplayDraft } from '../replay-admin-store.ts';
import { integer } from '../column.ts';
import type { Statements } from './database.ts';
import { NOW_MS } from './lanes.ts';

/** What `replayOf` reads, with the state of the destination. */
export const REPLAY_COLUMNS =
  'r.*, to_json(r.feeding) as feeding, d.destination_id, d.state as destination_state';

/** A new replay, running from its first turn on. Records that come from now on are not its business. */
export async function insertReplay(
  statements: Statements,
  { destinationNo, workspaceId }: Pick<Destination, 'destinationNo' | 'workspaceId'>,
  draft: Omit<ReplayDraft, 'destinationId'> & { readonly origin: 'request' | 'backfill' },
): Promise<void> {
  await statements.run(
    `insert into @schema@.aegis_siem_replays (replay_id, destination_no, workspace_id, origin, selection, rate_per_second,
       requested_by, reason, status, last_record_no, cursor_at, cursor_no, planned, planned_at_least, created_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 'running', $9, $10, $11, $12, $13, ${NOW_MS})`,
    [
      draft.replayId,
      destinationNo,
      workspaceId,
      draft.origin,
      JSON.stringify(draft.plan.selection),
      draft.ratePerSecond ?? null,
      draft.requestedBy,
      draft.reason ?? null,
      await lastRecordNo(statements),
      REPLAY_START.recordedAtMs,
      REPLAY_START.recordNo,
      draft.plan.records,
      draft.plan.atLeast,
    ],
  );
}

/** The last number that was given out. Some of its transactions may still be under way. */
export async function lastRecordNo(statements: Statements): Promise<number> {
  const row = await statements.first(
    'select case when is_called then last_value else 0 end as last_record_no from @schema@.aegis_siem_record_no',
  );
  return row === undefined ? 0 : integer(row, 'last_record_no');
}
