import { randomBytes, randomUUID } from 'node:crypto';
import type { DueDestination, Lane, LaneLease, LaneState } from '../../outbox/delivery-store.ts';
import type { Health } from '../../outbox/destination.ts';
import type { StoreLogger } from '../store.ts';
import { healthNews } from '../../outbox/health-news.ts';
import { integer, maybeText, present, text } from '../column.ts';
import { healthFacts } from '../delivery-facts.ts';
import { NAMED_DESTINATION_COLUMNS, namedDestinationOf, toldHealthOf } from '../delivery-fact-rows.ts';
import { DESTINATION_COLUMNS, destinationOf } from '../destination-row.ts';
import { recordAdminEvent } from './record-admin-event.ts';
import type { Sidecar } from './sidecar.ts';
import { toStoreError } from './sqlite-error.ts';
import type { Row, Statements } from './statements.ts';

/** Time of the database process, in milliseconds: every lease is measured by it. */
export const NOW_MS = `cast(unixepoch('subsec') * 1000 as integer)`;

const LANE_COLUMNS = `destination_no, owner, token, paused_until, failure_streak, stream_id, epoch_no, epoch, epoch_anchor,
  next_seq, hec_channel, unheard_requests, unheard_at`;

/** Every destination that is not deleted, with its lane. A row that cannot be read is left out, not the others with it. */
export function listDue(statements: Statements, logger: StoreLogger): DueDestination[] {
  const rows = statements.all(
    `select ${DESTINATION_COLUMNS}, l.owner, l.leased_until, l.paused_until,
       exists (select 1 from aegis_siem_outbox o where o.destination_no = d.destination_no)
         or exists (select 1 from aegis_siem_batches b where b.destination_no = d.destination_no) as has_work,
       exists (
         select 1 from aegis_siem_batches b where b.destination_no = d.destination_no and b.state = 'awaiting_ack')
         as awaits_ack
     from aegis_siem_destinations d join aegis_siem_lanes l using (destination_no)
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
          hasWork: integer(row, 'has_work') === 1,
          awaitsAck: integer(row, 'awaits_ack') === 1,
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
export function insertLane(statements: Statements, destinationNo: number): void {
  statements.run(
    `insert into aegis_siem_lanes (destination_no, stream_id, epoch_no, epoch, hec_channel) values (?, ?, 1, ?, ?)`,
    destinationNo,
    randomUUID(),
    randomEpoch(),
    randomUUID(),
  );
}

export function takeLane(
  statements: Statements,
  sidecar: Sidecar | undefined,
  destinationNo: number,
  owner: string,
  leaseMs: number,
  goneOwner?: string,
): Lane | undefined {
  const row = statements.first(
    `update aegis_siem_lanes set owner = ?1, token = token + 1, leased_until = ${NOW_MS} + ?2
     where destination_no = ?3 and (owner is null or owner in (?1, ?4)
       or leased_until not between ${NOW_MS} + 1 and ${NOW_MS} + 2 * ?2)
     returning ${LANE_COLUMNS}`,
    owner,
    leaseMs,
    destinationNo,
    goneOwner ?? owner,
  );
  if (row === undefined) return undefined;
  const lane = laneOf(row);
  const disagreement = sidecar?.disagreement(lane);
  if (disagreement === undefined) {
    sidecar?.mark(lane);
    return lane;
  }
  // Any value but the lane's own asks for a new epoch; a random part keeps two of them apart.
  return { ...lane, currentAnchor: `sidecar:${disagreement}:${randomEpoch()}` };
}

export function renewLane(
  statements: Statements,
  sidecar: Sidecar | undefined,
  lease: LaneLease,
  leaseMs: number,
): boolean {
  const row = statements.first(
    `update aegis_siem_lanes set leased_until = ${NOW_MS} + ?
     where destination_no = ? and token = ? and owner = ? returning ${LANE_COLUMNS}`,
    leaseMs,
    lease.destinationNo,
    lease.token,
    lease.owner,
  );
  if (row !== undefined) sidecar?.mark(laneOf(row));
  return row !== undefined;
}

export function releaseLane(statements: Statements, sidecar: Sidecar | undefined, lease: LaneLease): void {
  const row = statements.first(
    `update aegis_siem_lanes set owner = null, leased_until = 0
     where destination_no = ? and token = ? and owner = ? returning ${LANE_COLUMNS}`,
    lease.destinationNo,
    lease.token,
    lease.owner,
  );
  if (row !== undefined) sidecar?.mark(laneOf(row));
}

export function openEpoch(
  statements: Statements,
  sidecar: Sidecar | undefined,
  lease: LaneLease,
  anchor: string,
): Lane | undefined {
  const row = statements.first(
    `update aegis_siem_lanes set epoch_no = epoch_no + 1, epoch = ?, epoch_anchor = ?, next_seq = 1
     where destination_no = ? and token = ? and owner = ? returning ${LANE_COLUMNS}`,
    randomEpoch(),
    anchor,
    lease.destinationNo,
    lease.token,
    lease.owner,
  );
  if (row === undefined) return undefined;
  const lane = laneOf(row);
  sidecar?.mark(lane);
  return lane;
}

export function saveLane(statements: Statements, lease: LaneLease, state: LaneState): boolean {
  const saved = statements.run(
    `update aegis_siem_lanes set paused_until = ?, failure_streak = ?,
       unheard_requests = coalesce(?, unheard_requests), unheard_at = coalesce(?, unheard_at)
     where destination_no = ? and token = ? and owner = ?`,
    Math.ceil(state.pausedUntilMs),
    state.failureStreak,
    state.unheard?.requests ?? null,
    state.unheard?.atMs ?? null,
    lease.destinationNo,
    lease.token,
    lease.owner,
  );
  if (saved === 0) return false;
  statements.run(
    'update aegis_siem_destinations set health = ? where destination_no = ?',
    JSON.stringify(state.health),
    lease.destinationNo,
  );
  tellHealth(statements, lease.destinationNo, state);
  return true;
}

/** A destination that no longer takes events, or takes them again, is told of by an administrative event, once. */
function tellHealth(
  statements: Statements,
  destinationNo: number,
  { health, failureStreak }: { readonly health: Health; readonly failureStreak: number },
): void {
  const row = statements.first(
    `select l.health_news, ${NAMED_DESTINATION_COLUMNS}, ${NOW_MS} as now
     from aegis_siem_lanes l join aegis_siem_destinations d using (destination_no) where l.destination_no = ?`,
    destinationNo,
  );
  if (row === undefined) return;
  const told = toldHealthOf(row);
  const nowMs = integer(row, 'now');
  const news = healthNews(told, health, failureStreak, nowMs);
  if (news === undefined) return;
  statements.run(
    'update aegis_siem_lanes set health_news = ? where destination_no = ?',
    JSON.stringify(news.told),
    destinationNo,
  );
  recordAdminEvent(statements, healthFacts(namedDestinationOf(row), news, told, health, nowMs));
}

/** True while `lease` owns its lane. Asked first in every transaction that writes for a lane. */
export function holdsLane(statements: Statements, lease: LaneLease): boolean {
  return (
    statements.first(
      'select 1 as held from aegis_siem_lanes where destination_no = ? and token = ? and owner = ?',
      lease.destinationNo,
      lease.token,
      lease.owner,
    ) !== undefined
  );
}

function laneOf(row: Row): Lane {
  const anchor = text(row, 'epoch_anchor');
  return {
    lease: {
      destinationNo: integer(row, 'destination_no'),
      owner: maybeText(row, 'owner') ?? '',
      token: integer(row, 'token'),
    },
    streamId: text(row, 'stream_id'),
    epochNo: integer(row, 'epoch_no'),
    epoch: text(row, 'epoch'),
    epochAnchor: anchor,
    currentAnchor: anchor,
    nextSeq: integer(row, 'next_seq'),
    hecChannel: text(row, 'hec_channel'),
    pausedUntilMs: integer(row, 'paused_until'),
    failureStreak: integer(row, 'failure_streak'),
    unheard: { requests: integer(row, 'unheard_requests'), atMs: integer(row, 'unheard_at') },
  };
}

/** 64 random bits: two epochs of a stream never share a name. */
function randomEpoch(): string {
  return randomBytes(8).toString('hex');
}
