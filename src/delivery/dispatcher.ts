import type { DueDestination } from '../outbox/delivery-store.ts';
import { Bell } from './bell.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';
import type { Lane, LaneSnapshot } from './lane.ts';
import { LookTimes } from './look-times.ts';
import { openLane } from './open-lane.ts';
import { StopGrace } from './stop-grace.ts';
import { remainingPauseMs } from './stored-pause.ts';

/** A lane that ended in doubt is taken again after this time, and not at once: its cause is most likely still there. */
const RETAKE_AFTER_FAULT_MS = 1_000;

/**
 * Looks which destinations have work and runs their lanes, each on its own: a dead or slow destination never delays
 * another. One in a process.
 */
export class Dispatcher {
  readonly #parts: DeliveryParts;
  readonly #bell: Bell;
  readonly #looks: LookTimes;
  readonly #lanes = new Map<number, Lane>();
  readonly #endings = new Map<number, Promise<void>>();
  /** Being taken: takeLane is on its way. With the latest news, which the lane must hear before it sends. */
  readonly #taking = new Map<number, DueDestination>();
  readonly #notBeforeMs = new Map<number, number>();
  /** Of the last ownership of each destination's lane here that ended in order. */
  readonly #orderlyTokens = new Map<number, number>();
  /** Their lanes ended in doubt and were not taken anew yet. */
  readonly #faulted = new Set<number>();
  readonly #firstLook = Promise.withResolvers<void>();
  #listed: readonly DueDestination[] = [];
  #storeFailures = 0;
  readonly #grace: StopGrace;

  constructor(parts: DeliveryParts) {
    this.#parts = parts;
    this.#grace = new StopGrace(parts.clock, parts.limits.stopGraceMs);
    this.#bell = new Bell(parts.clock);
    this.#looks = new LookTimes(parts.limits);
  }

  /** There may be new rows: look now, and twice again soon. Cheap, callable at any rate. */
  wake(): void {
    this.#looks.wake(this.#now());
    this.#bell.ring();
  }

