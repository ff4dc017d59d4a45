import type { Destination } from '../../outbox/destination.ts';
import type { Backfill } from '../admin-store.ts';
import { integer } from '../column.ts';
import { MAX_PLANNED_RECORDS } from '../replay-admin-store.ts';
import { insertReplay } from './insert-replay.ts';
import type { Statements } from './statements.ts';

/** The replay that gives a new destination what was recorded before it was made. */
export function insertBackfill(statements: Statements, destination: Destination, backfill: Backfill): void {
  const { replayId, fromMs, requestedBy } = backfill;
  const records = countSince(statements, destination, fromMs);
  insertReplay(statements, destination, {
    replayId,
    requestedBy,
    plan: {
      selection: { kind: 'range', fromMs },
      records: Math.min(records, MAX_PLANNED_RECORDS),
      atLeast: records > MAX_PLANNED_RECORDS,
    },
    origin: 'backfill',
  });
}

/** By the index of times alone, and no further than a plan counts. */
function countSince(
  statements: Statements,
  { workspaceId, sources }: Pick<Destination, 'workspaceId' | 'sources'>,
  fromMs: number,
): number {
  const row = statements.first(
    `select (select count(*) from (
         select 1 from aegis_siem_attestations where ?4 and workspace_id = ?1 and recorded_at >= ?2 limit ?3))
       + (select count(*) from (
         select 1 from aegis_siem_events
         where workspace_id = ?1 and recorded_at >= ?2 and source in (select value from json_each(?5)) limit ?3))
       as records`,
    workspaceId,
    fromMs,
    MAX_PLANNED_RECORDS + 1,
    sources.includes('attestations') ? 1 : 0,
    JSON.stringify(sources),
  );
  return row === undefined ? 0 : integer(row, 'records');
}
