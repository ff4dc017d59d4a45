import type { Destination } from '../../src/outbox/destination.ts';
import {
  type Replay,
  REPLAY_START,
  type ReplaySelection,
  type ReplayStatus,
} from '../../src/outbox/replay.ts';
import type { MemoryTables } from '../../src/store/memory/memory-tables.ts';
import type { SeededRandom } from './seeded-random.ts';

/** A person asks for records of the last minutes again, for named ones, or for what seems to be missing. */
export function askForReplay(
  tables: MemoryTables,
  { destinationNo, destinationId, workspaceId }: Destination,
  random: SeededRandom,
  nowMs: number,
): void {
  const replayNo = tables.replays.size + 1;
  const rate = random.pick([undefined, undefined, 2, 50]);
  tables.replays.set(replayNo, {
    replayNo,
    replayId: `replay-${replayNo}`,
    destinationNo,
    destinationId,
    workspaceId,
    origin: 'request',
    selection: selectionOf(tables, random, nowMs),
    ...(rate === undefined ? {} : { ratePerSecond: rate }),
    requestedBy: 'an operator',
    status: 'running',
    lastRecordNo: tables.lastRecordNo,
    cursor: REPLAY_START,
    planned: 0,
    plannedAtLeast: false,
    found: 0,
    enqueued: 0,
    leftOut: 0,
    delivered: 0,
    filtered: 0,
    dead: 0,
    feeding: [],
    fedAfterReceiptNo: 0,
    nextFeedAtMs: 0,
    createdAtMs: nowMs,
  });
}

/** One that is under way is paused or cancelled, a paused one goes on. Answers whether there was any. */
export function changeReplay(tables: MemoryTables, destinationNo: number, random: SeededRandom): boolean {
  const replay = [...tables.replays.values()].find(
    (one) => one.destinationNo === destinationNo && (one.status === 'running' || one.status === 'paused'),
  );
  if (replay === undefined) return false;
  const next = random.chance(0.3) ? 'cancelled' : replay.status === 'running' ? 'paused' : 'running';
  setStatus(tables, replay, next);
  return true;
}

export function resumeReplays(tables: MemoryTables): void {
  for (const replay of tables.replays.values())
    if (replay.status === 'paused') setStatus(tables, replay, 'running');
}

function setStatus(tables: MemoryTables, replay: Replay, status: ReplayStatus): void {
  tables.replays.set(replay.replayNo, { ...replay, status });
}

function selectionOf(tables: MemoryTables, random: SeededRandom, nowMs: number): ReplaySelection {
  const fromMs = nowMs - random.between(1_000, 60_000);
  switch (random.pick(['range', 'records', 'missing'] as const)) {
    case 'range':
      return random.chance(0.5)
        ? { kind: 'range', fromMs }
        : { kind: 'range', fromMs, toMs: fromMs + 20_000 };
    case 'records':
      return { kind: 'records', recordNos: [...tables.records.keys()].filter(() => random.chance(0.1)) };
    case 'missing':
      return { kind: 'missing', sinceMs: fromMs };
    default:
      throw new Error('There is no other selection');
  }
}
