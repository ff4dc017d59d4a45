import { createHash } from 'node:crypto';
import type { EventBytes } from '../../src/connectors/connector.ts';

/** An event as a simulated SIEM sees it. */
export interface ArrivingEvent {
  /** `metadata.uid`; of a tombstone the uid of the event that it stands for. */
  readonly uid: string;
  readonly epoch: string;
  readonly seq: number;
  readonly kind: string;
  readonly replayed: boolean;
  /** Of the text as sent, in hex. */
  readonly sha256: string;
  /** The text as sent. */
  readonly bytes: EventBytes;
  /** A tombstone's word for the event that stood there. */
  readonly originalSha256?: string;
}

interface StreamWords {
  readonly epoch?: string;
  readonly seq?: number;
  readonly kind?: string;
  readonly replayed?: boolean;
}

interface EventWords {
  readonly metadata?: { readonly uid?: string };
  readonly stream?: StreamWords;
  readonly original_uid?: string;
  readonly original_sha256?: string;
  readonly unmapped?: {
    readonly aegis?: {
      readonly stream?: StreamWords;
      readonly tombstone?: { readonly metadata_uid?: string; readonly original_sha256?: string };
    };
  };
}

/** Reads events as they arrive. What is sent again is read once: nobody changes bytes that are on their way. */
export class EventReader {
  readonly #read = new WeakMap<EventBytes, ArrivingEvent>();

  read(bytes: EventBytes): ArrivingEvent {
    const known = this.#read.get(bytes);
    if (known !== undefined) return known;
    const event = parse(bytes);
    this.#read.set(bytes, event);
    return event;
  }
}

function parse(bytes: EventBytes): ArrivingEvent {
  // Both renderers write these names; what is missing shows as a number or uid that no record has.
  const words = JSON.parse(Buffer.from(bytes).toString()) as EventWords;
  const stream = words.stream ?? words.unmapped?.aegis?.stream ?? {};
  const tomb = words.unmapped?.aegis?.tombstone;
  const originalSha256 = words.original_sha256 ?? tomb?.original_sha256;
  return {
    uid: words.original_uid ?? tomb?.metadata_uid ?? words.metadata?.uid ?? '?',
    epoch: stream.epoch ?? '?',
    seq: stream.seq ?? 0,
    kind: stream.kind ?? '?',
    replayed: stream.replayed === true,
    bytes,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    ...(originalSha256 === undefined ? {} : { originalSha256 }),
  };
}
