import { statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type BacklogQuery,
  type BacklogStep,
  type BacklogStore,
  type LimitLevels,
  NO_ALARMS,
  type SpaceReport,
} from '../../outbox/backlog-store.ts';
import { integer, maybeInteger, maybeJson, present } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import type { Statements } from './statements.ts';

const MEASURE_ROWS = `
  select count(*) as rows, 0 as bytes, min(record_no) as lowest, null as within from (
    select record_no from aegis_siem_outbox where destination_no = ?1 and record_no < ?2 order by record_no desc limit ?3)`;

// The length of a text in bytes stands before it: the body itself is not read.
const MEASURE_BYTES = `
  select count(*) as rows, coalesce(sum(bytes), 0) as bytes, min(record_no) as lowest,
    min(record_no) filter (where running <= ?4) as within
  from (
    select record_no, bytes, sum(bytes) over (order by record_no desc) as running from (
      select o.record_no, coalesce(octet_length(a.body), octet_length(e.body), 0) as bytes
      from aegis_siem_outbox o
      left join aegis_siem_attestations a on o.attestation_id is not null and a.record_no = o.record_no
      left join aegis_siem_events e on o.attestation_id is null and e.record_no = o.record_no
      where o.destination_no = ?1 and o.record_no < ?2 order by o.record_no desc limit ?3))`;

/** Measures on the connection of the delivery thread. */
export class SqliteBacklogStore implements BacklogStore {
  readonly #connection: SqliteConnection;
  readonly #path: string | undefined;

  /** `path`: of the database file; undefined for one in memory. */
  constructor(connection: SqliteConnection, path: string | undefined) {
    this.#connection = connection;
    this.#path = path;
  }

  async measure({
    destinationNo,
    belowRecordNo = Number.MAX_SAFE_INTEGER,
    maxRows,
    bytesLeft,
  }: BacklogQuery): Promise<BacklogStep> {
    const row = this.#connection.read((statements) =>
      bytesLeft === undefined
        ? statements.first(MEASURE_ROWS, destinationNo, belowRecordNo, maxRows)
        : statements.first(MEASURE_BYTES, destinationNo, belowRecordNo, maxRows, bytesLeft),
    );
    if (row === undefined) return { rows: 0, bytes: 0 };
    return {
      rows: integer(row, 'rows'),
      bytes: integer(row, 'bytes'),
      ...present('lowestRecordNo', maybeInteger(row, 'lowest')),
      ...present('lowestWithinBytes', maybeInteger(row, 'within')),
    };
  }

  async oldestRecordedAtMs(destinationNo: number): Promise<number | undefined> {
    const row = this.#connection.read((statements) =>
      statements.first(
        `select coalesce(a.recorded_at, e.recorded_at) as recorded_at from aegis_siem_outbox o
         left join aegis_siem_attestations a on a.record_no = o.record_no
         left join aegis_siem_events e on e.record_no = o.record_no
         where o.destination_no = ? and o.replayed = 0 order by o.record_no limit 1`,
        destinationNo,
      ),
    );
    return row === undefined ? undefined : maybeInteger(row, 'recorded_at');
  }

  async recordedAtMs(recordNos: readonly number[]): Promise<ReadonlyMap<number, number>> {
    const wanted = JSON.stringify(recordNos);
    const rows = this.#connection.read((statements) =>
      statements.all(
        `select record_no, recorded_at from aegis_siem_attestations where record_no in (select value from json_each(?1))
         union all
         select record_no, recorded_at from aegis_siem_events where record_no in (select value from json_each(?1))`,
        wanted,
      ),
    );
    return new Map(rows.map((row) => [integer(row, 'record_no'), integer(row, 'recorded_at')]));
  }

  async readLevels(destinationNo: number): Promise<LimitLevels> {
    return this.#connection.read((statements) => levelsOf(statements, destinationNo));
  }

  async changeLevels(destinationNo: number, from: LimitLevels, to: LimitLevels): Promise<boolean> {
    return this.#connection.write((statements) => {
      const { age, rows, bytes } = levelsOf(statements, destinationNo);
      if (age !== from.age || rows !== from.rows || bytes !== from.bytes) return false;
      return (
        statements.run(
          'update aegis_siem_lanes set limit_levels = ? where destination_no = ?',
          JSON.stringify(to),
          destinationNo,
        ) > 0
      );
    }, 'normal');
  }

  async space(): Promise<SpaceReport> {
    if (this.#path === undefined) return { usedBytes: 0, freeBytes: Number.MAX_SAFE_INTEGER };
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    const usedBytes = [this.#path, `${this.#path}-wal`]
      .map((path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0)
      .reduce((sum, size) => sum + size, 0);
    return { usedBytes, freeBytes: bavail * bsize };
  }
}

function levelsOf(statements: Statements, destinationNo: number): LimitLevels {
  const row = statements.first(
    'select limit_levels from aegis_siem_lanes where destination_no = ?',
    destinationNo,
  );
  return {
    ...NO_ALARMS,
    ...(row === undefined ? {} : (maybeJson(row, 'limit_levels') as Partial<LimitLevels>)),
  };
}
