import type { Answer } from '../connectors/outcome.ts';
import type { Batch, BatchDraft } from '../outbox/batch.ts';
import type { DuplicateCause } from './delivery-observer.ts';
import type { ReadyEvent } from './ready-event.ts';

/** A written batch as its lane holds it in memory. What is lost with the process is learned again, never assumed. */
export interface OpenBatch {
  draft: BatchDraft;
  stage: 'ready' | 'sending' | 'awaiting_ack';
  /** Sends so far. */
  attempts: number;
  lastAnswer: Answer | undefined;
  /** Version of the destination's settings that the latest send went out under. */
  sentUnder: number | undefined;
  /** Let go while the batch waits long; rendered again when needed. */
  events: readonly ReadyEvent[] | undefined;
  /** Holds, or may hold, an event that was refused: sent alone and before others. */
  suspect: boolean;
  /** The destination refused it at this send (number in the lane run): behind the others until one of them is taken. */
  asideSinceSend: number | undefined;
  /** How often it was refused while others were taken, and until when (monotonic) it waits for that. */
  asideCount: number;
  asideUntilMs: number;
  /** At which send the tombstone of this place was refused first. */
  tombstoneRefusedAtSend: number | undefined;
  /** Set when a repeat may double what is in it. */
  mayDouble: DuplicateCause | undefined;
  ackId: number | undefined;
  /** `ChannelRequests.handled` when the id came. */
  ackHandled: number;
  /** Monotonic time after which an acknowledgement is given up. */
  ackDeadlineMs: number;
}

export function openBatch(draft: BatchDraft, inherited?: Partial<OpenBatch>): OpenBatch {
  return {
    draft,
    stage: 'ready',
    attempts: 0,
    lastAnswer: undefined,
    sentUnder: undefined,
    events: undefined,
    suspect: false,
    asideSinceSend: undefined,
    asideCount: 0,
    asideUntilMs: 0,
    tombstoneRefusedAtSend: undefined,
    mayDouble: undefined,
    ackId: undefined,
    ackHandled: 0,
    ackDeadlineMs: 0,
    ...inherited,
  };
}

/**
 * A batch that an earlier owner left. One in state `formed` may have been sent: its repeat counts as a possible double.
 * `ackAgeMs`: how long ago it was accepted, for one that awaits its acknowledgement.
 */
export function adoptBatch(
  batch: Batch,
  monotonicMs: number,
  ackAgeMs: number,
  ackTimeoutMs: number,
): OpenBatch {
  const waiting = batch.state === 'awaiting_ack' && batch.ackId !== undefined;
  return openBatch(batch, {
    stage: waiting ? 'awaiting_ack' : 'ready',
    attempts: batch.attempts,
    lastAnswer: batch.lastAnswer,
    mayDouble: 'restart',
    ackId: waiting ? batch.ackId : undefined,
    ackDeadlineMs: monotonicMs + Math.max(0, ackTimeoutMs - Math.max(0, ackAgeMs)),
  });
}

/** The filter left out every record: there is nothing to send, only to finish. */
export function isEmpty(batch: OpenBatch): boolean {
  return batch.draft.recordNos.length === 0;
}

/** The batch is nothing but one tombstone. */
export function isLoneTombstone(batch: OpenBatch): boolean {
  return batch.draft.recordNos.length === 1 && batch.draft.tombstones.length === 1;
}
