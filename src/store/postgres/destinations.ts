import type { Destination, DestinationState } from '../../outbox/destination.ts';
import type {
  AuditRecord,
  DestinationDraft,
  DestinationPatch,
  Page,
  PageQuery,
  UpdateResult,
  WorkspaceScope,
} from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { NameTakenError } from '../name-taken-error.ts';
import { StoreError } from '../store-error.ts';
import { appendAudit } from './audit.ts';
import { integer } from '../column.ts';
import type { Row, Statements } from './database.ts';
import { DESTINATION_COLUMNS, destinationOf, versionSettingsOf } from '../destination-row.ts';
import { insertLane, NOW_MS } from './lanes.ts';
import { pageOf } from '../page.ts';
import { isUuid } from './uuid.ts';

export async function createDestination(
  statements: Statements,
  draft: DestinationDraft,
  audit: AuditRecord,
): Promise<Destination> {
  const nowMs = await now(statements);
  const row = await onceNamed(() =>
    statements.first(
      `insert into @schema@.aegis_siem_destinations as d (destination_id, workspace_id, name, type, state, health, config,
         sealed, fingerprints, ocsf, batch, limits, sources, active_since, row_version, created_at, updated_at, credential_notes)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1, $14, $14, $15) returning ${DESTINATION_COLUMNS}`,
      [
        draft.destinationId,
        draft.workspaceId,
        draft.name,
        draft.type,
        draft.state,
        JSON.stringify({ state: 'healthy', sinceMs: nowMs }),
        JSON.stringify(draft.config),
        JSON.stringify(draft.sealed),
        JSON.stringify(draft.fingerprints),
        JSON.stringify(draft.ocsf),
        JSON.stringify(draft.batch),
        JSON.stringify(draft.limits ?? {}),
        JSON.stringify(draft.sources),
        nowMs,
        JSON.stringify(draft.credentialNotes ?? {}),
      ],
    ),
  );
  if (row === undefined)
    throw new StoreError('store_failed', 'The new destination was swallowed by a trigger');
  const destination = destinationOf(row);
  await appendVersion(statements, destination);
  await insertLane(statements, destination.destinationNo);
  await startMark(statements, destination.destinationNo);
  await appendAudit(statements, audit);
  return destination;
}

/** Undefined for a deleted destination: it stays in the table for its history only. */
export async function readDestination(
  statements: Statements,
  destinationId: string,
  scope: WorkspaceScope,
): Promise<Destination | undefined> {
  return readOne(statements, destinationId, scope, '');
}

/** The same, and nobody else changes it before this transaction ends. */
export async function lockDestination(
  statements: Statements,
  destinationId: string,
): Promise<Destination | undefined> {
  return readOne(statements, destinationId, {}, 'for no key update');
}

async function readOne(
  statements: Statements,
  destinationId: string,
  scope: WorkspaceScope,
  lock: '' | 'for no key update',
): Promise<Destination | undefined> {
  if (!isUuid(destinationId)) return undefined;
  const row = await statements.first(
    `select ${DESTINATION_COLUMNS} from @schema@.aegis_siem_destinations d
     where destination_id = $1 and state <> 'deleted' and ($2::text is null or workspace_id = $2) ${lock}`,
    [destinationId, scope.workspaceId ?? null],
  );
  return row === undefined ? undefined : destinationOf(row);
}

/** In the order of their making. */
export async function listDestinations(
  statements: Statements,
  scope: WorkspaceScope,
  page: PageQuery,
): Promise<Page<Destination>> {
  const [after] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
  const rows = await statements.all(
    `select ${DESTINATION_COLUMNS} from @schema@.aegis_siem_destinations d
     where destination_no > $1 and state <> 'deleted' and ($2::text is null or workspace_id = $2)
     order by destination_no limit $3`,
    [after ?? 0, scope.workspaceId ?? null, page.limit + 1],
  );
  return pageOf(rows, page, (row) => [integer(row, 'destination_no')], destinationOf);
}

export async function updateDestination(
  statements: Statements,
  destinationId: string,
  expectedRowVersion: number | undefined,
  patch: DestinationPatch,
  audit: AuditRecord,
): Promise<UpdateResult> {
  const current = await lockDestination(statements, destinationId);
  if (current === undefined) return { status: 'not_found' };
  if (expectedRowVersion !== undefined && expectedRowVersion !== current.rowVersion) {
    return { status: 'stale', current };
  }
  const nowMs = await now(statements);
  const changed: Destination = { ...current, ...patch };
  const gap = { fromMs: 0, toMs: nowMs };
  const begins = !takesRecords(current.state) && takesRecords(changed.state);
  if (!takesRecords(changed.state)) await enqueueOwed(statements, current.destinationNo);
  const destination: Destination = {
    ...changed,
    activeSinceMs: begins ? nowMs : current.activeSinceMs,
    rowVersion: current.rowVersion + 1,
    updatedAtMs: nowMs,
  };
  if (begins) gap.fromMs = await disabledSinceMs(statements, current);
  await writeDestination(statements, destination);
  if (begins) await startMark(statements, destination.destinationNo);
  // Whoever changed something wants to see at once whether it helped.
  await statements.run(
    'update @schema@.aegis_siem_lanes set paused_until = 0 where destination_no = $1 and paused_until <> 0',
    [destination.destinationNo],
  );
  // What is not in its stream is told there, whatever else it takes.
  await appendAudit(statements, audit, begins ? { gap, alsoTo: destination.destinationNo } : {});
  return { status: 'updated', destination };
}

