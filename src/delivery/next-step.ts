import type { Answer, Outcome, OutcomeKind, RefusalCause } from '../connectors/outcome.ts';
import type { DeadReason } from '../outbox/batch.ts';
import type { HealthState } from '../outbox/destination.ts';
import { pauseMs, spreadMs } from './backoff.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { DuplicateCause } from './delivery-observer.ts';

/*
 * What follows from an outcome: the one place where that is decided.
 *
 *   outcome        the batch                                      the destination
 *   -------        ---------                                      ---------------
 *   delivered      complete                                       opens (healthy)
 *   accepted       await_ack                                      opens; stays where none of those before was acknowledged
 *   throttled      send_again                                     waits as told, else backoff
 *   transient      send_again; set_aside after several failures   waits: backoff
 *   ambiguous      as transient (may be doubled)                  waits: backoff
 *   partial        divide: taken | culprit's tombstone | rest     by its cause
 *   configuration  set_aside                                      holds: slow probe with another batch
 *   too_big        divide in halves; one event alone: refused     stays
 *   poison         divide in halves (may be doubled unless it     stays
 *                  says that it took none); one alone: refused
 *   local_fault    send_again                                     waits, not charged
 *
 *   (while the destination is held because it refuses everything, what it refuses is set aside, whole)
 *
 *   one event alone is refused --> its tombstone, in its place
 *       taken   --> dead letter: the destination took the tombstone after refusing the event
 *       refused --> is it the event or the destination?
 *                   others taken since an earlier refusal of the tombstone: give_up (dead letter, the gap is stated)
 *                   else: restore the event, hold the destination, probe with the NEXT event, one alone;
 *                         once one is taken, all that was set aside is tried again from the start
 */

/** What the lane knows about the batch and the destination when the outcome comes in. */
export interface SendSituation {
  readonly places: number;
  /** The batch is one tombstone. */
  readonly tombstone: boolean;
  /** The destination is held because it refused an event and its tombstone. */
  readonly heldByRefusal: boolean;
  /** The destination refused this place's tombstone before and has taken another batch since. */
  readonly othersTakenSince: boolean;
  /** What was accepted before was never acknowledged: to be accepted proves nothing. */
  readonly notAcknowledged: boolean;
  /** Failures in a row before this one. */
  readonly streak: number;
  /** Sends of the batch so far, this one included. */
  readonly attempts: number;
}

/** A part of a divided batch: the places `[from, to)`. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** Holds a culprit: it is sent before others and alone, so that finding it stays cheap. */
  readonly suspect: boolean;
  /** The one event of the piece was refused: a tombstone takes its place. */
  readonly dead?: DeadReason;
}

export type BatchStep =
  | { readonly do: 'complete' }
  | { readonly do: 'await_ack'; readonly ackId: number }
  | { readonly do: 'send_again' }
  /** Behind all others, until the destination took one of them. */
  | { readonly do: 'set_aside' }
  /** The places `[0, taken)` are delivered; the pieces cover the rest without a gap. */
  | { readonly do: 'divide'; readonly taken: number; readonly pieces: readonly Piece[] }
  /** The tombstone was refused too: the event comes back to its place, set aside. */
  | { readonly do: 'restore' }
  /** The tombstone alone is refused and others are taken: finish without it and state the gap. */
  | { readonly do: 'give_up' };

export type GateStep =
  | { readonly gate: 'stays' }
  | { readonly gate: 'opens'; readonly slowDown: boolean }
  | {
      readonly gate: 'waits';
      readonly health: Exclude<HealthState, 'healthy'>;
      readonly reason: string;
      readonly message: string;
      readonly pauseMs: number;
      readonly streak: number;
      readonly byRefusal: boolean;
    };

export interface NextStep {
  readonly batch: BatchStep;
  readonly gate: GateStep;
  /** Set when events that go again may be in already. */
  readonly mayDouble?: DuplicateCause;
}

export interface NextStepParts {
  /** In [0, 1). */
  readonly random: () => number;
  readonly limits: DeliveryLimits;
}

export const REFUSED_CODE = 'refused_by_destination';
export const TOO_BIG_CODE = 'too_big';
/** Health reason of a destination that refuses events and tombstones alike. */
export const REFUSES_ALL_REASON = 'refuses_events';

