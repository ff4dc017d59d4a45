import type { Health } from './destination.ts';

/** What was last told of a destination's health, so that it is told once and not with every send. */
export interface ToldHealth {
  readonly state: 'healthy' | 'failing' | 'held';
  readonly reason?: string;
  /** When trouble was last told. */
  readonly troubleAtMs: number;
}

export interface HealthNews {
  readonly word: 'failing' | 'held' | 'recovered';
  /** To be kept in place of what was told before. */
  readonly told: ToldHealth;
}

/** Sends that fail for a moment are no news. Either is enough: so long, or so many in a row. */
const FAILING_TOLD_AFTER_MS = 60_000;
const FAILING_TOLD_AFTER_SENDS = 5;

/**
 * Trouble is told once in this time: the event is sent to the same destination too, and one that takes every second send must
 * not make events of its own for ever, faster than checkpoints come.
 */
export const TROUBLE_TOLD_EVERY_MS = 300_000;

/** What is to be told of this health, given what was told before; undefined: nothing. Being throttled is how a busy SIEM works. */
export function healthNews(
  told: ToldHealth | undefined,
  health: Health,
  failureStreak: number,
  nowMs: number,
): HealthNews | undefined {
  const inTrouble = told !== undefined && told.state !== 'healthy';
  const { state, reason } = health;
  if (state === 'throttled') return undefined;
  if (state === 'healthy') {
    return inTrouble ? { word: 'recovered', told: { state, troubleAtMs: told.troubleAtMs } } : undefined;
  }
  if (inTrouble && told.state === state && told.reason === reason) return undefined;
  const lasts = nowMs - health.sinceMs >= FAILING_TOLD_AFTER_MS || failureStreak >= FAILING_TOLD_AFTER_SENDS;
  if (state === 'failing' && !lasts) return undefined;
  // A clock that was set back must not silence it for longer.
  const sinceMs = told === undefined ? Infinity : Math.abs(nowMs - told.troubleAtMs);
  if (sinceMs < TROUBLE_TOLD_EVERY_MS) return undefined;
  return { word: state, told: { state, troubleAtMs: nowMs, ...(reason === undefined ? {} : { reason }) } };
}
