import { integer, maybeInteger, type StoredRow } from './column.ts';
import type { HistoryBucket } from './history-store.ts';

/** A row of sums, by the names of the columns of `aegis_siem_history`. */
export function historyBucketOf(row: StoredRow): HistoryBucket {
  const delayMaxMs = maybeInteger(row, 'delay_max_ms');
  const samples = integer(row, 'delay_samples');
  return {
    startMs: integer(row, 'minute'),
    delivered: integer(row, 'delivered'),
    replayed: integer(row, 'replayed'),
    tombstones: integer(row, 'tombstones'),
    leftOut: integer(row, 'left_out'),
    batches: integer(row, 'batches'),
    ...(delayMaxMs === undefined ? {} : { delayMaxMs }),
    ...(samples === 0 ? {} : { delayMeanMs: Math.round(integer(row, 'delay_sum_ms') / samples) }),
  };
}
