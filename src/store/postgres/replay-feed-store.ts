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
import type { Database, Statements } from './database.ts';
import { evidenceOf, letters, nextCandidates, stillOpen } from './replay-candidates.ts';
import { replayOf } from '../replay-row.ts';
import { REPLAY_COLUMNS } from './insert-replay.ts';
import { NAMED_DESTINATION_COLUMNS, namedDestinationOf } from '../delivery-fact-rows.ts';
import { replayEndFacts } from '../delivery-facts.ts';
import { recordAdminEvent } from './record-admin-event.ts';
import { sourcesOf } from './sources.ts';

/** Feeds replays; processes that try the same one at once pass each other by. */
export class PostgresReplayFeedStore implements ReplayFeedStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async feed(limits: ReplayFeedLimits, nowMs: number): Promise<ReplayFeedReport> {
    const due = await this.#database.all(
      `select replay_no from @schema@.aegis_siem_replays where status = 'running' or feeding <> '{}' order by replay_no`,
    );
    const steps: ReplayStep[] = [];
    for (const row of due) {
      const replayNo = integer(row, 'replay_no');
      const standing = await standingOf(this.#database, replayNo, false);
      if (standing === undefined) continue;
      if (!standing.settled) await this.#settle();
      // Most turns find that the batch is still on its way: no transaction is begun then.
      const turn = replayTurn(standing, limits.maxRows, nowMs);
      if (turn.do === 'wait' && turn.note === standing.replay.note) continue;
      const step = await this.#database.transaction((statements) =>
        takeTurn(statements, replayNo, limits, nowMs),
      );
      if (step !== undefined) steps.push(step);
    }
    return { active: due.length, steps };
  }

  /** The reconciler does this each minute; whoever waits for it need not wait so long. Must be the first of its transaction. */
  async #settle(): Promise<void> {
    await this.#database.first('select @schema@.aegis_siem_settle()');
  }
}

async function takeTurn(
  statements: Statements,
  replayNo: number,
  limits: ReplayFeedLimits,
  nowMs: number,
): Promise<ReplayStep | undefined> {
  const standing = await standingOf(statements, replayNo, true);
  if (standing === undefined) return undefined;
  const { replay } = standing;
  const turn = replayTurn(standing, limits.maxRows, nowMs);
  const step = { replayId: replay.replayId, destinationId: replay.destinationId };
  switch (turn.do) {
    case 'wait':
      await statements.run('update @schema@.aegis_siem_replays set note = $1 where replay_no = $2', [
        turn.note ?? null,
        replayNo,
      ]);
      return undefined;
    case 'count':
      await countFinished(statements, replay);
      return undefined;
    case 'fail':
      await statements.run(
        `update @schema@.aegis_siem_replays set status = 'failed', note = $1, feeding = '{}', finished_at = $2
         where replay_no = $3`,
        [turn.note, Math.floor(nowMs), replayNo],
      );
      await tellEnd(statements, replay, 'failed', nowMs, turn.note);
      return { ...step, enqueued: 0, leftOut: 0, ended: 'failed', note: turn.note };
    case 'feed':
      await countFinished(statements, replay);
      return { ...step, ...(await feedNext(statements, replay, turn.maxRows, limits.maxLooked, nowMs)) };
    default:
      return turn satisfies never;
  }
}

/**
 * `lock`: nobody else takes a turn of it, changes it, or deletes its destination before this transaction ends. Undefined where
 * another has the lock: that one takes the turn.
 */
async function standingOf(
  statements: Statements,
  replayNo: number,
  lock: boolean,
): Promise<ReplayStanding | undefined> {
  if (lock) {
    const held = await statements.first(
      'select destination_no from @schema@.aegis_siem_replays where replay_no = $1 for update skip locked',
      [replayNo],
    );
    if (held === undefined) return undefined;
    await statements.run('select from @schema@.aegis_siem_destinations where destination_no = $1 for share', [
      integer(held, 'destination_no'),
    ]);
  }
  const row = await statements.first(
    `select ${REPLAY_COLUMNS}, exists (
       select 1 from @schema@.aegis_siem_settled s
       where s.record_no >= r.last_record_no and s.anchor = @schema@.aegis_siem_anchor()) as settled
     from @schema@.aegis_siem_replays r join @schema@.aegis_siem_destinations d using (destination_no)
     where r.replay_no = $1`,
    [replayNo],
  );
  if (row === undefined) return undefined;
  const replay = replayOf(row);
  return {
    replay,
    destinationState: text(row, 'destination_state') as ReplayStanding['destinationState'],
    stillOpen: (await stillOpen(statements, replay.destinationNo, replay.feeding)).size,
    settled: row['settled'] === true,
  };
}

