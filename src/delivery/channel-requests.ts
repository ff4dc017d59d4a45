import type { UnheardRequests } from '../outbox/delivery-store.ts';

/** A request whose answer never came is not handled any more after this time: its connection and every queue on its way are gone. */
export const UNHEARD_KEPT_MS = 86_400_000;

/**
 * Requests of one acknowledgement channel: says whether what is confirmed under an id may be another request.
 *
 * An indexer that starts anew counts its ids from 0 again and knows nothing of those that it gave before. An id whose answer
 * reached us shows that; one whose answer was lost does not, and the confirmation of it looks like that of an older batch
 * with the same id. Id `n` is only given again when `n + 1` requests were handled after the restart, so while fewer could
 * have been since the batch was accepted, the confirmation is its own.
 * Ids of a channel: https://docs.splunk.com/Documentation/Splunk/latest/Data/AboutHECIDXAck
 *
 * What was never heard of is kept with the lane before anything of it is sent again: once its batch is taken by another request
 * nothing else tells the next owner of it.
 */
export class ChannelRequests {
  #started = 0;
  #inFlight = 0;
  /** Whose answer never came: they may be handled at any time, and may have been given an id. */
  #unheard: UnheardRequests;
  #kept: number;

  /** `kept`: by the lane; `formed`: batches that an earlier owner wrote and may have sent without an answer. */
  constructor(kept: UnheardRequests, formed: number, nowMs: number) {
    const isOld = nowMs - kept.atMs > UNHEARD_KEPT_MS;
    const requests = (isOld ? 0 : kept.requests) + formed;
    this.#unheard = { requests, atMs: formed > 0 ? nowMs : kept.atMs };
    this.#kept = kept.requests;
  }

  begin(): void {
    this.#started += 1;
    this.#inFlight += 1;
  }

  end(isAnswered: boolean, nowMs: number): void {
    this.#inFlight -= 1;
    if (!isAnswered) this.#unheard = { requests: this.#unheard.requests + 1, atMs: nowMs };
  }

  get unheard(): UnheardRequests {
    return this.#unheard;
  }

  /** All that was never heard of stands with the lane. */
  get isKept(): boolean {
    return this.#kept === this.#unheard.requests;
  }

  kept({ requests }: UnheardRequests): void {
    this.#kept = requests;
  }

  /** Kept with a batch when its id arrives: how many requests are certain to have been handled before. May be negative. */
  get handled(): number {
    return this.#started - this.#inFlight - this.#unheard.requests;
  }

  /** Whether the id of a batch that was accepted at `handled` may have been given to a request of which nothing was heard. */
  mayBeAnothers(ackId: number, handled: number): boolean {
    return this.#unheard.requests > 0 && ackId < this.#started - handled;
  }
}
