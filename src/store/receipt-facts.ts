import { receiptSha256 } from '../proof/receipt-text.ts';
import { bytes, integer, maybeInteger, maybeText, present, type StoredRow, text } from './column.ts';

/** The hash of a receipt, from a row with its columns; lists as text without brackets. */
export function receiptSha256Of(row: StoredRow): Uint8Array {
  return receiptSha256({
    epochNo: integer(row, 'epoch_no'),
    firstSeq: integer(row, 'first_seq'),
    places: integer(row, 'places'),
    minRecordNo: integer(row, 'min_record_no'),
    maxRecordNo: integer(row, 'max_record_no'),
    recordNos: text(row, 'record_list'),
    hashes: bytes(row, 'hashes'),
    ...present('tombstones', maybeText(row, 'tombstones')),
    ...present('leftOut', maybeText(row, 'left_out_list')),
    ...present('replayed', maybeText(row, 'replayed_list')),
    destinationVersion: integer(row, 'destination_version'),
    attempts: integer(row, 'attempts'),
    ...present('httpStatus', maybeInteger(row, 'http_status')),
    answer: text(row, 'answer'),
    ...present('ackId', maybeInteger(row, 'ack_id')),
    deliveredAtMs: integer(row, 'delivered_at'),
  });
}
