import { randomBytes, randomUUID } from 'node:crypto';
import type { DueDestination, Lane, LaneLease, LaneState } from '../../outbox/delivery-store.ts';
import type { StoreLogger } from '../store.ts';
import { healthNews } from '../../outbox/health-news.ts';
import { boolean, integer, maybeText, present, text } from '../column.ts';
import { healthFacts } from '../delivery-facts.ts';
import { NAMED_DESTINATION_COLUMNS, namedDestinationOf, toldHealthOf } from '../delivery-fact-rows.ts';
import type { Database, Row, Statements } from './database.ts';
import { DESTINATION_COLUMNS, destinationOf } from '../destination-row.ts';
import { toStoreError } from './postgres-error.ts';
import { recordAdminEvent } from './record-admin-event.ts';

/** Time of the database, in milliseconds, at the moment and not at the start of the transaction: every lease is measured by it. */
export const NOW_MS = `(extract(epoch from clock_timestamp()) * 1000)::bigint`;

const LANE_COLUMNS = `destination_no, owner, token, paused_until, failure_streak, stream_id, epoch_no, epoch, epoch_anchor,
  next_seq, hec_channel, unheard_requests, unheard_at, @schema@.aegis_siem_anchor() as current_anchor`;

/** Every destination that is not deleted, with its lane. A row that cannot be read is left out, not the others with it. */
export async function listDue(statements: Statements, logger: StoreLogger): Promise<DueDestination[]> {
  const rows = await statements.all(
    `select ${DESTINATION_COLUMNS}, l.owner, l.leased_until, l.paused_until,
       exists (select 1 from @schema@.aegis_siem_outbox o where o.destination_no = d.destination_no)
         or exists (select 1 from @schema@.aegis_siem_batches b where b.destination_no = d.destination_no) as has_work,
       exists (
         select 1 from @schema@.aegis_siem_batches b where b.destination_no = d.destination_no and b.state = 'awaiting_ack')
         as awaits_ack
     from @schema@.aegis_siem_destinations d join @schema@.aegis_siem_lanes l using (destination_no)
     where d.state <> 'deleted' order by d.destination_no`,
  );
  return rows.flatMap((row) => {
    try {
      return [
        {
          destination: destinationOf(row),
          ...present('owner', maybeText(row, 'owner')),
          leasedUntilMs: integer(row, 'leased_until'),
          pausedUntilMs: integer(row, 'paused_until'),
          hasWork: boolean(row, 'has_work'),
          awaitsAck: boolean(row, 'awaits_ack'),
        },
      ];
    } catch (error) {
      const { code, message } = toStoreError(error);
      logger.warn(
        { code, reason: message, destinationNo: row['destination_no'] },
        'A destination in the store cannot be read and is left out; mend or delete its row',
      );
      return [];
    }
  });
}

/** A row for a new destination's lane: stream, first epoch and HEC channel get their random names here. */
export async function insertLane(statements: Statements, destinationNo: number): Promise<void> {
  await statements.run(
    `insert into @schema@.aegis_siem_lanes (destination_no, stream_id, epoch_no, epoch, epoch_anchor, hec_channel)
     values ($1, $2, 1, $3, @schema@.aegis_siem_anchor(), $4)`,
    [destinationNo, randomUUID(), randomEpoch(), randomUUID()],
  );
}

/** One conditional update: of two that try at once, the second sees the first's lease and gets nothing. */
export async function takeLane(
  statements: Statements,
  destinationNo: number,
  owner: string,
  leaseMs: number,
  goneOwner?: string,
): Promise<Lane | undefined> {
  const row = await statements.first(
    `update @schema@.aegis_siem_lanes set owner = $1, token = token + 1, leased_until = ${NOW_MS} + $2::bigint
     where destination_no = $3 and (owner is null or owner in ($1, $4)
       or leased_until not between ${NOW_MS} + 1 and ${NOW_MS} + 2 * $2::bigint)
     returning ${LANE_COLUMNS}`,
    [owner, leaseMs, destinationNo, goneOwner ?? owner],
  );
  return row === undefined ? undefined : laneOf(row);
}

/**
 * A server that was promoted answers another anchor, and may have lost the end of what was written: take-overs and numbers with
 * it. Its lane is not renewed; taking it again opens a new epoch.
 */
