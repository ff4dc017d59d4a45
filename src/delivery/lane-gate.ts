import type { Health } from '../outbox/destination.ts';
import type { GateStep } from './next-step.ts';
import { REFUSES_ALL_REASON } from './next-step.ts';

/**
 * Whether a destination may be sent to.
 *
 *            opens                    waits
 *   open ----------> open     open ---------> waiting --(time passes)--> probing: one request at a time
 *   probing --opens--> open   probing --waits--> waiting
 *
 * Only news counts: what a send that started before the present pause comes to neither opens the gate nor charges it
 * again. Without that, four requests that fail together would count as four failures in a row.
 */
export interface LaneGate {
  readonly health: Health;
  /** On the monotonic clock; in the past once the pause is over. */
  readonly pausedUntilMs: number;
  readonly streak: number;
  /** Not open: at most one request at a time until one succeeds. */
  readonly probing: boolean;
  readonly heldByRefusal: boolean;
  /** The last send (by its number in this lane run) that started before the present state. */
  readonly lastOldSend: number;
  /** On the monotonic clock: one request at a time until then. */
  readonly slowUntilMs: number;
}

/**
 * How the connector of a send stands to the one of today. `former`: settings were adopted since, for the same address, and a
 * wait that the remote asks for holds for them too. `elsewhere`: the address is another, and what the old one says is nothing to it.
 */
export type SentBy = 'present' | 'former' | 'elsewhere';

export interface GateTimes {
  readonly sentBy: SentBy;
  /** Number of the send that the news is about. */
  readonly sendNo: number;
  /** Number of the latest send started. */
  readonly latestSendNo: number;
  readonly monotonicMs: number;
  readonly nowMs: number;
  readonly slowDownMs: number;
}

/** The gate of a lane just taken, from what was stored. `remainingMs`: of the stored pause, bounded by the caller. */
export function gateAtStart(
  health: Health,
  streak: number,
  remainingMs: number,
  monotonicMs: number,
): LaneGate {
  return {
    health,
    pausedUntilMs: monotonicMs + Math.max(0, remainingMs),
    streak,
    probing: health.state !== 'healthy' || remainingMs > 0,
    heldByRefusal: health.state === 'held' && health.reason === REFUSES_ALL_REASON,
    lastOldSend: 0,
    slowUntilMs: 0,
  };
}

export function moveGate(gate: LaneGate, step: GateStep, at: GateTimes): LaneGate {
  const old = at.sendNo <= gate.lastOldSend;
  switch (step.gate) {
    case 'stays':
      return gate;
    case 'opens':
      if (old) return gate;
      return {
        ...gate,
        health: gate.health.state === 'healthy' ? gate.health : { state: 'healthy', sinceMs: at.nowMs },
        pausedUntilMs: at.monotonicMs,
        streak: 0,
        probing: false,
        heldByRefusal: false,
        slowUntilMs: step.slowDown ? at.monotonicMs + at.slowDownMs : gate.slowUntilMs,
      };
    case 'waits': {
      const isAsked = step.health === 'throttled' && at.sentBy !== 'elsewhere';
      const isNews = !old || (isAsked && at.sentBy === 'former' && !gate.probing);
      if (!isNews) {
        // The same incident seen by a request beside it: it may only ask for a longer wait.
        const asked = at.monotonicMs + step.pauseMs;
        if (!isAsked || !gate.probing || asked <= gate.pausedUntilMs) return gate;
        return {
          ...gate,
          pausedUntilMs: asked,
          health: { ...gate.health, nextTryMs: at.nowMs + step.pauseMs },
        };
      }
      const same = gate.health.state === step.health && gate.health.reason === step.reason;
      return {
        ...gate,
        health: {
          state: step.health,
          reason: step.reason,
          message: step.message,
          sinceMs: same ? gate.health.sinceMs : at.nowMs,
          nextTryMs: at.nowMs + step.pauseMs,
        },
        pausedUntilMs: at.monotonicMs + step.pauseMs,
        streak: step.streak,
        probing: true,
        heldByRefusal: step.byRefusal,
        lastOldSend: at.latestSendNo,
      };
    }
    default:
      return step satisfies never;
  }
}

/** Settings changed or a person asked: the pause is over, what was wrong may be right now; still one request first. */
export function endPause(gate: LaneGate, latestSendNo: number, monotonicMs: number): LaneGate {
  return {
    ...gate,
    pausedUntilMs: monotonicMs,
    streak: 0,
    probing: gate.probing,
    heldByRefusal: false,
    lastOldSend: latestSendNo,
  };
}
