import { recordsOf } from '../outbox/batch-places.ts';
import type { OpenBatch } from './open-batch.ts';

/** What the choice of the next batch depends on, besides the batches. */
export interface ChoiceState {
  readonly probing: boolean;
  /** Number of the latest send after which the destination took something. */
  readonly lastTakenSend: number;
  readonly monotonicMs: number;
}

/** The open batches of a lane, in the order of their numbers. */
export class LaneWindow {
  /** Kept sorted by first number: batches are few, and come mostly in order. */
  #batches: OpenBatch[] = [];

  get size(): number {
    return this.#batches.length;
  }

  get all(): readonly OpenBatch[] {
    return this.#batches;
  }

  add(...batches: readonly OpenBatch[]): void {
    this.#batches.push(...batches);
    this.#batches.sort((a, b) => a.draft.firstSeq - b.draft.firstSeq);
  }

  remove(batch: OpenBatch): void {
    this.#batches = this.#batches.filter((other) => other !== batch);
  }

  replace(batch: OpenBatch, pieces: readonly OpenBatch[]): void {
    this.remove(batch);
    this.add(...pieces);
  }

  get inFlight(): number {
    return this.#batches.filter((batch) => batch.stage === 'sending').length;
  }

  /** A culprit is being looked for: one request at a time, so that finding it costs few of them. */
  get hasSuspects(): boolean {
    return this.#batches.some(
      (batch) => batch.suspect && batch.stage !== 'awaiting_ack' && batch.asideSinceSend === undefined,
    );
  }

  get awaitingAck(): readonly OpenBatch[] {
    return this.#batches.filter((batch) => batch.stage === 'awaiting_ack');
  }

  /** Records that must not be read again, above `afterRecordNo`. */
  recordsAfter(afterRecordNo: number): number[] {
    return this.#batches.flatMap((batch) =>
      recordsOf(batch.draft).filter((recordNo) => recordNo > afterRecordNo),
    );
  }

  /** The next batch to send among those not set aside: the oldest number first. */
  nextReady(state: ChoiceState): OpenBatch | undefined {
    return this.#batches.find((batch) => batch.stage === 'ready' && !isAside(batch, state));
  }

  /** Batches that were refused and wait behind the others. */
  get asideCount(): number {
    return this.#batches.filter((batch) => batch.asideSinceSend !== undefined).length;
  }

  /**
   * Of the batches set aside, of at most `maxPlaces` and not for a time, the one refused longest ago: a probe goes round, it
   * does not knock with one event only.
   */
  nextAside(monotonicMs: number, maxPlaces: number): OpenBatch | undefined {
    let oldest: OpenBatch | undefined;
    for (const batch of this.#batches) {
      if (batch.stage !== 'ready' || batch.asideSinceSend === undefined) continue;
      if (batch.asideUntilMs > monotonicMs || batch.draft.recordNos.length > maxPlaces) continue;
      if (oldest?.asideSinceSend === undefined || batch.asideSinceSend < oldest.asideSinceSend)
        oldest = batch;
    }
    return oldest;
  }

  /** When the earliest batch that is set aside for a time comes back; undefined when none does. */
  nextReturnMs(state: ChoiceState): number | undefined {
    const times = this.#batches
      .filter((batch) => batch.stage === 'ready' && isAside(batch, state))
      .map((batch) => batch.asideUntilMs)
      .filter((time) => time > state.monotonicMs);
    return times.length === 0 ? undefined : Math.min(...times);
  }

  /** Encoded by a connector that is not the lane's any more: they are made again. What is being sent goes as it is. */
  forgetEvents(): void {
    for (const batch of this.#batches) if (batch.stage !== 'sending') batch.events = undefined;
  }

  forgetAside(): void {
    for (const batch of this.#batches) {
      batch.asideSinceSend = undefined;
      batch.asideCount = 0;
      batch.asideUntilMs = 0;
    }
  }
}

/** Set aside until the destination took another batch, and where it did so before, for a time as well. */
function isAside(batch: OpenBatch, state: ChoiceState): boolean {
  if (batch.asideSinceSend === undefined) return false;
  if (batch.asideUntilMs > state.monotonicMs) return true;
  // While probing nothing is known to be well again: all that was refused stays behind the others.
  return state.probing || state.lastTakenSend <= batch.asideSinceSend;
}