const STAYS: GateStep = Object.freeze({ gate: 'stays' });
const OPENS: GateStep = Object.freeze({ gate: 'opens', slowDown: false });

type OutcomeOf<Kind extends OutcomeKind> = Extract<Outcome, { kind: Kind }>;
type Rule<Kind extends OutcomeKind> = (
  outcome: OutcomeOf<Kind>,
  at: SendSituation,
  parts: NextStepParts,
) => NextStep;

const RULES = {
  delivered: (outcome) => ({
    batch: { do: 'complete' },
    gate: { gate: 'opens', slowDown: outcome.slowDown === true },
  }),
  accepted: (outcome, at) => ({
    batch: { do: 'await_ack', ackId: outcome.ackId },
    gate: at.notAcknowledged ? STAYS : OPENS,
  }),
  throttled: (outcome, at, parts) => ({
    batch: { do: 'send_again' },
    gate: waits('throttled', outcome.answer, outcome.retryAfterMs, at, parts),
  }),
  transient: (outcome, at, parts) => ({
    batch: againOrAside(at, parts),
    gate: waits('failing', outcome.answer, outcome.retryAfterMs, at, parts),
  }),
  ambiguous: (outcome, at, parts) => ({
    batch: againOrAside(at, parts),
    gate: waits('failing', outcome.answer, undefined, at, parts),
    mayDouble: 'ambiguous',
  }),
  partial: afterPartial,
  configuration: (outcome, at, parts) => ({
    batch: { do: 'set_aside' },
    gate: {
      gate: 'waits',
      health: 'held',
      reason: outcome.reason,
      message: outcome.advice,
      pauseMs: spreadMs(parts.limits.holdProbeMs, parts.random()),
      streak: at.streak + 1,
      byRefusal: false,
    },
  }),
  too_big: (outcome, at, parts) =>
    at.places > 1 ? lookForCulprit(at) : refusedAlone(TOO_BIG_CODE, outcome.answer, at, parts),
  poison: (outcome, at, parts) =>
    at.places > 1
      ? { ...lookForCulprit(at), ...(outcome.tookNone ? {} : { mayDouble: 'partial' }) }
      : refusedAlone(REFUSED_CODE, outcome.answer, at, parts),
  local_fault: (outcome, at, parts) => ({
    batch: { do: 'send_again' },
    gate: {
      gate: 'waits',
      health: 'held',
      reason: outcome.reason,
      message: outcome.answer.message,
      pauseMs: parts.limits.localFaultPauseMs,
      streak: at.streak,
      byRefusal: false,
    },
  }),
} satisfies { [Kind in OutcomeKind]: Rule<Kind> };

/** Total: every outcome in every situation has a step. Pure but for the `random` it is given. */
export function nextStep(outcome: Outcome, at: SendSituation, parts: NextStepParts): NextStep {
  // The table is typed cell by cell above; a union cannot be indexed by its own kind without this widening.
  const rule = RULES[outcome.kind] as (outcome: Outcome, at: SendSituation, parts: NextStepParts) => NextStep;
  return rule(outcome, at, parts);
}

/**
 * Most failures are the destination's or the path's, and the same batch goes again. After several it may be this batch alone
 * that does not get through (something on the way does not like what is in it): another is tried, this one waits behind.
 */
function againOrAside(at: SendSituation, { limits }: NextStepParts): BatchStep {
  return { do: at.attempts >= limits.failuresBeforeAside ? 'set_aside' : 'send_again' };
}

function afterPartial(outcome: OutcomeOf<'partial'>, at: SendSituation, parts: NextStepParts): NextStep {
  const taken = boundedIndex(outcome.taken, at.places);
  if (taken === at.places) return { batch: { do: 'complete' }, gate: OPENS };
  const culprit = culpritOf(outcome, taken, at.places);
  const gate = gateAfterPartial(outcome.cause, taken, outcome, at, parts);
  if (outcome.cause !== 'poison') {
    if (taken === 0) return { batch: { do: 'send_again' }, gate };
    return divided(taken, [{ from: taken, to: at.places, suspect: false }], gate);
  }
  if (at.places === 1) return refusedAlone(REFUSED_CODE, outcome.answer, at, parts);
  if (at.heldByRefusal && taken === 0) return { ...lookForCulprit(at), mayDouble: 'partial' };
  if (culprit === undefined) return { ...halves(taken, at.places, gate), mayDouble: 'partial' };
  const pieces: Piece[] = [
    { from: taken, to: culprit, suspect: false },
    {
      from: culprit,
      to: culprit + 1,
      suspect: true,
      dead: { code: REFUSED_CODE, message: outcome.answer.message, answer: outcome.answer },
    },
    { from: culprit + 1, to: at.places, suspect: false },
  ];
  const step = divided(
    taken,
    pieces.filter((piece) => piece.from < piece.to),
    gate,
  );
  // The places before the culprit were read by the remote, but are not safe: they go again and may be doubled.
  return culprit > taken ? { ...step, mayDouble: 'partial' } : step;
}

