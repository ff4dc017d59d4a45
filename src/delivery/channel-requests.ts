/**
 * Requests of one acknowledgement channel: says whether what is confirmed under an id may be another request.
 *
 * An indexer that starts anew counts its ids from 0 again and knows nothing of those that it gave before. An id whose answer
 * reached us shows that; one whose answer was lost does not, and the confirmation of it looks like that of an older batch
 * with the same id. Id `n` is only given again when `n + 1` requests were handled after the restart, so while fewer could
 * have been since the batch was accepted, the confirmation is its own.
 * Ids of a channel: https://docs.splunk.com/Documentation/Splunk/latest/Data/AboutHECIDXAck
 */
export class ChannelRequests {
  #started = 0;
  #inFlight = 0;
  /** Whose answer never came: they may be handled at any time, and may have been given an id. */
  #unheard: number;

  /** `unheard`: requests of an earlier owner that may have gone out without an answer. */
  constructor(unheard: number) {
    this.#unheard = unheard;
  }

  begin(): void {
    this.#started += 1;
    this.#inFlight += 1;
  }

  end(isAnswered: boolean): void {
    this.#inFlight -= 1;
    if (!isAnswered) this.#unheard += 1;
  }

  /** Kept with a batch when its id arrives: how many requests are certain to have been handled before. May be negative. */
  get handled(): number {
    return this.#started - this.#inFlight - this.#unheard;
  }

  /** Whether the id of a batch that was accepted at `handled` may have been given to a request of which nothing was heard. */
  mayBeAnothers(ackId: number, handled: number): boolean {
    return this.#unheard > 0 && ackId < this.#started - handled;
  }
}
