import type { ReconcileLimits, ReconcileReport } from '../../outbox/delivery-store.ts';
import { integer, text } from '../column.ts';
import type { RecordKind } from './insert-record.ts';
import type { Statements } from './statements.ts';

// Two ways by which a record that has no row gets one.
//
// 1. The notes: an enqueue that failed left the record's number in aegis_siem_missed.
// 2. The mark: for each destination a number below which every record of its workspace has evidence: an open row, an open
//    batch, a dead letter or a receipt. A step looks at the records behind the mark and moves it.
//
// One process writes at a time and numbers are taken inside the write transaction, so every number up to the counter is
// settled: no guard against late commits is needed, unlike on PostgreSQL. The mark of a destination begins at the counter when
// it begins to take records, so that it never reaches back before that, whatever the clock did.

/** ?1 is the destination, ?2 and ?3 the first and last record number looked at. */
const WITHOUT_EVIDENCE = `
  not exists (
    select 1 from aegis_siem_outbox o where o.destination_no = ?1 and o.record_no = r.record_no)
  and not exists (
    select 1 from aegis_siem_dead_letters l where l.destination_no = ?1 and l.record_no = r.record_no)
  and r.record_no not in (
    select m.value from aegis_siem_batches b, json_each(b.record_nos) m
    where b.destination_no = ?1 and m.value is not null
    union all
    select m.value from aegis_siem_batches b, json_each(b.left_out) m where b.destination_no = ?1
    union all
    select m.value from aegis_siem_receipts c, json_each(c.record_nos) m
    where c.destination_no = ?1 and c.max_record_no >= ?2 and c.min_record_no <= ?3 and m.value is not null
    union all
    select m.value from aegis_siem_receipts c, json_each(c.left_out) m
    where c.destination_no = ?1 and c.max_record_no >= ?2 and c.min_record_no <= ?3)`;

const ENQUEUE_ATTESTATIONS = `
  insert into aegis_siem_outbox (destination_no, record_no, attestation_id)
  select ?1, r.record_no, r.attestation_id from aegis_siem_attestations r
  where r.record_no between ?2 and ?3 and r.workspace_id = ?4 and ${WITHOUT_EVIDENCE}`;

const ENQUEUE_EVENTS = `
  insert into aegis_siem_outbox (destination_no, record_no, event_id)
  select ?1, r.record_no, r.event_id from aegis_siem_events r
  where r.record_no between ?2 and ?3 and r.workspace_id = ?4 and instr(?5, '"' || r.source || '"') > 0
    and ${WITHOUT_EVIDENCE}`;

interface TakingDestination {
  readonly destinationNo: number;
  readonly workspaceId: string;
  /** JSON, as stored. */
  readonly sources: string;
  readonly mark: number;
}

/** True when a step would find nothing to do: asked first, so that an idle store is not written to. */
export function isReconciled(statements: Statements): boolean {
  const row = statements.first(
    `select exists (select 1 from aegis_siem_missed) or exists (
       select 1 from aegis_siem_destinations d left join aegis_siem_reconciler m using (destination_no)
       where d.state in ('active', 'paused')
         and coalesce(m.mark, 0) < (select last_record_no from aegis_siem_record_counter)) as due`,
  );
  return row === undefined || integer(row, 'due') === 0;
}

/** One bounded step of both ways, inside one write transaction. */
export function reconcile(statements: Statements, limits: ReconcileLimits): ReconcileReport {
  const missed = enqueueMissed(statements, limits.maxMissed);
  const repaired = moveMarks(statements, limits.maxRecords);
  return {
    missedEnqueued: missed.rows,
    repairedEnqueued: repaired.rows,
    more: missed.more || repaired.more,
  };
}

/**
 * Enqueues all that a destination is owed and has no row for. Called before it stops taking records: the reconciler looks at
 * those that take, and begins anew with one that is enabled again.
 */
export function enqueueOwed(statements: Statements, destinationNo: number): void {
  const destination = takingDestinations(statements).find((one) => one.destinationNo === destinationNo);
  if (destination !== undefined) moveMark(statements, destination, lastRecordNo(statements));
}

