import { integer, maybeInteger } from '../column.ts';
import { historyBucketOf } from '../history-row.ts';
import {
  HISTORY_MINUTE_MS,
  type HistoryBucket,
  type HistoryQuery,
  type HistoryStore,
  type RollUpBounds,
} from '../history-store.ts';
import type { SqliteConnection } from './connection.ts';
import type { Statements } from './statements.ts';

/** What was not added up yet is read from receipts of at most this time: nobody adding up must not make a chart slow. */
const LIVE_MS = 15 * HISTORY_MINUTE_MS;

// For each destination the next minute that has a receipt, by one look at an index.
const DUE = `
  select destination_no, next / ${HISTORY_MINUTE_MS} * ${HISTORY_MINUTE_MS} as minute from (
    select d.destination_no, (
      select min(r.delivered_at) from aegis_siem_receipts r
      where r.destination_no = d.destination_no and r.delivered_at < ?1 and r.delivered_at >= max(?2, coalesce((
        select max(h.minute) + ${HISTORY_MINUTE_MS} from aegis_siem_history h where h.destination_no = d.destination_no), 0))
    ) as next
    from aegis_siem_destinations d
  ) where next is not null order by next limit ?3`;

const recordedAt = (recordNo: string): string =>
  `coalesce((select recorded_at from aegis_siem_attestations where record_no = ${recordNo}),
    (select recorded_at from aegis_siem_events where record_no = ${recordNo}))`;

// A checkpoint stands alone in its batch, at a place without a record and without a tombstone.
const OF_RECEIPTS = `
  select destination_no, delivered_at, places - placeholders as delivered, replays, placeholders, skips,
    case when replays = 0 then delivered_at - min(first_at, last_at) end as delay_max,
    case when replays = 0 then delivered_at * 2 - first_at - last_at end as delay_two
  from (
    select destination_no, delivered_at, ${recordedAt('min_record_no')} as first_at, ${recordedAt('max_record_no')} as last_at,
      case when places = 1 and record_nos = '[null]' and tombstones is null then 0 else places end as places,
      coalesce(json_array_length(tombstones), 0) as placeholders, coalesce(json_array_length(replayed), 0) as replays,
      coalesce(json_array_length(left_out), 0) as skips
    from aegis_siem_receipts where destination_no = ?1 and delivered_at >= ?2 and delivered_at < ?3
  )`;

const SUMS = `count(*) as batches, sum(delivered) as delivered, sum(replays) as replayed, sum(placeholders) as tombstones,
  sum(skips) as left_out, max(delay_max) as delay_max_ms, coalesce(sum(delay_two), 0) as delay_sum_ms,
  2 * count(delay_two) as delay_samples`;

const ADD_UP = `
  insert into aegis_siem_history (destination_no, minute, batches, delivered, replayed, tombstones, left_out, delay_max_ms,
    delay_sum_ms, delay_samples)
  select destination_no, ?2, ${SUMS} from (${OF_RECEIPTS}) group by destination_no
  on conflict (destination_no, minute) do nothing`;

const KEPT = `
  select minute / cast(?4 as integer) * cast(?4 as integer) as minute, sum(batches) as batches, sum(delivered) as delivered, sum(replayed) as replayed,
    sum(tombstones) as tombstones, sum(left_out) as left_out, max(delay_max_ms) as delay_max_ms,
    sum(delay_sum_ms) as delay_sum_ms, sum(delay_samples) as delay_samples
  from (
    select minute, batches, delivered, replayed, tombstones, left_out, delay_max_ms, delay_sum_ms, delay_samples
    from aegis_siem_history where destination_no = ?1 and minute >= ?2 and minute < ?3
    union all
    select delivered_at / ${HISTORY_MINUTE_MS} * ${HISTORY_MINUTE_MS} as minute, ${SUMS} from (
      ${OF_RECEIPTS.replace('delivered_at >= ?2', 'delivered_at >= max(?2, ?5)')}) group by 1
  ) group by 1 order by 1`;

/** Charts on the administration's connection. A minute lost to a power cut is added up again. */
export class SqliteHistoryStore implements HistoryStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async rollUp({ closedBeforeMs, keepSinceMs, maxMinutes }: RollUpBounds) {
    const closed = minuteOf(closedBeforeMs);
    const keepSince = minuteOf(keepSinceMs);
    const due = this.#connection.read((statements) => ({
      rows: statements.all(DUE, closed, keepSince, maxMinutes),
      old: statements.first('select 1 from aegis_siem_history where minute < ? limit 1', keepSince),
    }));
    if (due.rows.length === 0 && due.old === undefined) return { minutes: 0, more: false };
    this.#connection.write((statements) => {
      for (const row of due.rows) {
        const minute = integer(row, 'minute');
        statements.run(ADD_UP, integer(row, 'destination_no'), minute, minute + HISTORY_MINUTE_MS);
      }
      statements.run('delete from aegis_siem_history where minute < ?', keepSince);
    }, 'normal');
    return { minutes: due.rows.length, more: due.rows.length > 0 };
  }

  async readHistory({ destinationNo, fromMs, toMs, bucketMs }: HistoryQuery): Promise<HistoryBucket[]> {
    return this.#connection.read((statements) =>
      statements
        .all(
          KEPT,
          destinationNo,
          minuteOf(fromMs),
          Math.floor(toMs),
          bucketMs,
          Math.max(notAddedUpSince(statements, destinationNo), minuteOf(toMs) - LIVE_MS),
        )
        .map(historyBucketOf),
    );
  }
}

function notAddedUpSince(statements: Statements, destinationNo: number): number {
  const row = statements.first(
    'select max(minute) as minute from aegis_siem_history where destination_no = ?',
    destinationNo,
  );
  const last = row === undefined ? undefined : maybeInteger(row, 'minute');
  return last === undefined ? 0 : last + HISTORY_MINUTE_MS;
}

function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / HISTORY_MINUTE_MS) * HISTORY_MINUTE_MS;
}
