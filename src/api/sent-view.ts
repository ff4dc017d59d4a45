import { ocsfRenderer } from '../delivery/ocsf-renderer.ts';
import { renderSettings } from '../delivery/render-settings.ts';
import { sentEvent, sentTombstone } from '../delivery/sent-event.ts';
import { errorFields } from '../delivery/error-fields.ts';
import { openRedactionKey } from '../open-credentials.ts';
import type { Destination } from '../outbox/destination.ts';
import type { StoredRecord } from '../outbox/record-store.ts';
import type { SentPlace } from '../store/delivery-look.ts';
import type { ApiParts } from './api-parts.ts';
import { answerView, attemptsFor, attemptView } from './delivery-view.ts';
import type { Reader } from './reader.ts';
import { timeOrNull } from './time-text.ts';

/** Only a lane has a channel of its own; the event does not hold it. */
const NO_CHANNEL = '00000000-0000-4000-8000-000000000000';

/**
 * Where a record stands in each stream, and the event that stands there. Bytes are not kept: they are made again under the
 * settings of then, and the hash that was kept says whether they are the same.
 */
export async function sentView(
  parts: ApiParts,
  record: StoredRecord,
  reader: Reader,
): Promise<readonly object[]> {
  const views: object[] = [];
  for (const place of await parts.store.deliveries.readPlaces(record.recordId)) {
    const { destinationNo, destinationVersion } = place;
    const destination = await parts.store.delivery.readDestinationVersion(destinationNo, destinationVersion);
    if (destination === undefined) continue;
    views.push(await placeView(parts, record, place, destination, reader));
  }
  return views;
}

async function placeView(
  parts: ApiParts,
  record: StoredRecord,
  place: SentPlace,
  destination: Destination,
  reader: Reader,
): Promise<object> {
  const sha256 = Buffer.from(place.sha256).toString('hex');
  return {
    destination_id: destination.destinationId,
    destination_name: destination.name,
    destination_version: place.destinationVersion,
    kind: place.tombstone === undefined ? 'event' : 'tombstone',
    state: place.state,
    stream: { id: place.streamId, epoch: place.epoch ?? null, seq: place.seq },
    replayed: place.replayed,
    sha256,
    tombstone: place.tombstone === undefined ? null : tombstoneView(place),
    receipt:
      place.deliveredAtMs === undefined
        ? null
        : {
            delivered_at: timeOrNull(place.deliveredAtMs),
            answer: place.answer === undefined ? null : answerView(place.answer, reader),
            ack_id: place.ackId ?? null,
          },
    batch: { first_seq: place.batchFirstSeq, places: place.batchPlaces, sends: place.attempts },
    failed_sends: attemptsFor(reader, place.failedSends).map((attempt) => attemptView(attempt, reader)),
    ...(reader.payloads ? await madeAgain(parts, record, place, destination, sha256) : HIDDEN),
  };
}

const HIDDEN = { proof: 'hidden', event_text: null } as const;

/** The event's text once more, and whether it has the hash of the one that was sent. */
async function madeAgain(
  parts: ApiParts,
  record: StoredRecord,
  place: SentPlace,
  destination: Destination,
  sha256: string,
): Promise<{ readonly proof: string; readonly event_text: string | null }> {
  const { epoch, epochNo, streamId, seq, tombstone, replayed } = place;
  if (epoch === undefined) return { proof: 'epoch_unknown', event_text: null };
  try {
    const connector = parts.connect(destination, NO_CHANNEL);
    try {
      const rendering = {
        stream: { streamId, epochNo, epoch },
        workspaceId: destination.workspaceId,
        ocsf: renderSettings(destination, (one) => openRedactionKey(parts.sealer, one)),
        destinationVersion: place.destinationVersion,
        renderer: ocsfRenderer,
        connector,
      };
      const event =
        tombstone === undefined
          ? sentEvent({ source: 'attestation', ...record, replayed }, seq, rendering)
          : sentTombstone(tombstone, seq, rendering);
      if (event === undefined) return { proof: 'not_renderable', event_text: null };
      const same = Buffer.from(ocsfRenderer.sha256(event.text)).toString('hex') === sha256;
      return { proof: same ? 'same_bytes' : 'other_bytes', event_text: event.text };
    } finally {
      await connector.close();
    }
  } catch (error) {
    // A lost master key or redaction key, or settings of an older release: the rest of the story is shown all the same.
    parts.logger.warn(
      { ...errorFields(error), attestation_id: record.recordId },
      'an event cannot be made again',
    );
    return { proof: 'not_renderable', event_text: null };
  }
}

function tombstoneView({ tombstone }: SentPlace): object | null {
  if (tombstone === undefined) return null;
  return {
    reason: tombstone.reason,
    code: tombstone.dead?.code ?? null,
    original_sha256: tombstone.originalSha256,
    untaken: tombstone.untaken === true,
  };
}