function gateAfterPartial(
  cause: RefusalCause,
  taken: number,
  outcome: OutcomeOf<'partial'>,
  at: SendSituation,
  parts: NextStepParts,
): GateStep {
  if (cause === 'poison') return taken > 0 ? OPENS : STAYS;
  // What was taken ends the row of failures; this failure is the first of a new one.
  const streak = taken > 0 ? 0 : at.streak;
  const health = cause === 'throttled' ? 'throttled' : 'failing';
  return waits(health, outcome.answer, outcome.retryAfterMs, { ...at, streak }, parts);
}

/** Several events were refused together. Where the destination refuses everything there is no culprit to be found. */
function lookForCulprit(at: SendSituation): NextStep {
  return at.heldByRefusal ? { batch: { do: 'set_aside' }, gate: STAYS } : halves(0, at.places, STAYS);
}

/** One event was refused with nothing beside it. */
function refusedAlone(code: string, answer: Answer, at: SendSituation, parts: NextStepParts): NextStep {
  if (!at.tombstone && !at.heldByRefusal) {
    const dead: DeadReason = { code, message: answer.message, answer };
    return divided(0, [{ from: 0, to: 1, suspect: true, dead }], STAYS);
  }
  if (at.tombstone && at.othersTakenSince) return { batch: { do: 'give_up' }, gate: STAYS };
  return {
    batch: { do: at.tombstone ? 'restore' : 'set_aside' },
    gate: {
      gate: 'waits',
      health: 'held',
      reason: REFUSES_ALL_REASON,
      message:
        `The destination refused an event and also what was sent in its place (${answer.message}). ` +
        'Nothing is lost: check what the destination accepts (index, permissions of the token, stream columns); ' +
        'another event is tried slowly until one is taken.',
      pauseMs: spreadMs(parts.limits.holdProbeMs, parts.random()),
      streak: at.streak + 1,
      byRefusal: true,
    },
  };
}

function halves(from: number, to: number, gate: GateStep): NextStep {
  if (to - from === 1) return divided(from, [{ from, to, suspect: true }], gate);
  const middle = from + Math.ceil((to - from) / 2);
  return divided(
    from,
    [
      { from, to: middle, suspect: true },
      { from: middle, to, suspect: true },
    ],
    gate,
  );
}

function divided(taken: number, pieces: readonly Piece[], gate: GateStep): NextStep {
  return { batch: { do: 'divide', taken, pieces }, gate };
}

function waits(
  health: 'throttled' | 'failing',
  answer: Answer,
  retryAfterMs: number | undefined,
  at: SendSituation,
  parts: NextStepParts,
): GateStep {
  const streak = at.streak + 1;
  return {
    gate: 'waits',
    health,
    reason: answer.code ?? (answer.status === undefined ? health : `http_${answer.status}`),
    message: answer.message,
    pauseMs: pauseMs(retryAfterMs, streak, parts.random(), parts.limits),
    streak,
    byRefusal: false,
  };
}

/** A number of the remote is believed only where it can be true; a wrong one may cost a repeat, never an event. */
function boundedIndex(value: number, places: number): number {
  return Number.isSafeInteger(value) && value >= 0 && value <= places ? value : 0;
}

function culpritOf(outcome: OutcomeOf<'partial'>, taken: number, places: number): number | undefined {
  const culprit = outcome.culprit;
  if (culprit === undefined || !Number.isSafeInteger(culprit)) return undefined;
  return culprit >= taken && culprit < places ? culprit : undefined;
}
