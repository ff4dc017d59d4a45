import { sliceBatch } from '../outbox/batch-places.ts';
import { formNext, LAST_SEQ } from './form-next.ts';
import type { LaneRun } from './lane-run.ts';
import { openBatch } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';

/**
 * What a lane sends next.
 *
 *   while the gate is open:  the oldest ready batch, else a new one
 *   while it probes:         the oldest that was not refused, else a new one, else the one refused longest ago
 *   where the destination refuses events themselves, a probe is one event cut out of its batch
 *
 * Each probe of a destination that refuses what it gets may leave one more batch behind. So once there are some, new ones
 * join only once a round.
 */
export class BatchChooser {
  readonly #run: LaneRun;
  #nextSmallSendMs = 0;
  /** Number of the latest probe that tried something new, and not again what was refused. */
  #latestNewProbe = 0;

  constructor(run: LaneRun) {
    this.#run = run;
  }

  /** On the monotonic clock: no batch smaller than its bounds is formed before. */
  get nextSmallSendMs(): number {
    return this.#nextSmallSendMs;
  }

  /** Rejects when the store fails: whether a batch was written is then not known. */
  async next(): Promise<OpenBatch | undefined> {
    const run = this.#run;
    const ready = run.window.nextReady(run.choice);
    const oneEvent = run.gate.probing && run.gate.heldByRefusal;
    if (ready !== undefined && !oneEvent) return ready;
    if (ready !== undefined && (hasOnePlace(ready) || this.#mayTryNew)) return this.#firstEventOf(ready);
    if (this.mayForm) {
      const formed = await formNext(run, oneEvent);
      if (formed?.small === true) this.#nextSmallSendMs = this.#now() + run.parts.limits.smallSendGapMs;
      if (formed !== undefined) {
        this.#latestNewProbe = run.latestSendNo + 1;
        return formed.batch;
      }
      // The rows after the cursor are used up: the next turn looks from the start, or finds news.
      if (!run.reader.drained) return undefined;
    }
    // Nothing else is there to learn from: the one refused longest ago is tried again.
    if (run.ended || run.window.inFlight > 0) return undefined;
    const known = oneEvent && !this.#mayTryNew ? run.window.nextAside(this.#now(), 1) : undefined;
    const aside = known ?? run.window.nextAside(this.#now(), Infinity);
    return aside !== undefined && oneEvent ? this.#firstEventOf(aside) : aside;
  }

  get mayForm(): boolean {
    const { parts, gate, reader, window, nextSeq, ended } = this.#run;
    if (ended || reader.drained || nextSeq > LAST_SEQ) return false;
    const { maxOpenBatches, maxOpenWhileHeld } = parts.limits;
    const goesRound = gate.probing && window.asideCount >= maxOpenWhileHeld;
    // One more joins each round, however many are open: else events that the destination will never take are all that it is
    // ever shown. A round takes a probe for each of them, so that they grow by some hundreds in a year.
    if (!goesRound && window.size >= maxOpenBatches) return false;
    if (gate.probing && window.size >= maxOpenWhileHeld && !this.#mayTryNew) return false;
    return this.#now() >= this.#nextSmallSendMs;
  }

  /**
   * Whether a probe may try something new: always while little was refused; else once in a round of what was, so that a
   * destination is not judged for ever by events that it will never take.
   */
  get #mayTryNew(): boolean {
    const { window, latestSendNo, parts } = this.#run;
    const { asideCount } = window;
    return asideCount < parts.limits.maxOpenWhileHeld || latestSendNo - this.#latestNewProbe >= asideCount;
  }

  /** A probe of a destination that refuses events is one event: it says most, and costs least when it is refused. */
  async #firstEventOf(batch: OpenBatch): Promise<OpenBatch | undefined> {
    if (hasOnePlace(batch)) return batch;
    const run = this.#run;
    const { draft, events, attempts, lastAnswer, mayDouble } = batch;
    const { asideSinceSend, asideCount, asideUntilMs } = batch;
    const slice = (from: number, to: number): OpenBatch =>
      openBatch(sliceBatch(draft, from, to), {
        attempts,
        lastAnswer,
        mayDouble,
        asideSinceSend,
        asideCount,
        asideUntilMs,
        events: events?.slice(from, to),
      });
    const [first, rest] = [slice(0, 1), slice(1, draft.recordNos.length)];
    this.#latestNewProbe = run.latestSendNo + 1;
    batch.stage = 'sending';
    const result = await run.parts.store.replaceBatch(run.keeper.lease, draft, {
      open: [first.draft, rest.draft],
    });
    if (result === 'lane_lost') {
      run.lose();
      return undefined;
    }
    run.window.replace(batch, result === 'settled' ? [first, rest] : []);
    return result === 'settled' ? first : undefined;
  }

  #now(): number {
    return this.#run.parts.clock.monotonicMs();
  }
}

function hasOnePlace(batch: OpenBatch): boolean {
  return batch.draft.recordNos.length === 1;
}
