import { StoreError } from '../store-error.ts';
import { integer } from '../column.ts';
import type { RecordKind } from './insert-record.ts';
import type { Statements } from './statements.ts';

// The enqueue as plain statements, without a guard: see guarded-enqueue.ts.
//
// `sources` is compared as text, since reading it as JSON would make one damaged destination row fail the enqueue for all. A
// destination whose sources cannot be read gets everything: a row too many can be explained, a row too few is lost.

const SOURCE_WORD: Readonly<Record<RecordKind, string>> = {
  attestation: '"attestations"',
  admin: '"admin"',
  external: '"external"',
};

/** How many destinations of the workspace take records of this kind now. */
export function countTaking(statements: Statements, kind: RecordKind, workspaceId: string): number {
  const row = statements.first(
    `select count(*) as taking from aegis_siem_destinations
     where workspace_id = ? and state in ('active', 'paused')
       and (instr(sources, ?) > 0 or not json_valid(sources))`,
    workspaceId,
    SOURCE_WORD[kind],
  );
  return row === undefined ? 0 : integer(row, 'taking');
}

/**
 * Writes the pending rows of the records `[firstNo, lastNo]` of one kind, for the destinations of each record's workspace.
 * Throws when another number of rows than `expected` came to be: a trigger that swallows rows in silence is a failure too.
 */
export function insertRows(
  statements: Statements,
  kind: RecordKind,
  firstNo: number,
  lastNo: number,
  expected: number,
): void {
  const written = runRows(statements, kind, firstNo, lastNo, '');
  if (written !== expected) {
    throw new StoreError(
      'store_failed',
      `The enqueue wrote ${written} rows where ${expected} were due: look for triggers on aegis_siem_outbox`,
    );
  }
}

// CROSS JOIN keeps the order: the few records outside, their destinations inside, by the index.
const ATTESTATION_ROWS = `
  insert into aegis_siem_outbox (destination_no, record_no, attestation_id)
  select d.destination_no, r.record_no, r.attestation_id
  from aegis_siem_attestations r cross join aegis_siem_destinations d
  where r.record_no between ? and ? and d.workspace_id = r.workspace_id and d.state in ('active', 'paused')
    and (instr(d.sources, ?) > 0 or not json_valid(d.sources))`;

const EVENT_ROWS = `
  insert into aegis_siem_outbox (destination_no, record_no, event_id)
  select d.destination_no, r.record_no, r.event_id
  from aegis_siem_events r cross join aegis_siem_destinations d
  where r.record_no between ? and ? and r.source = ? and d.workspace_id = r.workspace_id
    and d.state in ('active', 'paused') and (instr(d.sources, ?) > 0 or not json_valid(d.sources))`;

/** Rows of one record that is recorded already; those that are open stay. Answers how many were written. */
export function insertMissingRows(statements: Statements, kind: RecordKind, recordNo: number): number {
  return runRows(statements, kind, recordNo, recordNo, ' on conflict do nothing');
}

function runRows(
  statements: Statements,
  kind: RecordKind,
  firstNo: number,
  lastNo: number,
  onConflict: '' | ' on conflict do nothing',
): number {
  return kind === 'attestation'
    ? statements.run(`${ATTESTATION_ROWS}${onConflict}`, firstNo, lastNo, SOURCE_WORD[kind])
    : statements.run(`${EVENT_ROWS}${onConflict}`, firstNo, lastNo, kind, SOURCE_WORD[kind]);
}
