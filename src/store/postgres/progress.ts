import { type LimitLevels, NO_ALARMS } from '../../outbox/backlog-store.ts';
import type { DestinationProgress } from '../admin-store.ts';
import { integer, maybeInteger, maybeJson, present, text } from '../column.ts';
import type { Statements } from './database.ts';

/** Counts stop here: a number beyond it is shown as "more than", and never costs a walk over the table. */
export const COUNT_LIMIT = 10_000;

/** Undefined when there is no such destination. */
export async function readProgress(
  statements: Statements,
  destinationNo: number,
): Promise<DestinationProgress | undefined> {
  const row = await statements.first(
    `select l.next_seq, l.epoch, l.stream_id, l.paused_until, l.failure_streak, l.limit_levels,
       (select count(*) from @schema@.aegis_siem_batches b where b.destination_no = l.destination_no) as open_batches,
       (select max(r.delivered_at) from @schema@.aegis_siem_receipts r where r.destination_no = l.destination_no)
         as last_delivered_at,
       (select coalesce(a.recorded_at, e.recorded_at) from (
          select o.record_no from @schema@.aegis_siem_outbox o
          where o.destination_no = l.destination_no and not o.replayed order by o.record_no limit 1) first
        left join @schema@.aegis_siem_attestations a on a.record_no = first.record_no
        left join @schema@.aegis_siem_events e on e.record_no = first.record_no) as oldest_open
     from @schema@.aegis_siem_lanes l where l.destination_no = $1`,
    [destinationNo],
  );
  if (row === undefined) return undefined;
  return {
    openRows: await countOpenRows(statements, destinationNo, COUNT_LIMIT),
    countedUpTo: COUNT_LIMIT,
    ...present('oldestOpenRecordedAtMs', maybeInteger(row, 'oldest_open')),
    openBatches: integer(row, 'open_batches'),
    nextSeq: integer(row, 'next_seq'),
    epoch: text(row, 'epoch'),
    streamId: text(row, 'stream_id'),
    deadLetters: await countDeadLetters(statements, destinationNo, COUNT_LIMIT),
    ...present('lastDeliveredAtMs', maybeInteger(row, 'last_delivered_at')),
    pausedUntilMs: integer(row, 'paused_until'),
    failureStreak: integer(row, 'failure_streak'),
    limitLevels: { ...NO_ALARMS, ...(maybeJson(row, 'limit_levels') as Partial<LimitLevels> | undefined) },
  };
}

export async function countOpenRows(
  statements: Statements,
  destinationNo: number,
  limit: number,
): Promise<number> {
  const row = await statements.first(
    `select count(*) as open_rows from (
       select 1 from @schema@.aegis_siem_outbox where destination_no = $1 limit $2) o`,
    [destinationNo, limit],
  );
  return row === undefined ? 0 : integer(row, 'open_rows');
}

/** Those that still wait for a decision; skipped ones are not counted. */
export async function countDeadLetters(
  statements: Statements,
  destinationNo: number,
  limit: number,
): Promise<number> {
  const row = await statements.first(
    `select count(*) as dead from (
       select 1 from @schema@.aegis_siem_dead_letters where destination_no = $1 and status = 'dead' limit $2) l`,
    [destinationNo, limit],
  );
  return row === undefined ? 0 : integer(row, 'dead');
}

/** Open rows without administrative events: what a person would miss. */
export async function countOpenRecords(
  statements: Statements,
  destinationNo: number,
  limit: number,
): Promise<number> {
  const row = await statements.first(
    `select count(*) as open_rows from (
       select 1 from @schema@.aegis_siem_outbox o left join @schema@.aegis_siem_events e using (record_no)
       where o.destination_no = $1 and e.source is distinct from 'admin'
       limit $2) o`,
    [destinationNo, limit],
  );
  return row === undefined ? 0 : integer(row, 'open_rows');
}

/** Letters that wait for a decision, without those of administrative events. */
export async function countDeadRecords(
  statements: Statements,
  destinationNo: number,
  limit: number,
): Promise<number> {
  const row = await statements.first(
    `select count(*) as dead from (
       select 1 from @schema@.aegis_siem_dead_letters l left join @schema@.aegis_siem_events e using (record_no)
       where l.destination_no = $1 and l.status = 'dead' and e.source is distinct from 'admin'
       limit $2) l`,
    [destinationNo, limit],
  );
  return row === undefined ? 0 : integer(row, 'dead');
}
