import { type LimitLevels, NO_ALARMS } from '../../outbox/backlog-store.ts';
import type { DestinationProgress } from '../admin-store.ts';
import { integer, maybeInteger, maybeJson, present, text } from '../column.ts';
import type { Statements } from './statements.ts';

/** Counts stop here: a number beyond it is shown as "more than", and never costs a walk over the table. */
export const COUNT_LIMIT = 10_000;

/** Undefined when there is no such destination. */
export function readProgress(statements: Statements, destinationNo: number): DestinationProgress | undefined {
  const row = statements.first(
    `select l.next_seq, l.epoch, l.stream_id, l.paused_until, l.failure_streak, l.limit_levels,
       (select count(*) from aegis_siem_batches b where b.destination_no = l.destination_no) as open_batches,
       (select max(r.delivered_at) from aegis_siem_receipts r where r.destination_no = l.destination_no)
         as last_delivered_at,
       (select coalesce(a.recorded_at, e.recorded_at) from aegis_siem_outbox o
          left join aegis_siem_attestations a on a.record_no = o.record_no
          left join aegis_siem_events e on e.record_no = o.record_no
        where o.destination_no = l.destination_no and o.replayed = 0 order by o.record_no limit 1) as oldest_open
     from aegis_siem_lanes l where l.destination_no = ?`,
    destinationNo,
  );
  if (row === undefined) return undefined;
  return {
    openRows: countOpenRows(statements, destinationNo, COUNT_LIMIT),
    countedUpTo: COUNT_LIMIT,
    ...present('oldestOpenRecordedAtMs', maybeInteger(row, 'oldest_open')),
    openBatches: integer(row, 'open_batches'),
    nextSeq: integer(row, 'next_seq'),
    epoch: text(row, 'epoch'),
    streamId: text(row, 'stream_id'),
    deadLetters: countDeadLetters(statements, destinationNo, COUNT_LIMIT),
    ...present('lastDeliveredAtMs', maybeInteger(row, 'last_delivered_at')),
    pausedUntilMs: integer(row, 'paused_until'),
    failureStreak: integer(row, 'failure_streak'),
    limitLevels: { ...NO_ALARMS, ...(maybeJson(row, 'limit_levels') as Partial<LimitLevels> | undefined) },
  };
}

export function countOpenRows(statements: Statements, destinationNo: number, limit: number): number {
  const row = statements.first(
    `select count(*) as open_rows from (select 1 from aegis_siem_outbox where destination_no = ? limit ?)`,
    destinationNo,
    limit,
  );
  return row === undefined ? 0 : integer(row, 'open_rows');
}

/** Those that still wait for a decision; skipped ones are not counted. */
export function countDeadLetters(statements: Statements, destinationNo: number, limit: number): number {
  const row = statements.first(
    `select count(*) as dead from (
       select 1 from aegis_siem_dead_letters where destination_no = ? and status = 'dead' limit ?)`,
    destinationNo,
    limit,
  );
  return row === undefined ? 0 : integer(row, 'dead');
}

/** Open rows without administrative events: what a person would miss. */
export function countOpenRecords(statements: Statements, destinationNo: number, limit: number): number {
  const row = statements.first(
    `select count(*) as open_rows from (
       select 1 from aegis_siem_outbox o left join aegis_siem_events e using (record_no)
       where o.destination_no = ? and e.source is not 'admin'
       limit ?)`,
    destinationNo,
    limit,
  );
  return row === undefined ? 0 : integer(row, 'open_rows');
}

/** Letters that wait for a decision, without those of administrative events. */
export function countDeadRecords(statements: Statements, destinationNo: number, limit: number): number {
  const row = statements.first(
    `select count(*) as dead from (
       select 1 from aegis_siem_dead_letters l left join aegis_siem_events e using (record_no)
       where l.destination_no = ? and l.status = 'dead' and e.source is not 'admin'
       limit ?)`,
    destinationNo,
    limit,
  );
  return row === undefined ? 0 : integer(row, 'dead');
}
