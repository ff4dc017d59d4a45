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
import { appendAudit } from './audit.ts';
import { integer } from '../column.ts';
import { DESTINATION_COLUMNS, destinationOf, versionSettingsOf } from '../destination-row.ts';
import { insertLane, NOW_MS } from './lanes.ts';
import { pageOf } from '../page.ts';
import { enqueueOwed } from './reconcile.ts';
import { sqliteCode } from './sqlite-error.ts';
import type { Statements } from './statements.ts';

/** https://www.sqlite.org/rescode.html#constraint_unique */
const SQLITE_CONSTRAINT_UNIQUE = 2067;

export function createDestination(
  statements: Statements,
  draft: DestinationDraft,
  audit: AuditRecord,
): Destination {
  const nowMs = now(statements);
  const row = onceNamed(() =>
    statements.first(
      `insert into aegis_siem_destinations as d (destination_id, workspace_id, name, type, state, health, config, sealed,
         fingerprints, credential_notes, ocsf, batch, limits, sources, active_since, row_version, created_at, updated_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?) returning ${DESTINATION_COLUMNS.replaceAll('d.', '')}`,
      draft.destinationId,
      draft.workspaceId,
      draft.name,
      draft.type,
      draft.state,
      JSON.stringify({ state: 'healthy', sinceMs: nowMs }),
      JSON.stringify(draft.config),
      JSON.stringify(draft.sealed),
      JSON.stringify(draft.fingerprints),
      JSON.stringify(draft.credentialNotes ?? {}),
      JSON.stringify(draft.ocsf),
      JSON.stringify(draft.batch),
      JSON.stringify(draft.limits ?? {}),
      JSON.stringify(draft.sources),
      nowMs,
      nowMs,
      nowMs,
    ),
  );
  if (row === undefined) throw new Error('The new row of aegis_siem_destinations was swallowed');
  const destination = destinationOf(row);
  appendVersion(statements, destination);
  insertLane(statements, destination.destinationNo);
  startMark(statements, destination.destinationNo);
  appendAudit(statements, audit);
  return destination;
}

/** Undefined for a deleted destination: it stays in the table for its history only. */
export function readDestination(
  statements: Statements,
  destinationId: string,
  scope: WorkspaceScope,
): Destination | undefined {
  const row = statements.first(
    `select ${DESTINATION_COLUMNS} from aegis_siem_destinations d
     where destination_id = ?1 and state <> 'deleted' and (?2 is null or workspace_id = ?2)`,
    destinationId,
    scope.workspaceId ?? null,
  );
  return row === undefined ? undefined : destinationOf(row);
}

/** In the order of their making. */
export function listDestinations(
  statements: Statements,
  scope: WorkspaceScope,
  page: PageQuery,
): Page<Destination> {
  const [after] = page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number']);
  const rows = statements.all(
    `select ${DESTINATION_COLUMNS} from aegis_siem_destinations d
     where destination_no > ?1 and state <> 'deleted' and (?2 is null or workspace_id = ?2)
     order by destination_no limit ?3`,
    after ?? 0,
    scope.workspaceId ?? null,
    page.limit + 1,
  );
  return pageOf(rows, page, (row) => [integer(row, 'destination_no')], destinationOf);
}

export function updateDestination(
  statements: Statements,
  destinationId: string,
  expectedRowVersion: number | undefined,
  patch: DestinationPatch,
  audit: AuditRecord,
): UpdateResult {
  const current = readDestination(statements, destinationId, {});
  if (current === undefined) return { status: 'not_found' };
  if (expectedRowVersion !== undefined && expectedRowVersion !== current.rowVersion) {
    return { status: 'stale', current };
  }
  const nowMs = now(statements);
  const changed: Destination = { ...current, ...patch };
  const gap = { fromMs: 0, toMs: nowMs };
  const begins = !takesRecords(current.state) && takesRecords(changed.state);
  if (!takesRecords(changed.state)) enqueueOwed(statements, current.destinationNo);
  const destination: Destination = {
    ...changed,
    activeSinceMs: begins ? nowMs : current.activeSinceMs,
    rowVersion: current.rowVersion + 1,
    updatedAtMs: nowMs,
  };
  if (begins) gap.fromMs = disabledSinceMs(statements, current);
  writeDestination(statements, destination);
  if (begins) startMark(statements, destination.destinationNo);
  // Whoever changed something wants to see at once whether it helped.
  statements.run(
    'update aegis_siem_lanes set paused_until = 0 where destination_no = ?',
    destination.destinationNo,
  );
  // What is not in its stream is told there, whatever else it takes.
  appendAudit(statements, audit, begins ? { gap, alsoTo: destination.destinationNo } : {});
  return { status: 'updated', destination };
}

/** Since when a destination that is disabled gets nothing: its first version after the last one that took records. */
function disabledSinceMs(statements: Statements, { destinationNo, createdAtMs }: Destination): number {
  const row = statements.first(
    `select min(changed_at) as since from aegis_siem_destination_versions where destination_no = ?1 and row_version > (
       select coalesce(max(row_version), 0) from aegis_siem_destination_versions
       where destination_no = ?1 and json_extract(settings, '$.state') <> 'disabled')`,
    destinationNo,
  );
  return row === undefined || row['since'] === null ? createdAtMs : integer(row, 'since');
}

/** Writes settings and state of a destination that exists, and the version that goes with its `rowVersion`. */
export function writeDestination(statements: Statements, destination: Destination): void {
  onceNamed(() =>
    statements.run(
      `update aegis_siem_destinations set name = ?, state = ?, config = ?, sealed = ?, fingerprints = ?,
         credential_notes = ?, ocsf = ?, batch = ?,
         limits = ?, sources = ?, active_since = ?, row_version = ?, updated_at = ? where destination_no = ?`,
      destination.name,
      destination.state,
      JSON.stringify(destination.config),
      JSON.stringify(destination.sealed),
      JSON.stringify(destination.fingerprints),
      JSON.stringify(destination.credentialNotes ?? {}),
      JSON.stringify(destination.ocsf),
      JSON.stringify(destination.batch),
      JSON.stringify(destination.limits ?? {}),
      JSON.stringify(destination.sources),
      destination.activeSinceMs,
      destination.rowVersion,
      destination.updatedAtMs,
      destination.destinationNo,
    ),
  );
  appendVersion(statements, destination);
}

export function now(statements: Statements): number {
  const row = statements.first(`select ${NOW_MS} as now`);
  if (row === undefined) throw new Error('The database tells no time');
  return integer(row, 'now');
}

function takesRecords(state: DestinationState): boolean {
  return state === 'active' || state === 'paused';
}

function appendVersion(statements: Statements, destination: Destination): void {
  statements.run(
    `insert into aegis_siem_destination_versions (destination_no, row_version, settings, changed_at) values (?, ?, ?, ?)`,
    destination.destinationNo,
    destination.rowVersion,
    versionSettingsOf(destination),
    destination.updatedAtMs,
  );
}

/** From here on the reconciler answers for this destination; what was recorded before is not its business. */
function startMark(statements: Statements, destinationNo: number): void {
  statements.run(
    `insert into aegis_siem_reconciler (destination_no, mark)
     select ?, last_record_no from aegis_siem_record_counter where true
     on conflict (destination_no) do update set mark = excluded.mark`,
    destinationNo,
  );
}

function onceNamed<Result>(write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    const isName = error instanceof Error && error.message.includes('aegis_siem_destinations.name');
    if (isName && sqliteCode(error) === SQLITE_CONSTRAINT_UNIQUE) throw new NameTakenError({ cause: error });
    throw error;
  }
}