/** Since when a destination that is disabled gets nothing: its first version after the last one that took records. */
async function disabledSinceMs(
  statements: Statements,
  { destinationNo, createdAtMs }: Destination,
): Promise<number> {
  const row = await statements.first(
    `select min(changed_at) as since from @schema@.aegis_siem_destination_versions
     where destination_no = $1 and row_version > (
       select coalesce(max(row_version), 0) from @schema@.aegis_siem_destination_versions
       where destination_no = $1 and settings::json ->> 'state' <> 'disabled')`,
    [destinationNo],
  );
  return row === undefined || row['since'] === null ? createdAtMs : integer(row, 'since');
}

/** Writes settings and state of a destination that exists, and the version that goes with its `rowVersion`. */
export async function writeDestination(statements: Statements, destination: Destination): Promise<void> {
  await onceNamed(() =>
    statements.first(
      `update @schema@.aegis_siem_destinations set name = $1, state = $2, config = $3, sealed = $4, fingerprints = $5,
         ocsf = $6, batch = $7, limits = $8, sources = $9, active_since = $10, row_version = $11, updated_at = $12,
         credential_notes = $14
       where destination_no = $13`,
      [
        destination.name,
        destination.state,
        JSON.stringify(destination.config),
        JSON.stringify(destination.sealed),
        JSON.stringify(destination.fingerprints),
        JSON.stringify(destination.ocsf),
        JSON.stringify(destination.batch),
        JSON.stringify(destination.limits ?? {}),
        JSON.stringify(destination.sources),
        destination.activeSinceMs,
        destination.rowVersion,
        destination.updatedAtMs,
        destination.destinationNo,
        JSON.stringify(destination.credentialNotes ?? {}),
      ],
    ),
  );
  await appendVersion(statements, destination);
}

export async function now(statements: Statements): Promise<number> {
  const row = await statements.first(`select ${NOW_MS} as now`);
  if (row === undefined) throw new StoreError('store_failed', 'PostgreSQL tells no time');
  return integer(row, 'now');
}

function takesRecords(state: DestinationState): boolean {
  return state === 'active' || state === 'paused';
}

async function appendVersion(statements: Statements, destination: Destination): Promise<void> {
  await statements.run(
    `insert into @schema@.aegis_siem_destination_versions (destination_no, row_version, settings, changed_at)
     values ($1, $2, $3, $4)`,
    [
      destination.destinationNo,
      destination.rowVersion,
      versionSettingsOf(destination),
      destination.updatedAtMs,
    ],
  );
}

/**
 * Enqueues all that a destination is owed and has no row for. Called before it stops taking records: the reconciler looks at
 * those that take, and begins anew with one that is enabled again. A record that is not committed yet has its own row.
 */
export async function enqueueOwed(statements: Statements, destinationNo: number): Promise<void> {
  await statements.run(
    `with owed as (
       select d.destination_no, @schema@.aegis_siem_enqueue_range(d, coalesce(r.mark, 0) + 1, s.last_value) as written
       from @schema@.aegis_siem_destinations d left join @schema@.aegis_siem_reconciler r using (destination_no),
         @schema@.aegis_siem_record_no s
       where d.destination_no = $1 and d.state in ('active', 'paused')
     )
     update @schema@.aegis_siem_reconciler r set repaired_enqueued = r.repaired_enqueued + owed.written
     from owed where r.destination_no = owed.destination_no`,
    [destinationNo],
  );
}

/**
 * From here on the reconciler answers for this destination; what was settled before is not its business. Records of transactions
 * that are still running are looked at: those with a number up to the last one given out, and recorded before `active_since`, are
 * passed over.
 */
async function startMark(statements: Statements, destinationNo: number): Promise<void> {
  await statements.run(
    `insert into @schema@.aegis_siem_reconciler as r (destination_no, mark, start_no)
     select $1, s.record_no, case when n.is_called then n.last_value else 0 end
     from @schema@.aegis_siem_settled s, @schema@.aegis_siem_record_no n
     on conflict (destination_no) do update set mark = greatest(r.mark, excluded.mark), start_no = excluded.start_no`,
    [destinationNo],
  );
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const UNIQUE_VIOLATION = '23505';

async function onceNamed(write: () => Promise<Row | undefined>): Promise<Row | undefined> {
  try {
    return await write();
  } catch (error) {
    const cause = error instanceof StoreError ? error.cause : error;
    const isName =
      cause instanceof Error &&
      'code' in cause &&
      cause.code === UNIQUE_VIOLATION &&
      'constraint' in cause &&
      cause.constraint === 'aegis_siem_destinations_name';
    if (isName) throw new NameTakenError({ cause });
    throw error;
  }
}
