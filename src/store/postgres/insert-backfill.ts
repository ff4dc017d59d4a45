import type { Destination } from '../../outbox/destination.ts';
import type { Backfill } from '../admin-store.ts';
import { integer } from '../column.ts';
import { MAX_PLANNED_RECORDS } from '../replay-admin-store.ts';
import type { Statements } from './database.ts';
import { insertReplay } from './insert-replay.ts';

/** The replay that gives a new destination what was recorded before it was made. */
export async function insertBackfill(
  statements: Statements,
  destination: Destination,
  backfill: Backfill,
): Promise<void> {
  const { replayId, fromMs, requestedBy } = backfill;
  const records = await countSince(statements, destination, fromMs);
  await insertReplay(statements, destination, {
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
async function countSince(
  statements: Statements,
  { workspaceId, sources }: Pick<Destination, 'workspaceId' | 'sources'>,
  fromMs: number,
): Promise<number> {
  const row = await statements.first(
    `select (select count(*) from (
         select 1 from @schema@.aegis_siem_attestations
         where $4::boolean and workspace_id = $1 and recorded_at >= $2 limit $3) a)
       + (select count(*) from (
         select 1 from @schema@.aegis_siem_events
         where workspace_id = $1 and recorded_at >= $2 and source = any ($5::text[]) limit $3) e)
       as records`,
    [workspaceId, fromMs, MAX_PLANNED_RECORDS + 1, sources.includes('attestations'), sources],
  );
  return row === undefined ? 0 : integer(row, 'records');
}
