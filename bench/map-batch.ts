import { encodeEvent } from '../src/connectors/splunk-hec/encode.ts';
import { eventBytes } from '../src/connectors/encode-events.ts';
import { DEFAULT_OCSF_SETTINGS } from '../src/ocsf/ocsf-event.ts';
import { placeEvent } from '../src/ocsf/place-event.ts';
import { renderRecord } from '../src/ocsf/render-record.ts';
import { eventSha256 } from '../src/ocsf/wire-event.ts';

const ENVELOPE = '"source":"aegis-siem","sourcetype":"ocsf:aegis"';

/** What a lane needs of the records of a batch, in a form that another thread can be handed without a copy. */
export interface MappedBatch {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of each event: where it ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** 32 bytes an event. */
  readonly hashes: Uint8Array<ArrayBuffer>;
}

/** All that is done to a record between the outbox and the body of a request, as the product does it. */
export function mapBatch(records: readonly string[], firstSeq: number): MappedBatch {
  const hashes = new Uint8Array(records.length * 32);
  const encoded = records.map((body, index) => {
    const rendered = renderRecord({ source: 'attestation', body }, DEFAULT_OCSF_SETTINGS);
    if (!rendered.ok) throw new Error(rendered.message);
    const place = { streamId: 's', epoch: 'e', seq: firstSeq + index, kind: 'event' } as const;
    const event = placeEvent(rendered.event, place, DEFAULT_OCSF_SETTINGS);
    hashes.set(eventSha256(event.text), index * 32);
    return encodeEvent(event, ENVELOPE);
  });
  const memory = new Uint8Array(encoded.reduce((sum, { bytes }) => sum + bytes, 0));
  let at = 0;
  const ends = Uint32Array.from(
    eventBytes(encoded, Buffer.from(memory.buffer)).map(({ byteLength }) => (at += byteLength)),
  );
  return { bytes: memory, ends, hashes };
}
