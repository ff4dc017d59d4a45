import {
  type BacklogQuery,
  type BacklogStep,
  type BacklogStore,
  type LimitLevels,
  NO_ALARMS,
} from '../../outbox/backlog-store.ts';
import { integer, maybeInteger, maybeJson, present } from '../column.ts';
import type { Database } from './database.ts';

const MEASURE_ROWS = `
  select count(*) as rows, 0 as bytes, min(record_no) as lowest, null::bigint as within from (
    select record_no from @schema@.aegis_siem_outbox where destination_no = $1 and record_no < $2
    order by record_no desc limit $3) o`;

// The length of a text that is kept apart is known without reading it.
const MEASURE_BYTES = `
  select count(*) as rows, coalesce(sum(bytes), 0)::bigint as bytes, min(record_no) as lowest,
    min(record_no) filter (where running <= $4) as within
  from (
    select record_no, bytes, sum(bytes) over (order by record_no desc) as running from (
      select o.record_no, coalesce(octet_length(a.body), octet_length(e.body), 0)::bigint as bytes
      from (
        select record_no, attestation_id from @schema@.aegis_siem_outbox
        where destination_no = $1 and record_no < $2 order by record_no desc limit $3) o
      left join @schema@.aegis_siem_attestations a on o.attestation_id is not null and a.record_no = o.record_no
      left join @schema@.aegis_siem_events e on o.attestation_id is null and e.record_no = o.record_no
    ) sized
  ) summed`;

/** Measures with statements that go by index alone. */
export class PostgresBacklogStore implements BacklogStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async measure({
    destinationNo,
    belowRecordNo = Number.MAX_SAFE_INTEGER,
    maxRows,
    bytesLeft,
  }: BacklogQuery): Promise<BacklogStep> {
    const row = await (bytesLeft === undefined
      ? this.#database.first(MEASURE_ROWS, [destinationNo, belowRecordNo, maxRows])
      : this.#database.first(MEASURE_BYTES, [destinationNo, belowRecordNo, maxRows, bytesLeft]));
    if (row === undefined) return { rows: 0, bytes: 0 };
    return {
      rows: integer(row, 'rows'),
      bytes: integer(row, 'bytes'),
      ...present('lowestRecordNo', maybeInteger(row, 'lowest')),
      ...present('lowestWithinBytes', maybeInteger(row, 'within')),
    };
  }

  async oldestRecordedAtMs(destinationNo: number): Promise<number | undefined> {
    const row = await this.#database.first(
      `select coalesce(a.recorded_at, e.recorded_at) as recorded_at from (
         select record_no from @schema@.aegis_siem_outbox
         where destination_no = $1 and not replayed order by record_no limit 1) o
       left join @schema@.aegis_siem_attestations a on a.record_no = o.record_no
       left join @schema@.aegis_siem_events e on e.record_no = o.record_no`,
      [destinationNo],
    );
    return row === undefined ? undefined : maybeInteger(row, 'recorded_at');
  }

  async recordedAtMs(recordNos: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const rows = await this.#database.all(
      `select record_no, recorded_at from @schema@.aegis_siem_attestations where record_no = any ($1::bigint[])
       union all
       select record_no, recorded_at from @schema@.aegis_siem_events where record_no = any ($1::bigint[])`,
      [recordNos],
    );
    return new Map(rows.map((row) => [integer(row, 'record_no'), integer(row, 'recorded_at')]));
  }

  async readLevels(destinationNo: number): Promise<LimitLevels> {
    const row = await this.#database.first(
      'select limit_levels from @schema@.aegis_siem_lanes where destination_no = $1',
      [destinationNo],
    );
    return {
      ...NO_ALARMS,
      ...(row === undefined ? {} : (maybeJson(row, 'limit_levels') as Partial<LimitLevels>)),
    };
  }

  async changeLevels(destinationNo: number, from: LimitLevels, to: LimitLevels): Promise<boolean> {
    const changed = await this.#database.run(
      `update @schema@.aegis_siem_lanes set limit_levels = $2
       where destination_no = $1 and coalesce((limit_levels::json ->> 'age')::integer, 0) = $3
         and coalesce((limit_levels::json ->> 'rows')::integer, 0) = $4
         and coalesce((limit_levels::json ->> 'bytes')::integer, 0) = $5`,
      [destinationNo, JSON.stringify(to), from.age, from.rows, from.bytes],
    );
    return changed > 0;
  }
}