  snapshot(): LaneSnapshot[] {
    return [...this.#lanes.values()].map((lane) => lane.snapshot());
  }

  /** What the store said at the latest look: resolves after the first one, and at a stop. */
  async listed(): Promise<readonly DueDestination[]> {
    await this.#firstLook.promise;
    return this.#listed;
  }

  /** Runs until `stop`. Never rejects: a store that fails is asked again, ever more slowly. */
  async run(): Promise<void> {
    while (!this.#grace.isAsked) {
      const waitMs = this.#looks.waitMs(this.#now());
      if (waitMs > 0) {
        await this.#bell.wait(waitMs);
        continue;
      }
      this.#looks.looked(this.#now());
      try {
        this.#listed = await this.#parts.store.listDue();
        this.#parts.observer.looked({ destinations: this.#listed.length });
        this.#firstLook.resolve();
        this.#apply(this.#listed);
        this.#storeFailures = 0;
      } catch (error) {
        await this.#storeFailed(error);
      }
    }
  }

  /** Nothing new is formed; resolves when every lane has finished what it began (or `graceMs` is over) and is given back. */
  async stop(graceMs: number): Promise<void> {
    this.#grace.ask(graceMs);
    this.#firstLook.resolve();
    this.#bell.ring();
    for (const lane of this.#lanes.values()) lane.stop(graceMs);
    for (const destinationNo of this.#faulted) this.#takeOnceMore(destinationNo);
    while (this.#endings.size > 0) await Promise.all(this.#endings.values());
  }

  /** What was asked for before a stop and is heard in it still counts for the lanes that are ending; none is taken any more. */
  #apply(due: readonly DueDestination[]): void {
    const present = new Set<number>();
    for (const one of due) {
      const { destinationNo } = one.destination;
      present.add(destinationNo);
      const lane = this.#lanes.get(destinationNo);
      if (lane !== undefined) lane.tell(one);
      else if (this.#taking.has(destinationNo)) this.#taking.set(destinationNo, one);
      else if (!this.#grace.isAsked && this.#shouldTake(one)) this.#take(one);
    }
    for (const [destinationNo, lane] of this.#lanes) {
      if (!present.has(destinationNo)) lane.tell(undefined);
    }
  }

  #shouldTake(due: DueDestination): boolean {
    const { destinationNo, state } = due.destination;
    if (this.#taking.has(destinationNo) || (this.#notBeforeMs.get(destinationNo) ?? 0) > this.#now())
      return false;
    // Asking for acknowledgements is no sending: neither a pause of a person nor one of ours stops it.
    if (due.awaitsAck && state !== 'deleted') return true;
    if (state !== 'active' || !(due.hasWork || this.#wantsIdle(due))) return false;
    const { clock, limits } = this.#parts;
    const { pausedUntilMs, destination } = due;
    return remainingPauseMs({ pausedUntilMs, health: destination.health }, clock.nowMs(), limits) === 0;
  }

  /** Checkpoints are made of a stream although nothing comes. Another owner's lane is not asked for at each look. */
  #wantsIdle({ owner, leasedUntilMs }: DueDestination): boolean {
    const { checkpoints, clock, isOwnerGone } = this.#parts;
    if (checkpoints === undefined) return false;
    return owner === undefined || leasedUntilMs <= clock.nowMs() || isOwnerGone(owner);
  }

  #take(due: DueDestination): void {
    const { destinationNo } = due.destination;
    this.#taking.set(destinationNo, due);
    const wasStopping = this.#grace.isAsked;
    const ending = this.#own(due).finally(() => {
      this.#taking.delete(destinationNo);
      this.#lanes.delete(destinationNo);
      this.#endings.delete(destinationNo);
      if (this.#grace.isAsked && !wasStopping && this.#faulted.has(destinationNo))
        this.#takeOnceMore(destinationNo);
    });
    this.#endings.set(destinationNo, ending);
  }

  /** A fault in the last moments must not take the last word from a stream. */
  #takeOnceMore(destinationNo: number): void {
    const due = this.#listed.find(({ destination }) => destination.destinationNo === destinationNo);
    if (due !== undefined && !this.#taking.has(destinationNo)) this.#take(due);
  }

  async #own(due: DueDestination): Promise<void> {
    const { destinationNo, destinationId } = due.destination;
    try {
      const orderlyToken = this.#orderlyTokens.get(destinationNo);
      const lane = await openLane(due.destination, due.owner, this.#parts, orderlyToken);
      if (lane === undefined) {
        // Another owner's lease runs: asking at each look would be a write at each look.
        this.#notBeforeMs.set(destinationNo, this.#now() + RETAKE_AFTER_FAULT_MS);
        return;
      }
      this.#lanes.set(destinationNo, lane);
      const latest = this.#taking.get(destinationNo);
      if (latest !== undefined && latest !== due) lane.tell(latest);
      if (this.#grace.isAsked) lane.stop(this.#grace.leftMs);
      this.#orderlyTokens.delete(destinationNo);
      const end = await lane.work();
      if (lane.orderlyToken !== undefined) this.#orderlyTokens.set(destinationNo, lane.orderlyToken);
      this.#notBeforeMs.delete(destinationNo);
      this.#faulted.delete(destinationNo);
      if (end === 'faulted') {
        this.#faulted.add(destinationNo);
        this.#notBeforeMs.set(destinationNo, this.#now() + RETAKE_AFTER_FAULT_MS);
      }
    } catch (error) {
      this.#notBeforeMs.set(destinationNo, this.#now() + RETAKE_AFTER_FAULT_MS);
      this.#parts.logger.warn(
        { destinationId, ...errorFields(error) },
        'A lane could not be taken; trying again',
      );
    }
  }

  async #storeFailed(error: unknown): Promise<void> {
    const { limits, logger, clock } = this.#parts;
    this.#storeFailures += 1;
    const doublings = Math.min(this.#storeFailures - 1, 20);
    const retryMs = Math.min(limits.storeRetryMaxMs, limits.storeRetryFirstMs * 2 ** doublings);
    logger.warn({ ...errorFields(error), retryMs }, 'The store could not be asked for work; trying again');
    const until = clock.monotonicMs() + retryMs;
    while (!this.#grace.isAsked && clock.monotonicMs() < until)
      await this.#bell.wait(until - clock.monotonicMs());
  }

  #now(): number {
    return this.#parts.clock.monotonicMs();
  }
}
