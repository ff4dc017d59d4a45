import { chooseForReplay } from '../../outbox/replay-choice.ts';
import type {
  ReplayFeedLimits,
  ReplayFeedReport,
  ReplayFeedStore,
  ReplayStep,
} from '../../outbox/replay-store.ts';
import { nextFeedAtMs, type ReplayStanding, replayTurn } from '../../outbox/replay-turn.ts';
import type { Replay } from '../../outbox/replay.ts';
import { integer, text } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import { evidenceOf, letters, nextCandidates, stillOpen } from './replay-candidates.ts';
import { replayOf } from '../replay-row.ts';
import { REPLAY_COLUMNS } from './insert-replay.ts';
import type { Statements } from './statements.ts';
import { NAMED_DESTINATION_COLUMNS, namedDestinationOf } from '../delivery-fact-rows.ts';
import { replayEndFacts } from '../delivery-facts.ts';
import { recordAdminEvent } from './record-admin-event.ts';
import { sourcesOf } from './sources.ts';

/** Feeds replays on a connection of the delivery thread. */
export class SqliteReplayFeedStore implements ReplayFeedStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async feed(limits: ReplayFeedLimits, nowMs: number): Promise<ReplayFeedReport> {
    const due = this.#connection.read((statements) =>
      statements
        .all(
          `select replay_no from aegis_siem_replays where status = 'running' or feeding <> '[]' order by replay_no`,
        )
        .map((row) => integer(row, 'replay_no')),
    );
    const steps: ReplayStep[] = [];
    for (const replayNo of due) {
      // Most turns find that the batch is still on its way: the write lock is not asked for then.
      const idle = this.#connection.read((statements) => isIdle(statements, replayNo, limits, nowMs));
      if (idle) continue;
      const step = this.#connection.write(
        (statements) => takeTurn(statements, replayNo, limits, nowMs),
        'normal',
      );
      if (step !== undefined) steps.push(step);
    }
    return { active: due.length, steps };
  }
}

function isIdle(statements: Statements, replayNo: number, limits: ReplayFeedLimits, nowMs: number): boolean {
  const standing = standingOf(statements, replayNo);
  if (standing === undefined) return true;
  const turn = replayTurn(standing, limits.maxRows, nowMs);
  return turn.do === 'wait' && turn.note === standing.replay.note;
}

function takeTurn(
  statements: Statements,
  replayNo: number,
  limits: ReplayFeedLimits,
  nowMs: number,
): ReplayStep | undefined {
  const standing = standingOf(statements, replayNo);
  if (standing === undefined) return undefined;
  const { replay } = standing;
  const turn = replayTurn(standing, limits.maxRows, nowMs);
  const step = { replayId: replay.replayId, destinationId: replay.destinationId };
  switch (turn.do) {
    case 'wait':
      statements.run(
        'update aegis_siem_replays set note = ? where replay_no = ?',
        turn.note ?? null,
        replayNo,
      );
      return undefined;
    case 'count':
      countFinished(statements, replay);
      return undefined;
    case 'fail':
      statements.run(
        `update aegis_siem_replays set status = 'failed', note = ?, feeding = '[]', finished_at = ? where replay_no = ?`,
        turn.note,
        Math.floor(nowMs),
        replayNo,
      );
      tellEnd(statements, replay, 'failed', nowMs, turn.note);
      return { ...step, enqueued: 0, leftOut: 0, ended: 'failed', note: turn.note };
    case 'feed':
      countFinished(statements, replay);
      return { ...step, ...feedNext(statements, replay, turn.maxRows, limits.maxLooked, nowMs) };
    default:
      return turn satisfies never;
  }
}

function standingOf(statements: Statements, replayNo: number): ReplayStanding | undefined {
  const row = statements.first(
    `select ${REPLAY_COLUMNS} from aegis_siem_replays r join aegis_siem_destinations d using (destination_no)
     where r.replay_no = ?`,
    replayNo,
  );
  if (row === undefined) return undefined;
  const replay = replayOf(row);
  return {
    replay,
    destinationState: text(row, 'destination_state') as ReplayStanding['destinationState'],
    stillOpen: stillOpen(statements, replay.destinationNo, replay.feeding).size,
    // One process writes at a time, and takes its numbers while it does: what has a number is committed.
    settled: true,
  };
}

