import type { LaneRun } from './lane-run.ts';
import type { OpenBatch } from './open-batch.ts';
import { confirmBatches } from './send-batch.ts';
import { completeBatch, sendUnacknowledgedAgain } from './settle-batch.ts';
import { afterNoAcknowledgement, NOT_ACKNOWLEDGED_REASON } from './unacknowledged.ts';

/** An acknowledgement, or its absence, is news whatever was sent meanwhile. */
const NEWS = Number.MAX_SAFE_INTEGER;

/**
 * Asks for the pending acknowledgements of a lane until `signal` aborts; once the lane is `ending` more often, since its last word
 * waits for the acknowledgement of the checkpoint before it. Never rejects.
 */
export async function pollAcknowledgements(
  run: LaneRun,
  signal: AbortSignal,
  ending: AbortSignal,
): Promise<void> {
  const { clock, limits } = run.parts;
  const either = AbortSignal.any([signal, ending]);
  while (!signal.aborted && !run.ended) {
    if (ending.aborted) await clock.sleep(limits.ackPollAtEndMs, signal);
    else await clock.sleep(limits.ackPollMs, either);
    if (signal.aborted || run.ended || run.window.awaitingAck.length === 0) continue;
    try {
      await askOnce(run, signal);
    } catch (error) {
      run.fail(error);
    }
    run.bell.ring();
  }
}

/**
 * One round: what is confirmed is completed before the next question (a remote says `true` once); what has waited too long
 * goes again.
 */
async function askOnce(run: LaneRun, signal: AbortSignal): Promise<void> {
  const held = run.holder.acquire();
  if (held === undefined || !run.keeper.maySend) {
    held?.release();
    return;
  }
  const { limits, clock, logger } = run.parts;
  try {
    if (held.connector.confirm === undefined) {
      // Acknowledgement was switched off meanwhile: nobody will ever confirm these.
      run.acknowledgements.reset();
      for (const batch of run.window.awaitingAck) await sendUnacknowledgedAgain(run, batch);
      return;
    }
    const pending = run.window.awaitingAck;
    for (let from = 0; from < pending.length; from += limits.maxAckIdsInQuestion) {
      const asked = pending.slice(from, from + limits.maxAckIdsInQuestion);
      const ids = asked.flatMap((batch) => (batch.ackId === undefined ? [] : [batch.ackId]));
      const answer = await confirmBatches(
        held.connector,
        held.destination,
        ids,
        signal,
        run.nextCredentials.partsOf(held.destination),
      );
      // A remote that began anew counts its ids from 0 again: what it confirms may be a request whose answer, with the same
      // id, is still on its way to us. Once that is here, the older batch is no longer waiting under this id.
      if (answer.confirmed.length > 0) await Promise.all(run.sends);
      if (run.abandoned) return;
      await completeConfirmed(run, asked, new Set(answer.confirmed));
      if (answer.failure !== undefined) {
        const { code, status, message } = answer.failure.answer;
        logger.warn({ ...run.who, code, status, reason: message }, 'Acknowledgements could not be asked for');
      }
    }
    const nowMs = clock.monotonicMs();
    await giveUpWaiting(
      run,
      run.window.awaitingAck.filter((batch) => batch.ackDeadlineMs <= nowMs),
    );
  } finally {
    held.release();
  }
}

/** What waited for all of its time goes again. Where nothing at all was acknowledged, the destination is at fault and waits. */
async function giveUpWaiting(run: LaneRun, late: readonly OpenBatch[]): Promise<void> {
  if (late.length === 0) return;
  const { limits, clock } = run.parts;
  const rounds = run.acknowledgements.timedOut(late, limits.ackTimeoutMs, clock.monotonicMs());
  if (rounds !== undefined && run.gate.health.state !== 'held') {
    const step = afterNoAcknowledgement(rounds, limits);
    const waitedForMs = run.gate.pausedUntilMs - clock.monotonicMs();
    run.moveGate({ ...step, pauseMs: Math.max(step.pauseMs, waitedForMs) }, NEWS);
  }
  for (const batch of late) await sendUnacknowledgedAgain(run, batch);
  await run.saveGate();
}

async function completeConfirmed(
  run: LaneRun,
  asked: readonly OpenBatch[],
  confirmed: ReadonlySet<number>,
): Promise<void> {
  for (const batch of asked) {
    const { ackId } = batch;
    if (batch.stage !== 'awaiting_ack' || ackId === undefined || !confirmed.has(ackId)) continue;
    if (run.channelRequests.mayBeAnothers(ackId, batch.ackHandled)) {
      run.parts.logger.info(
        { ...run.who, firstSeq: batch.draft.firstSeq, ackId },
        'An acknowledgement may be that of a request whose answer was lost; the batch is sent again',
      );
      await sendUnacknowledgedAgain(run, batch);
      continue;
    }
    const answer = { status: 200, message: 'Acknowledged by the indexers', durationMs: 0 };
    await completeBatch(run, batch, answer, ackId);
    if (!run.acknowledgements.confirmed(run.parts.clock.monotonicMs())) continue;
    // It says nothing of a wrong token or of a wait that was asked for.
    if (run.gate.health.reason !== NOT_ACKNOWLEDGED_REASON) continue;
    run.moveGate({ gate: 'opens', slowDown: false }, NEWS);
    await run.saveGate();
  }
}
