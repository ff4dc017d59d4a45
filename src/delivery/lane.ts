import type { DueDestination, Lane as StoredLane } from '../outbox/delivery-store.ts';
import { type Destination, type Health, MAX_IN_FLIGHT } from '../outbox/destination.ts';
import { ChannelRequests } from './channel-requests.ts';
import { pollAcknowledgements } from './acknowledgements.ts';
import { BatchChooser } from './batch-chooser.ts';
import { deliverBatch } from './deliver-batch.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';
import { LAST_SEQ } from './form-next.ts';
import { LaneRun } from './lane-run.ts';
import { adoptBatch, isEmpty } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';
import { finishEmptyBatch } from './settle-batch.ts';
import { isCheckpointBatch } from './checkpoint-place.ts';
import { eventsToSend } from './events-to-send.ts';
import type { ReadyEvent } from './ready-event.ts';
import { StopGrace } from './stop-grace.ts';

/** After an abort, what still does not end is left behind: the process must be able to stop. */
const ABORT_GRACE_MS = 1_000;

export interface LaneSnapshot {
  readonly destinationId: string;
  readonly health: Health;
  readonly nextSeq: number;
  readonly inFlight: number;
  readonly openBatches: number;
  readonly awaitingAck: number;
  readonly failureStreak: number;
}

/** How an ownership ended. After `faulted` the lane is taken anew, which reads what is true in the store. */
export type LaneEnd = 'released' | 'lost' | 'faulted';

/** One ownership of a lane, from taking it to giving it back: forms, sends and settles batches until there is a reason to end. */
export class Lane {
  readonly #run: LaneRun;
  readonly #chooser: BatchChooser;
  readonly #stored: StoredLane;
  readonly #abortSends = new AbortController();
  readonly #stopAll = new AbortController();
  readonly #grace: StopGrace;
  readonly #followsOrder: boolean;
  #gone = false;
  #idleSinceMs: number;
  #orderlyToken: number | undefined;

  /**
   * `takenAtMs`: monotonic time just before the lane was asked for. `orderlyToken`: of the last ownership in this process, where it
   * ended in order.
   */
  constructor(
    stored: StoredLane,
    destination: Destination,
    takenAtMs: number,
    parts: DeliveryParts,
    orderlyToken: number | undefined,
  ) {
    this.#stored = stored;
    // Each ownership has the next token: nobody had the lane in between.
    this.#followsOrder = orderlyToken !== undefined && stored.lease.token === orderlyToken + 1;
    this.#run = new LaneRun(stored, destination, takenAtMs, parts);
    this.#chooser = new BatchChooser(this.#run);
    this.#grace = new StopGrace(parts.clock, parts.limits.stopGraceMs);
    this.#idleSinceMs = parts.clock.monotonicMs();
  }

  /** News of the destination: settings, state, waiting rows. `undefined`: it was deleted. */
  tell(due: DueDestination | undefined): void {
    if (due === undefined) {
      this.#gone = true;
    } else {
      const changed = due.destination.rowVersion !== this.#run.destination.rowVersion;
      if (changed) {
        this.#run.adopt(due.destination);
        void this.#run.saveGate();
      }
      if (due.hasWork) this.#run.reader.look();
      if (!changed && !due.hasWork) return;
    }
    this.#run.bell.ring();
  }

  /** No batch is formed from now on; what is formed or in flight, and the last word, have `graceMs` together. */
  stop(graceMs: number): void {
    this.#grace.ask(graceMs);
    this.#run.bell.ring();
  }

  snapshot(): LaneSnapshot {
    const { window, gate, nextSeq, destination } = this.#run;
    return {
      destinationId: destination.destinationId,
      health: gate.health,
      nextSeq,
      inFlight: window.inFlight,
      openBatches: window.size,
      awaitingAck: window.awaitingAck.length,
      failureStreak: gate.streak,
    };
  }

  /**
   * Once the lane is given back with nothing in flight and all that was never heard of kept with it: the token of this ownership. The
   * next owner has nothing to fear of its batches.
   */
  get orderlyToken(): number | undefined {
    return this.#orderlyToken;
  }

