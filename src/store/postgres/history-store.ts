import { integer, maybeInteger } from '../column.ts';
import { historyBucketOf } from '../history-row.ts';
import {
  HISTORY_MINUTE_MS,
  type HistoryBucket,
  type HistoryQuery,
  type HistoryStore,
  type RollUpBounds,
} from '../history-store.ts';
import type { Database } from './database.ts';

/** What was not added up yet is read from receipts of at most this time: nobody adding up must not make a chart slow. */
const LIVE_MS = 15 * HISTORY_MINUTE_MS;

// For each destination the next minute that has a receipt, by one look at an index.
const DUE = `
  select d.destination_no, next.at / ${HISTORY_MINUTE_MS} * ${HISTORY_MINUTE_MS} as minute
  from @schema@.aegis_siem_destinations d
  cross join lateral (
    select min(r.delivered_at) as at from @schema@.aegis_siem_receipts r
    where r.destination_no = d.destination_no and r.delivered_at < $1
      and r.delivered_at >= greatest($2::bigint, coalesce((
        select max(h.minute) + ${HISTORY_MINUTE_MS} from @schema@.aegis_siem_history h
        where h.destination_no = d.destination_no), 0))
  ) next
  where next.at is not null order by next.at limit $3`;

// A checkpoint stands alone in its batch, at a place without a record and without a tombstone.
const OF_RECEIPTS = `
  select r.destination_no, r.delivered_at, r.places - r.placeholders as delivered, r.replays, r.placeholders, r.skips,
    case when r.replays = 0 then r.delivered_at - least(f.recorded_at, l.recorded_at) end as delay_max,
    case when r.replays = 0 then r.delivered_at * 2 - f.recorded_at - l.recorded_at end as delay_two
  from (
    select destination_no, delivered_at, min_record_no, max_record_no,
      case when places = 1 and record_nos[1] is null and tombstones is null then 0 else places end as places,
      case when tombstones is null then 0 else json_array_length(tombstones::json) end as placeholders,
      coalesce(cardinality(replayed), 0) as replays, coalesce(cardinality(left_out), 0) as skips
    from @schema@.aegis_siem_receipts where destination_no = $1 and delivered_at >= $2 and delivered_at < $3
  ) r
  left join lateral (
    select recorded_at from @schema@.aegis_siem_attestations where record_no = r.min_record_no
    union all select recorded_at from @schema@.aegis_siem_events where record_no = r.min_record_no) f on true
  left join lateral (
    select recorded_at from @schema@.aegis_siem_attestations where record_no = r.max_record_no
    union all select recorded_at from @schema@.aegis_siem_events where record_no = r.max_record_no) l on true`;

const SUMS = `count(*) as batches, sum(delivered) as delivered, sum(replays) as replayed, sum(placeholders) as tombstones,
  sum(skips) as left_out, max(delay_max) as delay_max_ms, coalesce(sum(delay_two), 0) as delay_sum_ms,
  2 * count(delay_two) as delay_samples`;

const ADD_UP = `
  insert into @schema@.aegis_siem_history (destination_no, minute, batches, delivered, replayed, tombstones, left_out,
    delay_max_ms, delay_sum_ms, delay_samples)
  select destination_no, $2::bigint, ${SUMS} from (${OF_RECEIPTS}) r group by destination_no
  on conflict (destination_no, minute) do nothing`;

const KEPT = `
  select minute / $4::bigint * $4::bigint as minute, sum(batches)::bigint as batches, sum(delivered)::bigint as delivered,
    sum(replayed)::bigint as replayed, sum(tombstones)::bigint as tombstones, sum(left_out)::bigint as left_out,
    max(delay_max_ms)::bigint as delay_max_ms, sum(delay_sum_ms)::bigint as delay_sum_ms,
    sum(delay_samples)::bigint as delay_samples
  from (
    select minute, batches, delivered, replayed, tombstones, left_out, delay_max_ms, delay_sum_ms, delay_samples
    from @schema@.aegis_siem_history where destination_no = $1 and minute >= $2 and minute < $3
    union all
    select delivered_at / ${HISTORY_MINUTE_MS} * ${HISTORY_MINUTE_MS} as minute, ${SUMS} from (
      ${OF_RECEIPTS.replace('delivered_at >= $2', 'delivered_at >= greatest($2, $5::bigint)')}) r group by 1
  ) kept group by 1 order by 1`;

/** Charts. A minute is added up by whoever comes first. */
export class PostgresHistoryStore implements HistoryStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async rollUp({ closedBeforeMs, keepSinceMs, maxMinutes }: RollUpBounds) {
    const keepSince = minuteOf(keepSinceMs);
    const due = await this.#database.all(DUE, [minuteOf(closedBeforeMs), keepSince, maxMinutes]);
    for (const row of due) {
      const minute = integer(row, 'minute');
      await this.#database.run(ADD_UP, [integer(row, 'destination_no'), minute, minute + HISTORY_MINUTE_MS]);
    }
    await this.#database.run('delete from @schema@.aegis_siem_history where minute < $1', [keepSince]);
    return { minutes: due.length, more: due.length > 0 };
  }

  async readHistory({ destinationNo, fromMs, toMs, bucketMs }: HistoryQuery): Promise<HistoryBucket[]> {
    const row = await this.#database.first(
      'select max(minute) as minute from @schema@.aegis_siem_history where destination_no = $1',
      [destinationNo],
    );
    const last = row === undefined ? undefined : maybeInteger(row, 'minute');
    const rows = await this.#database.all(KEPT, [
      destinationNo,
      minuteOf(fromMs),
      Math.floor(toMs),
      bucketMs,
      Math.max(last === undefined ? 0 : last + HISTORY_MINUTE_MS, minuteOf(toMs) - LIVE_MS),
    ]);
    return rows.map(historyBucketOf);
  }
}

function minuteOf(timeMs: number): number {
  return Math.floor(timeMs / HISTORY_MINUTE_MS) * HISTORY_MINUTE_MS;
}