export async function renewLane(statements: Statements, lease: LaneLease, leaseMs: number): Promise<boolean> {
  const renewed = await statements.run(
    `update @schema@.aegis_siem_lanes set leased_until = ${NOW_MS} + $1
     where destination_no = $2 and token = $3 and owner = $4 and epoch_anchor = @schema@.aegis_siem_anchor()`,
    [leaseMs, lease.destinationNo, lease.token, lease.owner],
  );
  return renewed > 0;
}

export async function releaseLane(statements: Statements, lease: LaneLease): Promise<void> {
  await statements.run(
    `update @schema@.aegis_siem_lanes set owner = null, leased_until = 0
     where destination_no = $1 and token = $2 and owner = $3`,
    [lease.destinationNo, lease.token, lease.owner],
  );
}

export async function openEpoch(
  statements: Statements,
  lease: LaneLease,
  anchor: string,
): Promise<Lane | undefined> {
  const row = await statements.first(
    `update @schema@.aegis_siem_lanes set epoch_no = epoch_no + 1, epoch = $1, epoch_anchor = $2, next_seq = 1
     where destination_no = $3 and token = $4 and owner = $5 returning ${LANE_COLUMNS}`,
    [randomEpoch(), anchor, lease.destinationNo, lease.token, lease.owner],
  );
  return row === undefined ? undefined : laneOf(row);
}

/**
 * Keeps what the lane knows, and tells by an administrative event, once, of a destination that no longer takes events or takes
 * them again. The lane has one owner: what was told cannot change between the look and the write.
 */
export async function saveLane(database: Database, lease: LaneLease, state: LaneState): Promise<boolean> {
  const { health, failureStreak } = state;
  const row = await database.first(
    `select l.health_news, ${NAMED_DESTINATION_COLUMNS}, ${NOW_MS} as now
     from @schema@.aegis_siem_lanes l join @schema@.aegis_siem_destinations d using (destination_no)
     where l.destination_no = $1`,
    [lease.destinationNo],
  );
  if (row === undefined) return false;
  const told = toldHealthOf(row);
  const nowMs = integer(row, 'now');
  const news = healthNews(told, health, failureStreak, nowMs);
  if (news === undefined) return writeLane(database, lease, state);
  return database.transaction(async (statements) => {
    if (!(await writeLane(statements, lease, state))) return false;
    await statements.run('update @schema@.aegis_siem_lanes set health_news = $1 where destination_no = $2', [
      JSON.stringify(news.told),
      lease.destinationNo,
    ]);
    await recordAdminEvent(statements, healthFacts(namedDestinationOf(row), news, told, health, nowMs));
    return true;
  });
}

/** Destination first, then its lane, as a change of settings takes them: the two must not wait for each other. */
async function writeLane(statements: Statements, lease: LaneLease, state: LaneState): Promise<boolean> {
  const saved = await statements.run(
    `with destination as (
       select destination_no from @schema@.aegis_siem_destinations where destination_no = $3 for no key update
     ), lane as (
       update @schema@.aegis_siem_lanes l set paused_until = $1, failure_streak = $2,
         unheard_requests = coalesce($7, l.unheard_requests), unheard_at = coalesce($8, l.unheard_at)
       from destination
       where l.destination_no = destination.destination_no and l.token = $4 and l.owner = $5 returning l.destination_no
     )
     update @schema@.aegis_siem_destinations d set health = $6 from lane where d.destination_no = lane.destination_no`,
    [
      Math.ceil(state.pausedUntilMs),
      state.failureStreak,
      lease.destinationNo,
      lease.token,
      lease.owner,
      JSON.stringify(state.health),
      state.unheard?.requests ?? null,
      state.unheard?.atMs ?? null,
    ],
  );
  return saved > 0;
}

function randomEpoch(): string {
  return randomBytes(8).toString('hex');
}

function laneOf(row: Row): Lane {
  const owner = text(row, 'owner');
  return {
    lease: { destinationNo: integer(row, 'destination_no'), owner, token: integer(row, 'token') },
    streamId: text(row, 'stream_id'),
    epochNo: integer(row, 'epoch_no'),
    epoch: text(row, 'epoch'),
    epochAnchor: text(row, 'epoch_anchor'),
    currentAnchor: text(row, 'current_anchor'),
    nextSeq: integer(row, 'next_seq'),
    hecChannel: text(row, 'hec_channel'),
    pausedUntilMs: integer(row, 'paused_until'),
    failureStreak: integer(row, 'failure_streak'),
    unheard: { requests: integer(row, 'unheard_requests'), atMs: integer(row, 'unheard_at') },
  };
}
