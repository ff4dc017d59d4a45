import { recordsOf } from '../../outbox/batch-places.ts';
import { chooseForReplay, type ReplayEvidence } from '../../outbox/replay-choice.ts';
import type {
  ReplayFeedLimits,
  ReplayFeedReport,
  ReplayFeedStore,
  ReplayStep,
} from '../../outbox/replay-store.ts';
import { nextFeedAtMs, replayTurn } from '../../outbox/replay-turn.ts';
import type { Replay, ReplayCursor } from '../../outbox/replay.ts';
import type { MemoryTables } from './memory-tables.ts';

/** Feeds replays into the tables in memory. These know no filter: what a replay sent and what is no letter was delivered. */
export class MemoryReplayFeedStore implements ReplayFeedStore {
  readonly #tables: MemoryTables;

  constructor(tables: MemoryTables) {
    this.#tables = tables;
  }

  async feed(limits: ReplayFeedLimits, nowMs: number): Promise<ReplayFeedReport> {
    const due = [...this.#tables.replays.values()].filter(
      ({ status, feeding }) => status === 'running' || feeding.length > 0,
    );
    const steps = due.flatMap((replay) => this.#takeTurn(replay, limits, nowMs) ?? []);
    return { active: due.length, steps };
  }

  #takeTurn(replay: Replay, limits: ReplayFeedLimits, nowMs: number): ReplayStep | undefined {
    const { destinationNo, feeding, lastRecordNo, replayId, destinationId } = replay;
    const standing = {
      replay,
      destinationState: this.#tables.destinations.get(destinationNo)?.state ?? 'deleted',
      stillOpen: feeding.filter((recordNo) => this.#open(destinationNo).has(recordNo)).length,
      settled: ![...this.#tables.unsettled].some((recordNo) => recordNo <= lastRecordNo),
    } as const;
    const turn = replayTurn(standing, limits.maxRows, nowMs);
    const step = { replayId, destinationId };
    switch (turn.do) {
      case 'wait':
        return undefined;
      case 'count':
        this.#save(this.#counted(replay));
        return undefined;
      case 'fail':
        this.#save({ ...replay, status: 'failed', note: turn.note, feeding: [], finishedAtMs: nowMs });
        return { ...step, enqueued: 0, leftOut: 0, ended: 'failed', note: turn.note };
      case 'feed':
        return { ...step, ...this.#feedNext(this.#counted(replay), turn.maxRows, limits.maxLooked, nowMs) };
      default:
        return turn satisfies never;
    }
  }

  #counted(replay: Replay): Replay {
    const { destinationNo, feeding, delivered, dead } = replay;
    const letters = this.#letters(destinationNo);
    const newlyDead = feeding.filter((recordNo) => letters.has(recordNo)).length;
    return {
      ...replay,
      feeding: [],
      dead: dead + newlyDead,
      delivered: delivered + feeding.length - newlyDead,
    };
  }

  #feedNext(
    replay: Replay,
    maxRows: number,
    maxLooked: number,
    nowMs: number,
  ): Pick<ReplayStep, 'enqueued' | 'leftOut' | 'ended'> {
    const { destinationNo, selection } = replay;
    const looked = selection.kind === 'missing' ? maxLooked : maxRows;
    const evidence = this.#evidence(destinationNo);
    const choice = chooseForReplay(this.#candidates(replay, looked), evidence, selection.kind, maxRows);
    if (choice.cursor === undefined) {
      this.#save({ ...replay, status: 'finished', finishedAtMs: nowMs });
      return { enqueued: 0, leftOut: 0, ended: 'finished' };
    }
    const rows = this.#open(destinationNo);
    for (const { recordNo } of choice.take) rows.set(recordNo, true);
    this.#tables.outbox.set(destinationNo, rows);
    const leftOut = choice.open + choice.letters;
    const enqueued = choice.take.length;
    this.#save({
      ...replay,
      feeding: choice.take.map(({ recordNo }) => recordNo),
      cursor: choice.cursor,
      found: replay.found + enqueued + leftOut,
      enqueued: replay.enqueued + enqueued,
      leftOut: replay.leftOut + leftOut,
      nextFeedAtMs: nextFeedAtMs(replay, enqueued, nowMs),
    });
    return { enqueued, leftOut };
  }

  #candidates({ selection, cursor, lastRecordNo }: Replay, limit: number): readonly ReplayCursor[] {
    const chosen = [...this.#tables.records.values()].filter(({ recordNo, recordedAtMs }) => {
      if (recordNo > lastRecordNo) return false;
      if (selection.kind === 'records') return selection.recordNos.includes(recordNo);
      if (selection.kind === 'missing') return recordedAtMs >= selection.sinceMs;
      return recordedAtMs >= selection.fromMs && recordedAtMs < (selection.toMs ?? Infinity);
    });
    return chosen
      .filter((record) => inOrder(cursor, record) < 0)
      .sort(inOrder)
      .slice(0, limit);
  }

  #evidence(destinationNo: number): ReplayEvidence {
    const { receipts, batches } = this.#tables;
    const receipted = new Set<number>();
    const delivered = new Set<number>();
    for (const { draft } of receipts.filter((one) => one.destinationNo === destinationNo)) {
      for (const recordNo of recordsOf(draft)) receipted.add(recordNo);
      const tombs = new Set(draft.tombstones.map(({ index }) => index));
      for (const [index, recordNo] of draft.recordNos.entries())
        if (recordNo !== null && !tombs.has(index)) delivered.add(recordNo);
    }
    for (const batch of batches.get(destinationNo)?.values() ?? [])
      for (const recordNo of recordsOf(batch)) receipted.add(recordNo);
    const open = new Set(this.#open(destinationNo).keys());
    return { open, letters: this.#letters(destinationNo), delivered, receipted };
  }

  #letters(destinationNo: number): ReadonlySet<number> {
    const letters = this.#tables.deadLetters.filter((one) => one.destinationNo === destinationNo);
    return new Set(letters.map(({ recordNo }) => recordNo));
  }

  #open(destinationNo: number): Map<number, boolean> {
    return this.#tables.outbox.get(destinationNo) ?? new Map<number, boolean>();
  }

  #save(replay: Replay): void {
    this.#tables.replays.set(replay.replayNo, replay);
  }
}

function inOrder(a: ReplayCursor, b: ReplayCursor): number {
  return a.recordedAtMs - b.recordedAtMs || a.recordNo - b.recordNo;
}
