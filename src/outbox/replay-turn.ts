import type { DestinationState } from './destination.ts';
import type { Replay } from './replay.ts';

/** Why a replay has not begun yet, on PostgreSQL: what is committed late must not be stepped over. */
export const NOT_SETTLED =
  'A transaction that was open when the replay was asked for has not ended; its records belong to it.';

/** Where a replay stands when its turn comes. */
export interface ReplayStanding {
  readonly replay: Replay;
  readonly destinationState: DestinationState;
  /** Records of its last batch that still have an open row. */
  readonly stillOpen: number;
  /** No transaction is under way that could still commit a record of the selection. */
  readonly settled: boolean;
}

export type ReplayTurn =
  /** Nothing to write, but for a note that changed. */
  | { readonly do: 'wait'; readonly note?: string }
  /** Its last batch is finished, and it takes no further one: count what became of it. */
  | { readonly do: 'count' }
  | { readonly do: 'fail'; readonly note: string }
  /** Count what became of the last batch, and enqueue the next `maxRows`. */
  | { readonly do: 'feed'; readonly maxRows: number };

const SECOND_MS = 1_000;

/**
 * What a replay does now. Asked with what is stored and decided in the transaction that writes the answer, so that any process
 * may take the turn, at any time and again after a crash: two that try do no more than one.
 */
export function replayTurn(standing: ReplayStanding, maxRows: number, nowMs: number): ReplayTurn {
  const { replay, destinationState, stillOpen, settled } = standing;
  if (destinationState === 'deleted' && replay.status !== 'cancelled') {
    return { do: 'fail', note: 'The destination was deleted.' };
  }
  if (stillOpen > 0) return wait(waitingFor(destinationState));
  if (replay.status !== 'running') return replay.feeding.length > 0 ? { do: 'count' } : { do: 'wait' };
  const note = waitingFor(destinationState);
  if (note !== undefined) return replay.feeding.length > 0 ? { do: 'count' } : wait(note);
  if (!settled) {
    return wait(NOT_SETTLED);
  }
  // A clock that was set back must not stop the replay: no pause is longer than a second.
  const waitMs = replay.nextFeedAtMs - nowMs;
  if (waitMs > 0 && waitMs <= SECOND_MS) return { do: 'wait' };
  return { do: 'feed', maxRows: Math.min(maxRows, replay.ratePerSecond ?? maxRows) };
}

/**
 * When the next batch may come: a batch holds at most what the rate allows in a second. Counted from when this one could have
 * come, so that a turn that is late does not make the replay slower than its rate.
 */
export function nextFeedAtMs(replay: Replay, enqueued: number, nowMs: number): number {
  const { ratePerSecond } = replay;
  if (ratePerSecond === undefined) return 0;
  const couldMs = replay.nextFeedAtMs === 0 ? nowMs : replay.nextFeedAtMs;
  const fromMs = Math.min(nowMs, Math.max(couldMs, nowMs - SECOND_MS));
  return fromMs + Math.ceil((enqueued * SECOND_MS) / ratePerSecond);
}

function waitingFor(state: DestinationState): string | undefined {
  switch (state) {
    case 'active':
    case 'deleted':
      return undefined;
    case 'paused':
      return 'The destination is paused: the replay goes on when it is resumed.';
    case 'disabled':
      return 'The destination is disabled: the replay goes on when it is enabled.';
    default:
      return state satisfies never;
  }
}

function wait(note: string | undefined): ReplayTurn {
  return note === undefined ? { do: 'wait' } : { do: 'wait', note };
}
