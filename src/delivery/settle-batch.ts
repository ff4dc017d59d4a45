import type { Answer, Outcome } from '../connectors/outcome.ts';
import type { BatchDraft } from '../outbox/batch.ts';
import { deadLettersOf, sliceBatch } from '../outbox/batch-places.ts';
import type { Completion, DeadLetterDraft, SettleResult } from '../outbox/delivery-store.ts';
import { isCheckpointBatch } from './checkpoint-place.ts';
import { entombRefused, restoreRefused } from './exchange-place.ts';
import type { LaneRun } from './lane-run.ts';
import type { BatchStep, NextStep } from './next-step.ts';
import { isLoneTombstone, openBatch } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';
import { keepTrying } from './keep-trying.ts';

/** Records of a batch that watchers are told of. */
const MAX_SAMPLE = 32;

/** Carries out in the store, then in memory, what follows from a send. Never rejects: a store fault ends the lane's run. */
export async function settleBatch(
  run: LaneRun,
  batch: OpenBatch,
  outcome: Outcome,
  step: NextStep,
): Promise<void> {
  const next = step.batch;
  if (step.mayDouble !== undefined) batch.mayDouble ??= step.mayDouble;
  try {
    switch (next.do) {
      case 'complete':
        await completeBatch(run, batch, outcome.answer);
        return;
      case 'await_ack':
        await awaitAck(run, batch, next.ackId);
        return;
      case 'send_again':
        batch.stage = 'ready';
        return;
      case 'set_aside':
        setAside(run, batch);
        return;
      case 'divide':
        await divide(run, batch, outcome.answer, next);
        return;
      case 'restore':
        await restoreAll(run, batch);
        return;
      case 'give_up':
        await giveUp(run, batch, outcome.answer);
        return;
      default:
        next satisfies never;
    }
  } catch (error) {
    // A replacement may have been written or not: taking the lane anew reads what is true.
    run.fail(error);
  }
}

/** Finishes a batch that was taken. Asked until the store answers: the events are in, only the mark is missing. */
export async function completeBatch(
  run: LaneRun,
  batch: OpenBatch,
  answer: Answer,
  ackId?: number,
): Promise<void> {
  const deadLetters = deadLettersOf(batch.draft, batch.attempts);
  const completion: Completion = { answer, deadLetters, ...(ackId === undefined ? {} : { ackId }) };
  const done = await keepTrying(run, 'completing a batch', () =>
    run.parts.store.completeBatch(run.keeper.lease, batch.draft, completion),
  );
  if (done === undefined) return;
  run.memory.giveBack(batch.events);
  batch.events = undefined;
  // A batch that is gone after a failed try of ours went with that try.
  const result = done.result === 'duplicate' && done.tries > 1 ? 'settled' : done.result;
  finish(run, batch, result, batch.draft, deadLetters);
}

/** Finishes a batch whose records the filter left out, every one. */
export async function finishEmptyBatch(run: LaneRun, batch: OpenBatch): Promise<void> {
  await completeBatch(run, batch, { message: 'left out by the filter', durationMs: 0 });
}

function finish(
  run: LaneRun,
  batch: OpenBatch,
  result: SettleResult,
  draft: BatchDraft,
  deadLetters: readonly DeadLetterDraft[],
): void {
  const { observer } = run.parts;
  const places = draft.recordNos.length;
  if (result === 'lane_lost') {
    run.countDuplicates('lost_lease', places);
    run.lose();
    return;
  }
  run.window.remove(batch);
  if (result === 'duplicate') {
    run.countDuplicates('lost_lease', places);
    return;
  }
  run.countDuplicates('replay', draft.replayed.length);
  observer.finished({
    destinationId: run.destination.destinationId,
    delivered: isCheckpointBatch(draft) ? 0 : places - draft.tombstones.length,
    dead: deadLetters.length,
    deadByCode: countByCode(deadLetters),
    tombstones: draft.tombstones.length,
    leftOut: draft.leftOut.length,
    firstSeq: draft.firstSeq,
    sampleRecordNos: isCheckpointBatch(draft) || draft.replayed.length > 0 ? [] : sampleOf(draft.recordNos),
  });
}

function countByCode(letters: readonly DeadLetterDraft[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { code } of letters) counts[code] = (counts[code] ?? 0) + 1;
  return counts;
}

/** The first, the last and some between: a batch holds thousands, and asking for each would cost more than sending it. */
function sampleOf(places: readonly (number | null)[]): readonly number[] {
  const step = Math.max(1, (places.length - 1) / (MAX_SAMPLE - 1));
  const wanted = Array.from({ length: Math.min(MAX_SAMPLE, places.length) }, (_, index) =>
    Math.round(index * step),
  );
  return wanted.flatMap((place) => places[place] ?? []);
}

async function awaitAck(run: LaneRun, batch: OpenBatch, ackId: number): Promise<void> {
  const { store, clock, limits } = run.parts;
  // Ids count up on a channel: one that is pending already means that the remote began anew and forgot the older batch.
  for (const older of run.window.awaitingAck.filter((other) => other.ackId === ackId)) {
    await sendUnacknowledgedAgain(run, older);
  }
  if (!(await store.markAwaitingAck(run.keeper.lease, batch.draft, ackId, clock.nowMs()))) {
    run.countDuplicates('lost_lease', batch.draft.recordNos.length);
    run.lose();
    return;
  }
  batch.stage = 'awaiting_ack';
  batch.ackId = ackId;
  batch.ackHandled = run.channelRequests.handled;
  batch.ackDeadlineMs = clock.monotonicMs() + limits.ackTimeoutMs;
  run.memory.giveBack(batch.events);
  batch.events = undefined;
}