/** The last batch has no row left: each of its records has a letter, was left out by the filter, or was delivered. */
function countFinished(statements: Statements, replay: Replay): void {
  const { replayNo, destinationNo, feeding, fedAfterReceiptNo } = replay;
  if (feeding.length === 0) return;
  const dead = letters(statements, destinationNo, feeding).size;
  // The plus keeps the planner to the few receipts that came since, and away from all of the destination.
  const leftOut = statements.first(
    `select count(distinct m.value) as filtered from aegis_siem_receipts c, json_each(coalesce(c.left_out, '[]')) m
     where c.receipt_no > ? and +c.destination_no = ? and m.value in (select value from json_each(?))`,
    fedAfterReceiptNo,
    destinationNo,
    JSON.stringify(feeding),
  );
  const filtered = leftOut === undefined ? 0 : integer(leftOut, 'filtered');
  statements.run(
    `update aegis_siem_replays set delivered = delivered + ?, filtered = filtered + ?, dead = dead + ?, feeding = '[]'
     where replay_no = ?`,
    feeding.length - dead - filtered,
    filtered,
    dead,
    replayNo,
  );
}

function feedNext(
  statements: Statements,
  replay: Replay,
  maxRows: number,
  maxLooked: number,
  nowMs: number,
): Pick<ReplayStep, 'enqueued' | 'leftOut' | 'ended'> {
  const { replayNo, destinationNo } = replay;
  // Of the missing most that is looked at may be there; of the others most is sent.
  const missing = replay.selection.kind === 'missing';
  const scope = { ...replay, sources: sourcesOf(statements, destinationNo) };
  const candidates = nextCandidates(statements, scope, replay.cursor, missing ? maxLooked : maxRows);
  const choice = chooseForReplay(
    candidates,
    evidenceOf(statements, destinationNo, candidates, missing),
    replay.selection.kind,
    maxRows,
  );
  if (choice.cursor === undefined) {
    statements.run(
      `update aegis_siem_replays set status = 'finished', note = null, started_at = coalesce(started_at, ?1),
         finished_at = ?1 where replay_no = ?2`,
      Math.floor(nowMs),
      replayNo,
    );
    tellEnd(statements, replay, 'finished', nowMs);
    return { enqueued: 0, leftOut: 0, ended: 'finished' };
  }
  const feeding = JSON.stringify(choice.take.map(({ recordNo }) => recordNo));
  statements.run(
    `insert into aegis_siem_outbox (destination_no, record_no, attestation_id, event_id, replayed)
     select ?1, m.value, a.attestation_id, e.event_id, 1 from json_each(?2) m
     left join aegis_siem_attestations a on a.record_no = m.value
     left join aegis_siem_events e on e.record_no = m.value
     where true`,
    destinationNo,
    feeding,
  );
  const leftOut = choice.open + choice.letters;
  const enqueued = choice.take.length;
  statements.run(
    `update aegis_siem_replays set note = null, feeding = ?1, cursor_at = ?2, cursor_no = ?3, found = found + ?4,
       enqueued = enqueued + ?5, left_out = left_out + ?6, next_feed_at = ?7, started_at = coalesce(started_at, ?8),
       fed_after = (select coalesce(max(receipt_no), 0) from aegis_siem_receipts)
     where replay_no = ?9`,
    feeding,
    choice.cursor.recordedAtMs,
    choice.cursor.recordNo,
    enqueued + leftOut,
    enqueued,
    leftOut,
    Math.floor(nextFeedAtMs(replay, enqueued, nowMs)),
    Math.floor(nowMs),
    replayNo,
  );
  return { enqueued, leftOut };
}

function tellEnd(
  statements: Statements,
  { replayId, destinationNo }: Replay,
  ended: 'finished' | 'failed',
  nowMs: number,
  note?: string,
): void {
  const row = statements.first(
    `select ${NAMED_DESTINATION_COLUMNS} from aegis_siem_destinations d where d.destination_no = ?`,
    destinationNo,
  );
  if (row === undefined) return;
  recordAdminEvent(statements, replayEndFacts(namedDestinationOf(row), { replayId, ended, note }, nowMs));
}
