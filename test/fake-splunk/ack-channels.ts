/**
 * Indexer acknowledgement as Splunk keeps it: ids count from 0 in each channel, `true` is told once and then forgotten,
 * and an id that is not known looks like one that is not written yet.
 */
export class AckChannels {
  readonly #nextId = new Map<string, number>();
  /** Ids that an indexer has written, by channel. */
  readonly #written = new Map<string, Set<number>>();
  readonly #maxPending: number;
  #acknowledging = true;

  /** `maxPending`: ids of a channel that nobody has asked for; beyond it the channel is full. */
  constructor(maxPending = Infinity) {
    this.#maxPending = maxPending;
  }

  isFull(channel: string): boolean {
    return (this.#written.get(channel)?.size ?? 0) >= this.#maxPending;
  }

  /** The id of a request that was taken. */
  next(channel: string): number {
    const id = this.#nextId.get(channel) ?? 0;
    this.#nextId.set(channel, id + 1);
    const written = this.#written.get(channel) ?? new Set();
    this.#written.set(channel, written);
    if (this.#acknowledging) written.add(id);
    return id;
  }

  ask(channel: string, ids: readonly number[]): Readonly<Record<string, boolean>> {
    const written = this.#written.get(channel);
    return Object.fromEntries(ids.map((id) => [String(id), written?.delete(id) === true]));
  }

  /** With `false` nothing is acknowledged from now on, what was written before included. */
  acknowledge(acknowledging: boolean): void {
    this.#acknowledging = acknowledging;
    if (!acknowledging) this.#written.clear();
  }

  /** A restart: ids begin at 0 again. */
  forget(): void {
    this.#nextId.clear();
    this.#written.clear();
  }
}
