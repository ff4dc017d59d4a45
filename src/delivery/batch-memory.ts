import { type EncodedPlace, type ReadyEvent, readyEvents } from './ready-event.ts';

/** Smaller batches get memory of their own: there are few of them, and what they need is not worth keeping. */
const MIN_KEPT_BYTES = 65_536;
/** Sizes are rounded up to a multiple of this, so that the next batch fits into what the last one left. */
const STEP_BYTES = 262_144;
/** As many as are in flight at a time, by default. */
const MAX_FREE = 4;

/**
 * Memory for the bytes of a lane's batches, used again once a batch is finished: a new megabyte for each costs more than filling
 * it, since the system hands it out page by page. One lane, one destination: what is left in it is never another's.
 */
export class BatchMemory {
  #free: Buffer[] = [];
  /** Pieces of a divided batch are other lists: their memory is not given back while one of them may be in use. */
  readonly #memoryOf = new WeakMap<readonly ReadyEvent[], Buffer>();

  /** The events of a batch, ready to send. */
  ready(places: readonly EncodedPlace[]): readonly ReadyEvent[] {
    const bytes = places.reduce((sum, { encoded }) => sum + encoded.bytes, 0);
    if (bytes < MIN_KEPT_BYTES) return readyEvents(places);
    const memory = this.#take(bytes);
    const events = readyEvents(places, memory);
    this.#memoryOf.set(events, memory);
    return events;
  }

  /** Nothing reads these events any more: they were sent in full, and the destination has taken them. */
  giveBack(events: readonly ReadyEvent[] | undefined): void {
    const memory = events === undefined ? undefined : this.#memoryOf.get(events);
    if (events === undefined || memory === undefined) return;
    this.#memoryOf.delete(events);
    if (this.#free.length < MAX_FREE) this.#free.push(memory);
  }

  /** No large batch is expected soon: an idle lane keeps nothing. */
  letGo(): void {
    this.#free = [];
  }

  #take(bytes: number): Buffer {
    const found = this.#free.findIndex((memory) => memory.byteLength >= bytes);
    const [memory] = found === -1 ? [] : this.#free.splice(found, 1);
    return memory ?? Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }
}
