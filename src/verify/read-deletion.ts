import type { ChainedRecord } from '../proof/record-text.ts';
import { fieldsAt, parsed } from './read-place.ts';

/** That a destination was deleted: its administrative event is a record like any other, and the chain proves it. */
export interface Deletion {
  readonly recordNo: number;
  readonly atMs: number;
  /** Where its stream ended. Absent in records of an earlier release. */
  readonly end?: { readonly streamId: string; readonly epoch: string; readonly lastSeq: number };
}

export interface ToldDeletion {
  readonly destinationId: string;
  readonly deletion: Deletion;
}

const CODE = 'destination.deleted';
/** Nearly every record is of something else: its text is not parsed. */
const CODE_TEXT = Buffer.from(JSON.stringify(CODE));

/** The destination that a record says was deleted, and what it says of it. */
export function readDeletion(record: ChainedRecord): ToldDeletion | undefined {
  const body = Buffer.from(record.body.buffer, record.body.byteOffset, record.body.byteLength);
  if (record.kind !== 'admin' || !body.includes(CODE_TEXT)) return undefined;
  const facts = parsed(body);
  const { code, timeMs } = fieldsAt({ facts }, 'facts');
  const { uid } = fieldsAt(facts, 'entity');
  if (code !== CODE || typeof uid !== 'string' || typeof timeMs !== 'number') return undefined;
  const end = endIn(fieldsAt(fieldsAt(facts, 'details'), 'stream_end'));
  const deletion = { recordNo: record.recordNo, atMs: timeMs };
  return { destinationId: uid, deletion: end === undefined ? deletion : { ...deletion, end } };
}

function endIn({ id, epoch, last_seq: lastSeq }: Readonly<Record<string, unknown>>): Deletion['end'] {
  if (typeof id !== 'string' || typeof epoch !== 'string' || typeof lastSeq !== 'number') return undefined;
  return { streamId: id, epoch, lastSeq };
}
