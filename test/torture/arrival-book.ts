import { createHash } from 'node:crypto';
import type { JsonObject } from '../../src/json.ts';
import type { TakenEvent } from '../fake-splunk/fake-splunk.ts';

/** A place of a stream as a SIEM saw it. */
export interface Arrival {
  readonly streamId: string;
  readonly epoch: string;
  readonly seq: number;
  /** `event` for a record; the others are the stream's own. */
  readonly kind: string;
  readonly uid: string;
  /** SHA-256 of the event's text, shortened: equal for a repeat, or something is wrong. */
  readonly hash: string;
  /** The requests that brought it. More than one: it stands in the SIEM twice. */
  readonly requests: number[];
  /** Another event, or other bytes, came under the same number. */
  contradicted: boolean;
}

interface StreamPlace {
  readonly id: string;
  readonly epoch: string;
  readonly seq: number;
  readonly kind: string;
}

/** What one SIEM was given: places only, so that a run of hours fits in memory. */
export class ArrivalBook {
  readonly #places = new Map<string, Arrival>();

  get places(): number {
    return this.#places.size;
  }

  note({ event, eventText, request }: TakenEvent): void {
    const stream = streamOf(event);
    const uid = (event['metadata'] as unknown as { uid: string }).uid;
    const hash = createHash('sha256').update(eventText).digest('base64').slice(0, 12);
    const key = `${stream.id} ${stream.epoch} ${stream.seq}`;
    const before = this.#places.get(key);
    if (before === undefined) {
      const { id: streamId, epoch, seq, kind } = stream;
      const first = { streamId, epoch, seq, kind, uid, hash };
      this.#places.set(key, { ...first, requests: [request], contradicted: false });
      return;
    }
    before.requests.push(request);
    if (before.hash !== hash || before.uid !== uid) before.contradicted = true;
  }

  arrivals(): Iterable<Arrival> {
    return this.#places.values();
  }
}

function streamOf(event: JsonObject): StreamPlace {
  return (event['unmapped'] as unknown as { aegis: { stream: StreamPlace } }).aegis.stream;
}
