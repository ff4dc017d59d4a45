import type { Answer } from '../../connectors/outcome.ts';
import type { Batch, BatchDraft, BatchKey, BatchState, Tombstone } from '../../outbox/batch.ts';
import type { LaneLease } from '../../outbox/delivery-store.ts';
import { bytes, integer, json, maybeInteger, maybeJson, present, text } from '../column.ts';
import { NOW_MS } from './lanes.ts';
import type { Row, Statements } from './statements.ts';

/** What a replaced batch hands on to its parts. */
export interface BatchHistory {
  readonly attempts: number;
  /** JSON, as stored. */
  readonly lastAnswer: string | null;
}

export function insertBatch(
  statements: Statements,
  lease: LaneLease,
  draft: BatchDraft,
  history: BatchHistory = { attempts: 0, lastAnswer: null },
): void {
  statements.run(
    `insert into aegis_siem_batches (destination_no, epoch_no, first_seq, places, state, record_nos, hashes, tombstones,
       left_out, replayed, destination_version, render_key, token, attempts, last_answer, formed_at)
     values (?, ?, ?, ?, 'formed', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ${NOW_MS})`,
    lease.destinationNo,
    draft.epochNo,
    draft.firstSeq,
    draft.recordNos.length,
    JSON.stringify(draft.recordNos),
    draft.hashes,
    listOrNull(draft.tombstones),
    listOrNull(draft.leftOut),
    listOrNull(draft.replayed),
    draft.destinationVersion,
    draft.renderKey,
    lease.token,
    history.attempts,
    history.lastAnswer,
  );
}

/** Removes the batch and answers it as it was; undefined when it is gone already. */
export function takeBatch(statements: Statements, destinationNo: number, key: BatchKey): Batch | undefined {
  const row = statements.first(
    `delete from aegis_siem_batches where destination_no = ? and epoch_no = ? and first_seq = ? returning *`,
    destinationNo,
    key.epochNo,
    key.firstSeq,
  );
  return row === undefined ? undefined : batchOf(row);
}

export function readBatches(statements: Statements, destinationNo: number): Batch[] {
  return statements
    .all(
      'select * from aegis_siem_batches where destination_no = ? order by epoch_no, first_seq',
      destinationNo,
    )
    .map(batchOf);
}

/** An empty list takes no room in the row. */
export function listOrNull(list: readonly unknown[]): string | null {
  return list.length === 0 ? null : JSON.stringify(list);
}

function batchOf(row: Row): Batch {
  return {
    epochNo: integer(row, 'epoch_no'),
    firstSeq: integer(row, 'first_seq'),
    recordNos: json(row, 'record_nos') as (number | null)[],
    hashes: bytes(row, 'hashes'),
    tombstones: (maybeJson(row, 'tombstones') as Tombstone[] | undefined) ?? [],
    leftOut: (maybeJson(row, 'left_out') as number[] | undefined) ?? [],
    replayed: (maybeJson(row, 'replayed') as number[] | undefined) ?? [],
    destinationVersion: integer(row, 'destination_version'),
    renderKey: text(row, 'render_key'),
    state: text(row, 'state') as BatchState,
    attempts: integer(row, 'attempts'),
    formedAtMs: integer(row, 'formed_at'),
    ...present('ackId', maybeInteger(row, 'ack_id')),
    ...present('lastAnswer', maybeJson(row, 'last_answer') as Answer | undefined),
    ...present('sentAtMs', maybeInteger(row, 'sent_at')),
  };
}