/** Takes a batch whose acknowledgement did not come back among those to send. */
export async function sendUnacknowledgedAgain(run: LaneRun, batch: OpenBatch): Promise<void> {
  if (!(await run.parts.store.markFormed(run.keeper.lease, batch.draft))) {
    run.lose();
    return;
  }
  batch.stage = 'ready';
  batch.ackId = undefined;
  batch.mayDouble = 'ack_timeout';
}

function setAside(run: LaneRun, batch: OpenBatch): void {
  const { clock, limits } = run.parts;
  if (batch.asideSinceSend !== undefined && run.lastTakenSend > batch.asideSinceSend) {
    // Others are taken and this one is refused again and again: it must not hold them up at each round.
    batch.asideCount += 1;
    const waitMs = Math.min(limits.setAsideMaxMs, limits.holdProbeMs * 2 ** Math.min(batch.asideCount, 20));
    batch.asideUntilMs = clock.monotonicMs() + waitMs;
  }
  batch.asideSinceSend = run.latestSendNo;
  batch.stage = 'ready';
  batch.events = undefined;
}

async function divide(
  run: LaneRun,
  batch: OpenBatch,
  answer: Answer,
  step: Extract<BatchStep, { do: 'divide' }>,
): Promise<void> {
  const { draft, events } = batch;
  const pieces = step.pieces.map((piece): OpenBatch => {
    const slice = openBatch(sliceBatch(draft, piece.from, piece.to), {
      attempts: batch.attempts,
      lastAnswer: batch.lastAnswer,
      sentUnder: batch.sentUnder,
      mayDouble: batch.mayDouble,
      events: events?.slice(piece.from, piece.to),
      suspect: piece.suspect,
      tombstoneRefusedAtSend: piece.to - piece.from === 1 ? batch.tombstoneRefusedAtSend : undefined,
    });
    return piece.dead === undefined || isLoneTombstone(slice) ? slice : entombRefused(run, slice, piece.dead);
  });
  const taken = step.taken === 0 ? undefined : sliceBatch(draft, 0, step.taken);
  const deadLetters = taken === undefined ? [] : deadLettersOf(taken, batch.attempts);
  const result = await run.parts.store.replaceBatch(run.keeper.lease, draft, {
    ...(taken === undefined ? {} : { delivered: { draft: taken, completion: { answer, deadLetters } } }),
    open: pieces.map((piece) => piece.draft),
  });
  if (taken !== undefined) {
    finish(run, batch, result, taken, deadLetters);
    if (result === 'settled') run.window.add(...pieces);
  } else {
    replaced(run, batch, result, pieces);
  }
}

function replaced(run: LaneRun, batch: OpenBatch, result: SettleResult, pieces: readonly OpenBatch[]): void {
  if (result === 'lane_lost') {
    run.lose();
    return;
  }
  // `duplicate`: somebody finished it while we held it. There is nothing left to send.
  run.window.replace(batch, result === 'settled' ? pieces : []);
}

/**
 * The tombstone was refused, which says more about the destination than about the event: the event gets its place back, and
 * so do the others that were refused at the same time and whose tombstones still wait.
 */
async function restoreAll(run: LaneRun, refused: OpenBatch): Promise<void> {
  const waiting = run.window.all.filter(
    (batch) => batch !== refused && batch.stage === 'ready' && isLoneTombstone(batch),
  );
  refused.tombstoneRefusedAtSend ??= run.latestSendNo;
  // Busy until it is done: a probe must not send a tombstone whose event is on its way back to its place.
  for (const batch of waiting) batch.stage = 'sending';
  for (const batch of [refused, ...waiting]) {
    if (!run.ended) await restore(run, batch);
  }
}

async function restore(run: LaneRun, batch: OpenBatch): Promise<void> {
  const restored = await restoreRefused(run, batch);
  if (restored === undefined) {
    setAside(run, batch);
    return;
  }
  setAside(run, restored);
  const result = await run.parts.store.replaceBatch(run.keeper.lease, batch.draft, {
    open: [restored.draft],
  });
  replaced(run, batch, result, [restored]);
}

/** Others are taken and neither the event nor its tombstone is: finished, with the gap stated where people look. */
async function giveUp(run: LaneRun, batch: OpenBatch, answer: Answer): Promise<void> {
  const { draft } = batch;
  const gap = `Number ${draft.firstSeq} of epoch ${run.stream.epoch} is a gap: the destination refused the tombstone too`;
  const untaken: BatchDraft = {
    ...draft,
    tombstones: draft.tombstones.map((tombstone) => ({ ...tombstone, untaken: true as const })),
  };
  const deadLetters = deadLettersOf(draft, batch.attempts).map((letter) => ({
    ...letter,
    message: `${letter.message}. ${gap}.`,
  }));
  run.parts.logger.warn({ ...run.who, firstSeq: draft.firstSeq }, gap);
  const result = await run.parts.store.replaceBatch(run.keeper.lease, draft, {
    delivered: { draft: untaken, completion: { answer, deadLetters } },
    open: [],
  });
  finish(run, batch, result, untaken, deadLetters);
}