/** The last batch has no row left: each of its records has a letter, was left out by the filter, or was delivered. */
async function countFinished(statements: Statements, replay: Replay): Promise<void> {
  const { replayNo, destinationNo, feeding, fedAfterReceiptNo } = replay;
  if (feeding.length === 0) return;
  const dead = (await letters(statements, destinationNo, feeding)).size;
  const leftOut = await statements.first(
    `select count(distinct m) as filtered from @schema@.aegis_siem_receipts c, unnest(c.left_out) m
     where c.receipt_no > $1 and c.destination_no = $2 and m = any ($3::bigint[])`,
    [fedAfterReceiptNo, destinationNo, feeding],
  );
  const filtered = leftOut === undefined ? 0 : integer(leftOut, 'filtered');
  await statements.run(
    `update @schema@.aegis_siem_replays set delivered = delivered + $1, filtered = filtered + $2, dead = dead + $3,
       feeding = '{}' where replay_no = $4`,
    [feeding.length - dead - filtered, filtered, dead, replayNo],
  );
}

async function feedNext(
  statements: Statements,
  replay: Replay,
  maxRows: number,
  maxLooked: number,
  nowMs: number,
): Promise<Pick<ReplayStep, 'enqueued' | 'leftOut' | 'ended'>> {
  const { replayNo, destinationNo } = replay;
  // Of the missing most that is looked at may be there; of the others most is sent.
  const missing = replay.selection.kind === 'missing';
  const scope = { ...replay, sources: await sourcesOf(statements, destinationNo) };
  const candidates = await nextCandidates(statements, scope, replay.cursor, missing ? maxLooked : maxRows);
  const choice = chooseForReplay(
    candidates,
    await evidenceOf(statements, destinationNo, candidates, missing),
    replay.selection.kind,
    maxRows,
  );
  if (choice.cursor === undefined) {
    await statements.run(
      `update @schema@.aegis_siem_replays set status = 'finished', note = null, started_at = coalesce(started_at, $1),
         finished_at = $1 where replay_no = $2`,
      [Math.floor(nowMs), replayNo],
    );
    await tellEnd(statements, replay, 'finished', nowMs);
    return { enqueued: 0, leftOut: 0, ended: 'finished' };
  }
  const chosen = choice.take.map(({ recordNo }) => recordNo);
  // A row that came in between (by hand, or by the reconciler) is there already, and is waited for like the others.
  await statements.run(
    `insert into @schema@.aegis_siem_outbox (destination_no, record_no, attestation_id, event_id, replayed)
     select $1, m, a.attestation_id, e.event_id, true from unnest($2::bigint[]) m
     left join @schema@.aegis_siem_attestations a on a.record_no = m
     left join @schema@.aegis_siem_events e on e.record_no = m
     order by m on conflict do nothing`,
    [destinationNo, chosen],
  );
  const leftOut = choice.open + choice.letters;
  const enqueued = choice.take.length;
  await statements.run(
    `update @schema@.aegis_siem_replays set note = null, feeding = $1, cursor_at = $2, cursor_no = $3, found = found + $4,
       enqueued = enqueued + $5, left_out = left_out + $6, next_feed_at = $7, started_at = coalesce(started_at, $8),
       fed_after = (select coalesce(max(c.receipt_no), 0) from @schema@.aegis_siem_receipts c)
     where replay_no = $9`,
    [
      chosen,
      choice.cursor.recordedAtMs,
      choice.cursor.recordNo,
      enqueued + leftOut,
      enqueued,
      leftOut,
      Math.floor(nextFeedAtMs(replay, enqueued, nowMs)),
      Math.floor(nowMs),
      replayNo,
    ],
  );
  return { enqueued, leftOut };
}

async function tellEnd(
  statements: Statements,
  { replayId, destinationNo }: Replay,
  ended: 'finished' | 'failed',
  nowMs: number,
  note?: string,
): Promise<void> {
  const row = await statements.first(
    `select ${NAMED_DESTINATION_COLUMNS} from @schema@.aegis_siem_destinations d where d.destination_no = $1`,
    [destinationNo],
  );
  if (row === undefined) return;
  await recordAdminEvent(
    statements,
    replayEndFacts(namedDestinationOf(row), { replayId, ended, note }, nowMs),
  );
}