  /** Owns the lane until it is given back, lost or in doubt. Never rejects. */
  async work(): Promise<LaneEnd> {
    const run = this.#run;
    const background = [
      run.keeper.run(this.#stopAll.signal, () => this.#afterRenewal()),
      pollAcknowledgements(run, this.#stopAll.signal, this.#grace.ending),
    ];
    try {
      run.connect();
      await this.#adoptOpenBatches();
      await run.checkpoints?.begin();
      while (!run.ended && !this.#finished()) await this.#turn();
    } catch (error) {
      run.fail(error);
    }
    this.#grace.begin();
    await this.#finishSends();
    await this.#sayStopped();
    this.#stopAll.abort();
    await this.#within(ABORT_GRACE_MS, Promise.all(background));
    run.abandoned = true;
    run.holder.close();
    return this.#giveBack();
  }

  #afterRenewal(): void {
    void this.#run.saveGate();
    this.#run.bell.ring();
  }

  async #adoptOpenBatches(): Promise<void> {
    const run = this.#run;
    const { store, clock, limits } = run.parts;
    const left = await store.openBatches(run.keeper.lease);
    // Each of them may have been on its way when the owner before ended, as many as may be at a time.
    const formed = left.filter(({ state }) => state === 'formed').length;
    const unheard = this.#followsOrder ? 0 : Math.min(formed, MAX_IN_FLIGHT);
    run.channelRequests = new ChannelRequests(this.#stored.unheard, unheard, clock.nowMs());
    await run.saveGate();
    for (const batch of left) {
      if (batch.epochNo !== run.stream.epochNo) {
        // Numbers of an epoch that ended are not filled any more; the records come under the new one.
        await store.replaceBatch(run.keeper.lease, batch, { open: [] });
        run.countDuplicates('dissolved', batch.recordNos.length);
      } else {
        const ageMs = clock.nowMs() - (batch.sentAtMs ?? 0);
        const adopted = adoptBatch(batch, clock.monotonicMs(), ageMs, limits.ackTimeoutMs);
        adopted.ackHandled = run.channelRequests.handled;
        run.window.add(adopted);
        if (isEmpty(adopted)) await finishEmptyBatch(run, adopted);
      }
    }
  }

  #finished(): boolean {
    const { window, destination } = this.#run;
    if (this.#grace.isAsked) return true;
    if (this.#gone || destination.state !== 'active')
      return window.inFlight === 0 && window.awaitingAck.length === 0;
    if (window.size > 0) return false;
    if (this.#run.nextSeq > LAST_SEQ) return true;
    // A lane with checkpoints is kept: the next one is due although nothing comes, and a stop is to be told of.
    if (!this.#run.reader.drained || this.#run.checkpoints !== undefined) return false;
    return this.#now() - this.#idleSinceMs >= this.#run.parts.limits.idleReleaseMs;
  }

  /** One decision: send something, form something, or wait for news. */
  async #turn(): Promise<void> {
    const run = this.#run;
    if (!this.#maySend()) {
      await run.bell.wait(Infinity);
      return;
    }
    const waitMs = this.#waitBeforeSendMs();
    if (waitMs > 0) {
      await run.bell.wait(waitMs);
      return;
    }
    const batch = (await run.checkpoints?.next()) ?? (await this.#chooser.next());
    if (batch === undefined) {
      if (!this.#chooser.mayForm) await this.#rest();
      return;
    }
    await this.#send(batch);
  }

  async #send(batch: OpenBatch): Promise<void> {
    const run = this.#run;
    const events = await eventsToSend(run, batch);
    // The lane may have ended, its settings changed or a pause begun while the batch was written and its events were made.
    if (events === undefined || events !== batch.events || batch.stage !== 'ready') return;
    if (!this.#maySend() || this.#waitBeforeSendMs() > 0) return;
    this.#idleSinceMs = this.#now();
    this.#startSending(batch, events);
  }

  #startSending(batch: OpenBatch, events: readonly ReadyEvent[]): void {
    const run = this.#run;
    const sending = deliverBatch(run, batch, events, this.#abortSends.signal);
    run.sends.add(sending);
    void sending.then(() => run.sends.delete(sending));
  }

  #maySend(): boolean {
    const { destination, keeper, holder } = this.#run;
    if (this.#grace.isAsked || this.#gone || destination.state !== 'active') return false;
    return keeper.maySend && holder.current !== undefined && !this.#run.owesUnheard;
  }

  /** Of the pause; without end while as many requests are in flight as may be, since each that ends rings the bell. */
  #waitBeforeSendMs(): number {
    const { gate, window } = this.#run;
    const pauseMs = gate.pausedUntilMs - this.#now();
    if (pauseMs > 0) return pauseMs;
    return window.inFlight >= this.#capacity() ? Infinity : 0;
  }

  /** How many requests may be in flight now. */
  #capacity(): number {
    const { acknowledgements, gate, window, destination, parts } = this.#run;
    if (acknowledgements.missing && window.awaitingAck.length > 0) return 0;
    if (gate.probing || window.hasSuspects || gate.slowUntilMs > this.#now()) return 1;
    return Math.min(MAX_IN_FLIGHT, Math.max(1, destination.batch.maxInFlight ?? parts.limits.maxInFlight));
  }

  /** Nothing to send now: until news, or until something that waits for its time. */
  async #rest(): Promise<void> {
    const run = this.#run;
    if (run.ended) return;
    const now = this.#now();
    const { idleReleaseMs } = run.parts.limits;
    const waits: number[] = [];
    const returnMs = run.window.nextReturnMs(run.choice);
    if (returnMs !== undefined) waits.push(returnMs - now);
    const { nextSmallSendMs } = this.#chooser;
    if (!run.reader.drained && now < nextSmallSendMs) waits.push(nextSmallSendMs - now);
    const { checkpoints } = run;
    if (checkpoints === undefined) {
      if (run.reader.drained && run.window.size === 0) waits.push(this.#idleSinceMs + idleReleaseMs - now);
    } else if (checkpoints.dueMs > now && checkpoints.dueMs !== Infinity) {
      // One that is overdue waits for what is in its way, which rings the bell when it is over.
      waits.push(checkpoints.dueMs - now);
    }
    await run.bell.wait(waits.length === 0 ? Infinity : Math.max(1, Math.min(...waits)));
  }

  /** Waits for what is in flight: at most two leases, or the grace of a stop. What does not end then is cut off. */
  async #finishSends(): Promise<void> {
    const run = this.#run;
    const sends = Promise.all(run.sends);
    const { leaseMs } = run.parts.limits;
    const stop = this.#grace.asked.then(() => this.#within(this.#grace.leftMs, sends));
    await this.#within(2 * leaseMs, Promise.race([sends, stop]));
    if (run.sends.size === 0) return;
    run.abandoned = true;
    this.#abortSends.abort();
    await this.#within(ABORT_GRACE_MS, sends);
  }

  /**
   * What has its numbers and was not sent yet, then the last word of a stream that a person stops: it promises no next
   * checkpoint. All of it in what is left of the grace; the rest is the next owner's.
   */
  async #sayStopped(): Promise<void> {
    const run = this.#run;
    try {
      while (this.#mayEndInOrder()) {
        const { leftMs } = this.#grace;
        // A renewal or a write that is late rings the bell when it is there.
        const waitMs = run.keeper.maySend && !run.owesUnheard ? this.#waitBeforeSendMs() : leftMs;
        if (waitMs > leftMs) return;
        if (waitMs > 0) {
          await run.bell.wait(waitMs);
          continue;
        }
        const batch = this.#nextUnsent();
        if (batch !== undefined) await this.#sendLate(batch);
        else if (run.checkpoints?.awaitsAcknowledgement === true) await run.bell.wait(leftMs);
        else if ((await run.checkpoints?.nextStopped()) === undefined) return;
      }
    } catch (error) {
      run.fail(error);
    }
  }

  /** A destination that is held takes nothing: its next probe is not worth waiting for. */
  #mayEndInOrder(): boolean {
    const run = this.#run;
    const isAsked = this.#grace.isAsked || run.destination.state !== 'active';
    if (!isAsked || this.#gone || run.ended || run.abandoned || this.#grace.leftMs <= 0) return false;
    return run.holder.current !== undefined && run.gate.health.state !== 'held';
  }

  /** Formed, and overtaken by the stop. Of a destination that a person paused only its checkpoint may go. */
  #nextUnsent(): OpenBatch | undefined {
    const { window, choice, destination } = this.#run;
    if (destination.state === 'active') return window.nextReady(choice);
    return window.all.find((batch) => isCheckpointBatch(batch.draft) && isNeverRefused(batch));
  }

  async #sendLate(batch: OpenBatch): Promise<void> {
    const run = this.#run;
    const events = await eventsToSend(run, batch);
    if (events === undefined || events !== batch.events || batch.stage !== 'ready') return;
    // The lease may have run out, or the destination been paused, while the events were made.
    if (!this.#mayEndInOrder() || !run.keeper.maySend || this.#nextUnsent() !== batch) return;
    this.#startSending(batch, events);
    await this.#finishSends();
  }

  /** Resolves with the promise or after `ms`, whichever is first. */
  async #within(ms: number, promise: Promise<unknown>): Promise<void> {
    const settled = new AbortController();
    await Promise.race([promise, this.#run.parts.clock.sleep(ms, settled.signal)]);
    settled.abort();
  }

  async #giveBack(): Promise<LaneEnd> {
    const run = this.#run;
    const { store, logger } = run.parts;
    if (run.keeper.lost) {
      run.tell('lost');
      logger.warn(run.who, 'The lane belongs to another owner now, or its store was promoted');
      return 'lost';
    }
    if (run.fault !== undefined) {
      run.tell('faulted');
      logger.warn(
        { ...run.who, ...errorFields(run.fault) },
        'The lane is given back and taken anew after a fault',
      );
    }
    try {
      await run.saveGate();
      await store.releaseLane(this.#stored.lease);
      if (run.sends.size === 0 && run.channelRequests.isKept) this.#orderlyToken = this.#stored.lease.token;
    } catch (error) {
      // The lease runs out by itself; until then nobody else may take the lane.
      logger.warn({ ...run.who, ...errorFields(error) }, 'A lane could not be released');
    }
    if (run.fault !== undefined) return 'faulted';
    run.tell('released');
    return 'released';
  }

  #now(): number {
    return this.#run.parts.clock.monotonicMs();
  }
}

function isNeverRefused(batch: OpenBatch): boolean {
  return batch.stage === 'ready' && batch.asideSinceSend === undefined;
}
