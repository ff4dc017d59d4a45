import type { JsonObject, JsonValue } from '../../json.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import type { EncodedEvent } from '../connector.ts';
import type { SplunkHecConfig } from './config.ts';

/** The part of every envelope that the destination's settings decide. */
export function envelopeSettings({ host, source, sourcetype, index }: SplunkHecConfig): string {
  const settings = JSON.stringify({
    ...(host === undefined ? {} : { host }),
    source,
    sourcetype,
    ...(index === undefined ? {} : { index }),
  });
  return settings.slice(1, -1);
}

/**
 * An event in its envelope. A body for `/services/collector/event` is one envelope after another, with nothing between
 * (https://help.splunk.com/splunk-enterprise/get-data-in/collect-http-event-data/format-events-for-http-event-collector).
 * The event's text is spliced in byte for byte: it is what was hashed.
 */
export function encodeEvent({ event, text, bytes }: WireEvent, settings: string): EncodedEvent {
  const head = `{${timeOf(event)}${settings},"fields":${indexedFields(event)},"event":`;
  return { pieces: [head, text, '}'], bytes: Buffer.byteLength(head) + bytes + '}'.length };
}

/** HEC takes seconds with a fraction; OCSF has milliseconds. Without a time Splunk takes that of the receipt. */
function timeOf({ time }: WireEvent['event']): string {
  return typeof time === 'number' ? `"time":${(time / 1_000).toFixed(3)},` : '';
}

/** Flat, as HEC wants them: what finds duplicates and gaps without search-time extraction. */
function indexedFields(event: WireEvent['event']): string {
  const { uid } = objectOf(event['metadata']);
  const stream = objectOf(objectOf(objectOf(event['unmapped'])['aegis'])['stream']);
  return JSON.stringify({
    metadata_uid: uid,
    aegis_stream: stream['id'],
    aegis_epoch: stream['epoch'],
    aegis_seq: stream['seq'],
  });
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}