function enqueueMissed(statements: Statements, maxMissed: number): { rows: number; more: boolean } {
  const notes = statements.all(
    `select m.record_no, coalesce(a.workspace_id, e.workspace_id) as workspace_id,
       coalesce(a.recorded_at, e.recorded_at) as recorded_at, case when a.record_no is null then e.source end as source
     from aegis_siem_missed m
     left join aegis_siem_attestations a on a.record_no = m.record_no
     left join aegis_siem_events e on e.record_no = m.record_no
     order by m.record_no limit ?`,
    maxMissed,
  );
  let rows = 0;
  for (const note of notes) {
    const recordNo = integer(note, 'record_no');
    // A note without its record (removed by hand) has nothing to enqueue and only goes.
    if (note['workspace_id'] !== null) {
      const source = note['source'];
      const kind: RecordKind = source === 'admin' || source === 'external' ? source : 'attestation';
      const taking = takingDestinations(statements, text(note, 'workspace_id'), integer(note, 'recorded_at'));
      for (const destination of taking) {
        rows += counted(
          statements,
          destination,
          'missed_enqueued',
          enqueueRange(statements, destination, recordNo, recordNo, kind),
        );
      }
    }
    statements.run('delete from aegis_siem_missed where record_no = ?', recordNo);
  }
  return { rows, more: notes.length === maxMissed };
}

function moveMarks(statements: Statements, maxRecords: number): { rows: number; more: boolean } {
  const lastNo = lastRecordNo(statements);
  let budget = maxRecords;
  let rows = 0;
  // Those that are furthest behind come first, so that none waits for ever behind the others.
  for (const destination of takingDestinations(statements)) {
    if (destination.mark >= lastNo) continue;
    if (budget <= 0) return { rows, more: true };
    const toNo = Math.min(lastNo, destination.mark + budget);
    budget -= toNo - destination.mark;
    rows += moveMark(statements, destination, toNo);
    if (toNo < lastNo) return { rows, more: true };
  }
  return { rows, more: false };
}

function lastRecordNo(statements: Statements): number {
  const counter = statements.first('select last_record_no from aegis_siem_record_counter');
  return counter === undefined ? 0 : integer(counter, 'last_record_no');
}

/** Answers the rows written for records between the mark and `toNo`. */
function moveMark(statements: Statements, destination: TakingDestination, toNo: number): number {
  const rows = enqueueRange(statements, destination, destination.mark + 1, toNo);
  statements.run(
    `insert into aegis_siem_reconciler (destination_no, mark) values (?, ?)
     on conflict (destination_no) do update set mark = excluded.mark`,
    destination.destinationNo,
    toNo,
  );
  return counted(statements, destination, 'repaired_enqueued', rows);
}

function takingDestinations(
  statements: Statements,
  workspaceId: string | null = null,
  recordedAtMs: number = Number.MAX_SAFE_INTEGER,
): TakingDestination[] {
  return statements
    .all(
      `select d.destination_no, d.workspace_id, coalesce(m.mark, 0) as mark,
         case when json_valid(d.sources) then d.sources else '["attestations","admin","external"]' end as sources
       from aegis_siem_destinations d left join aegis_siem_reconciler m using (destination_no)
       where d.state in ('active', 'paused') and (?1 is null or d.workspace_id = ?1) and d.active_since <= ?2
       order by mark, d.destination_no`,
      workspaceId,
      recordedAtMs,
    )
    .map((row) => ({
      destinationNo: integer(row, 'destination_no'),
      workspaceId: text(row, 'workspace_id'),
      sources: text(row, 'sources'),
      mark: integer(row, 'mark'),
    }));
}

/** Enqueues what lacks evidence among `[fromNo, toNo]`, of one kind or of all that the destination takes. */
function enqueueRange(
  statements: Statements,
  { destinationNo, workspaceId, sources }: TakingDestination,
  fromNo: number,
  toNo: number,
  kind?: RecordKind,
): number {
  let rows = 0;
  if (sources.includes('"attestations"') && (kind === undefined || kind === 'attestation')) {
    rows += statements.run(ENQUEUE_ATTESTATIONS, destinationNo, fromNo, toNo, workspaceId);
  }
  if (kind === undefined || kind !== 'attestation') {
    rows += statements.run(ENQUEUE_EVENTS, destinationNo, fromNo, toNo, workspaceId, sources);
  }
  return rows;
}

function counted(
  statements: Statements,
  { destinationNo }: TakingDestination,
  counter: 'missed_enqueued' | 'repaired_enqueued',
  rows: number,
): number {
  if (rows > 0) {
    statements.run(
      `insert into aegis_siem_reconciler (destination_no, mark, ${counter}) values (?, 0, ?)
       on conflict (destination_no) do update set ${counter} = ${counter} + excluded.${counter}`,
      destinationNo,
      rows,
    );
  }
  return rows;
}
