import type { Connector } from '../connectors/connector.ts';
import type { Outcome } from '../connectors/outcome.ts';
import { errorFields } from './error-fields.ts';
import type { LaneRun } from './lane-run.ts';
import { nextStep } from './next-step.ts';
import type { NextStep } from './next-step.ts';
import { isLoneTombstone } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';
import { sizeOf } from './ready-event.ts';
import type { ReadyEvent } from './ready-event.ts';
import { settleBatch } from './settle-batch.ts';

/**
 * Sends one batch and carries out what follows. The batch is marked as being sent before this returns its promise, which
 * never rejects.
 */
export async function deliverBatch(
  run: LaneRun,
  batch: OpenBatch,
  events: readonly ReadyEvent[],
  signal: AbortSignal,
): Promise<void> {
  const { clock } = run.parts;
  const held = run.holder.acquire();
  if (held === undefined) return;
  batch.stage = 'sending';
  batch.attempts += 1;
  batch.sentUnder = held.destination.rowVersion;
  run.latestSendNo += 1;
  const sendNo = run.latestSendNo;
  const startedMs = clock.monotonicMs();
  const body = events.map((event) => event.bytes);
  const bytes = sizeOf(events, held.connector);
  run.channelRequests.begin();
  try {
    const outcome = await run.nextCredentials.send(held, body, signal);
    run.channelRequests.end(outcome.kind !== 'ambiguous', clock.nowMs());
    held.release();
    if (run.abandoned) return;
    if (batch.mayDouble !== undefined) {
      run.countDuplicates(batch.mayDouble, possiblyTaken(outcome, events.length));
    }
    const step = decide(run, batch, outcome, { sendNo, bytes, connector: held.connector });
    report(run, batch, outcome, step, {
      bytes,
      durationMs: clock.monotonicMs() - startedMs,
      places: events.length,
    });
    await noteFailure(run, batch, outcome, bytes);
    await settleBatch(run, batch, outcome, step);
    await run.saveGate();
  } catch (error) {
    run.fail(error);
  } finally {
    held.release();
    if (held.connector !== run.holder.current) run.window.forgetEvents();
    run.bell.ring();
  }
}

function decide(
  run: LaneRun,
  batch: OpenBatch,
  outcome: Outcome,
  {
    sendNo,
    bytes,
    connector,
  }: { readonly sendNo: number; readonly bytes: number; readonly connector: Connector },
): NextStep {
  const { gate } = run;
  const refusedAt = batch.tombstoneRefusedAtSend;
  const step = nextStep(
    outcome,
    {
      places: batch.draft.recordNos.length,
      tombstone: isLoneTombstone(batch),
      heldByRefusal: gate.heldByRefusal,
      othersTakenSince: refusedAt !== undefined && run.lastTakenSend > refusedAt,
      notAcknowledged: run.acknowledgements.missing,
      streak: gate.streak,
      attempts: batch.attempts,
    },
    run.parts,
  );
  if (tookSomething(outcome)) {
    run.lastTakenSend = Math.max(run.lastTakenSend, sendNo);
    run.bodySize.taken();
  }
  if (outcome.kind === 'too_big' && batch.draft.recordNos.length > 1) run.bodySize.tooBig(bytes);
  run.moveGate(step.gate, sendNo, connector);
  return step;
}

/** The destination took at least one event of this send: proof that it takes events at all. */
function tookSomething(outcome: Outcome): boolean {
  return (
    outcome.kind === 'delivered' ||
    outcome.kind === 'accepted' ||
    (outcome.kind === 'partial' && outcome.taken > 0)
  );
}

/** Events of a send that are in, or may be: of a refused request all that stand before the refused event, at most all but one. */
function possiblyTaken(outcome: Outcome, places: number): number {
  switch (outcome.kind) {
    case 'delivered':
    case 'accepted':
    case 'ambiguous':
      return places;
    case 'partial':
      // A number that cannot be true says nothing.
      return [outcome.taken, outcome.culprit].reduce<number>(
        (most, index) => (isPlace(index, places) ? Math.max(most, index) : most),
        0,
      );
    case 'poison':
      return outcome.tookNone ? 0 : places - 1;
    case 'throttled':
    case 'transient':
    case 'configuration':
    case 'too_big':
    case 'local_fault':
      return 0;
    default:
      return outcome satisfies never;
  }
}

function isPlace(index: number | undefined, places: number): index is number {
  return Number.isSafeInteger(index) && index !== undefined && index >= 0 && index <= places;
}

/** A failed send is kept for the operator. It is not worth losing a delivery over: a store that fails here is only logged. */
async function noteFailure(run: LaneRun, batch: OpenBatch, outcome: Outcome, bytes: number): Promise<void> {
  if (outcome.kind === 'delivered' || outcome.kind === 'accepted' || outcome.kind === 'local_fault') return;
  const { store, clock, logger } = run.parts;
  batch.lastAnswer = outcome.answer;
  try {
    const noted = await store.noteFailedSend(run.keeper.lease, batch.draft, {
      outcome: outcome.kind,
      answer: outcome.answer,
      events: batch.draft.recordNos.length,
      bytes,
      firstSeq: batch.draft.firstSeq,
      atMs: clock.nowMs(),
    });
    if (!noted)
      logger.warn(
        { ...run.who, firstSeq: batch.draft.firstSeq },
        'A failed send could not be noted: the lane may be lost',
      );
  } catch (error) {
    logger.warn({ ...run.who, ...errorFields(error) }, 'A failed send could not be noted');
  }
}

function report(
  run: LaneRun,
  batch: OpenBatch,
  outcome: Outcome,
  step: NextStep,
  facts: { readonly bytes: number; readonly durationMs: number; readonly places: number },
): void {
  const { status, code, message } = outcome.answer;
  run.parts.observer.attempt({
    destinationId: run.destination.destinationId,
    name: run.destination.name,
    outcome: outcome.kind,
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    message,
    events: facts.places,
    bytes: facts.bytes,
    durationMs: facts.durationMs,
    attempt: batch.attempts,
    firstSeq: batch.draft.firstSeq,
    ...(step.gate.gate === 'waits' ? { nextTryMs: run.parts.clock.nowMs() + step.gate.pauseMs } : {}),
    ...(batch.mayDouble === undefined ? {} : { duplicateCause: batch.mayDouble }),
  });
}
