import type { Answer } from '../connectors/outcome.ts';
import type { Tombstone } from '../outbox/batch.ts';
import type { AttemptRow } from './admin-store.ts';
import {
  bytes,
  integer,
  maybeInteger,
  maybeJson,
  maybeText,
  present,
  text,
  type StoredRow,
} from './column.ts';
import type { SentPlace } from './delivery-look.ts';

/** A row of a place of a record, as both stores select it. */
export function sentPlaceOf(row: StoredRow, failedSends: readonly AttemptRow[]): SentPlace {
  const index = integer(row, 'place');
  const tombstones = (maybeJson(row, 'tombstones') as readonly Tombstone[] | undefined) ?? [];
  return {
    destinationNo: integer(row, 'destination_no'),
    epochNo: integer(row, 'epoch_no'),
    ...present('epoch', maybeText(row, 'epoch')),
    streamId: text(row, 'stream_id'),
    seq: integer(row, 'first_seq') + index,
    state: text(row, 'state') as SentPlace['state'],
    sha256: bytes(row, 'sha256'),
    ...present(
      'tombstone',
      tombstones.find((tombstone) => tombstone.index === index),
    ),
    replayed: integer(row, 'is_replayed') === 1,
    destinationVersion: integer(row, 'destination_version'),
    batchFirstSeq: integer(row, 'first_seq'),
    batchPlaces: integer(row, 'places'),
    attempts: integer(row, 'attempts'),
    ...present('answer', maybeJson(row, 'answer') as Answer | undefined),
    ...present('ackId', maybeInteger(row, 'ack_id')),
    ...present('deliveredAtMs', maybeInteger(row, 'delivered_at')),
    failedSends,
  };
}
