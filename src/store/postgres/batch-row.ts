import type { Answer } from '../../connectors/outcome.ts';
import type { Batch, BatchDraft, BatchState, Tombstone } from '../../outbox/batch.ts';
import { bytes, integer, maybeInteger, maybeJson, present, text } from '../column.ts';
import { numberList, numbers } from './number-list.ts';
import type { Row } from './database.ts';

/** Columns of `aegis_siem_batches b` that make a `Batch`. Arrays come as text: reading those is a call of JSON.parse. */
export const BATCH_COLUMNS = `b.epoch_no, b.first_seq, array_to_string(b.record_nos, ',', 'null') as record_nos, b.hashes,
  b.tombstones, array_to_string(b.left_out, ',') as left_out, array_to_string(b.replayed, ',') as replayed,
  b.destination_version, b.render_key, b.state, b.attempts, b.last_answer, b.ack_id, b.formed_at, b.sent_at`;

export function batchOf(row: Row): Batch {
  return {
    epochNo: integer(row, 'epoch_no'),
    firstSeq: integer(row, 'first_seq'),
    recordNos: numberList(row, 'record_nos'),
    hashes: bytes(row, 'hashes'),
    tombstones: (maybeJson(row, 'tombstones') as Tombstone[] | undefined) ?? [],
    leftOut: numbers(row, 'left_out'),
    replayed: numbers(row, 'replayed'),
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

/** A draft as `aegis_siem_batch_of` takes it; empty lists are left out and take no room in the row. */
export function batchJson(draft: BatchDraft): string {
  return JSON.stringify({
    epochNo: draft.epochNo,
    firstSeq: draft.firstSeq,
    recordNos: draft.recordNos,
    hashes: Buffer.from(draft.hashes.buffer, draft.hashes.byteOffset, draft.hashes.byteLength).toString(
      'hex',
    ),
    tombstones: listOrNothing(draft.tombstones),
    leftOut: listOrNothing(draft.leftOut),
    replayed: listOrNothing(draft.replayed),
    destinationVersion: draft.destinationVersion,
    renderKey: draft.renderKey,
  });
}

function listOrNothing(list: readonly unknown[]): readonly unknown[] | undefined {
  return list.length === 0 ? undefined : list;
}
