import type { Outcome } from '../../../src/connectors/outcome.ts';
import type { Evidence, EventOf, Invariant } from './invariant.ts';

/** What one process knows of one destination since it took the lane. */
interface LaneWait {
  readonly token: number;
  /** Nothing may be sent before this. */
  untilMs: number;
  /** Requests up to this one started before the present wait. */
  lastOldSend: number;
  latestSend: number;
  /** Requests up to this one may be from before a wait that no answer tells of. */
  maybeOld: number;
  /**
   * Requests up to this one were sent with settings that are not in force any more: their failures say nothing, but for a wait
   * that the SIEM asks for.
   */
  lastOldSettings: number;
  latestTaken: number;
}

/** Outcomes whose pause is judged where the answer is heard. */
const SPEAK_FOR_THEMSELVES: ReadonlySet<string> = new Set([
  'throttled',
  'transient',
  'ambiguous',
  'configuration',
]);

/**
 * After a failure a destination is left alone for at least the floor, and as long as its Retry-After says within the limit; no
 * pause is longer than the longest that the limits allow. New settings and an acknowledgement end a pause.
 */
export function backoffInBounds({ scheduler, limits }: Evidence): Invariant {
  const waits = new Map<string, LaneWait>();
  const versions = new Map<string, number>();
  const longestMs = Math.max(
    limits.backoffMaxMs,
    limits.retryAfterMaxMs,
    limits.holdProbeMs,
    limits.setAsideMaxMs,
    limits.localFaultPauseMs,
  );

  const sendStarted = ({ send }: EventOf<'send_started'>): string | undefined => {
    const { destinationNo, token, process, sendNo } = send;
    const key = `${process.name}/${destinationNo}`;
    let wait = waits.get(key);
    if (wait?.token !== token) {
      wait = {
        token,
        untilMs: 0,
        lastOldSend: 0,
        maybeOld: 0,
        latestSend: 0,
        lastOldSettings: 0,
        latestTaken: 0,
      };
      waits.set(key, wait);
    }
    wait.latestSend = sendNo;
    const earlyMs = wait.untilMs - scheduler.nowMs;
    return earlyMs > 1
      ? `destination ${destinationNo} is sent to ${Math.round(earlyMs)} ms before its pause is over`
      : undefined;
  };

  const answered = ({ send, outcome }: EventOf<'answered'>): undefined => {
    const wait = waits.get(`${send.process.name}/${send.destinationNo}`);
    if (wait?.token !== send.token) return;
    if (outcome.kind === 'delivered' || outcome.kind === 'accepted') {
      wait.latestTaken = Math.max(wait.latestTaken, send.sendNo);
      return;
    }
    const leastMs = leastPauseMs(outcome, limits);
    if (leastMs === undefined) return;
    if (send.sendNo <= wait.lastOldSettings && outcome.kind !== 'throttled') return;
    if (send.sendNo <= wait.maybeOld && outcome.kind !== 'throttled') {
      newWait(wait);
      return;
    }
    const old = send.sendNo <= wait.lastOldSend;
    // A failure seen by a request from before the pause asks for more only where the SIEM said how much, and none of those that
    // came after it was taken.
    if (old && (outcome.kind !== 'throttled' || send.sendNo < wait.latestTaken)) return;
    wait.untilMs = Math.max(wait.untilMs, scheduler.nowMs + leastMs);
    if (!old) wait.lastOldSend = wait.latestSend;
  };

  const attempt = ({ process, destinationNo, event }: EventOf<'attempt'>): string | undefined => {
    const { nextTryMs, outcome } = event;
    if (nextTryMs === undefined) return undefined;
    if (!SPEAK_FOR_THEMSELVES.has(outcome)) newWait(waits.get(`${process.name}/${destinationNo}`));
    const pauseMs = nextTryMs - process.clock.nowMs();
    const leastMs =
      outcome === 'configuration' || outcome === 'poison' ? limits.holdProbeMs : limits.backoffFloorMs;
    return pauseMs < leastMs - 1 || pauseMs > longestMs + 1
      ? `after ${outcome} the pause is ${Math.round(pauseMs)} ms`
      : undefined;
  };

  return {
    name: 'backoff_in_bounds',
    on: {
      send_started: sendStarted,
      answered,
      attempt,
      due_heard: ({ process, due }) => {
        for (const { destination } of due) {
          const key = `${process.name}/${destination.destinationNo}`;
          if (versions.get(key) === destination.rowVersion) continue;
          versions.set(key, destination.rowVersion);
          const wait = waits.get(key);
          newWait(wait);
          if (wait !== undefined) Object.assign(wait, { untilMs: 0, lastOldSettings: wait.latestSend });
        }
        return undefined;
      },
      finished: ({ destinationNo, completion }) => {
        if (completion.ackId === undefined) return undefined;
        for (const [key, wait] of waits) if (key.endsWith(`/${destinationNo}`)) wait.untilMs = 0;
        return undefined;
      },
      unacknowledged: ({ process, destinationNo }) => {
        newWait(waits.get(`${process.name}/${destinationNo}`));
        return undefined;
      },
    },
  };
}

/** A wait began, or ended, for a reason that no answer gave: what is under way now is from before it. */
function newWait(wait: LaneWait | undefined): void {
  if (wait === undefined) return;
  wait.lastOldSend = wait.latestSend;
  wait.maybeOld = wait.latestSend;
}

/** Undefined: no pause follows for certain. */
function leastPauseMs(outcome: Outcome, limits: Evidence['limits']): number | undefined {
  if (outcome.kind === 'configuration') return limits.holdProbeMs;
  if (outcome.kind === 'ambiguous') return limits.backoffFloorMs;
  if (outcome.kind !== 'throttled' && outcome.kind !== 'transient') return undefined;
  const { retryAfterMs } = outcome;
  const isSaid = retryAfterMs !== undefined && Number.isFinite(retryAfterMs) && retryAfterMs > 0;
  if (!isSaid) return limits.backoffFloorMs;
  return Math.min(Math.max(retryAfterMs, limits.backoffFloorMs), limits.retryAfterMaxMs);
}
