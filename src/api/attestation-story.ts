import { renderSettings } from '../delivery/render-settings.ts';
import { RedactionKeyError } from '../ocsf/redaction/redaction-key.ts';
import { renderRecord } from '../ocsf/render-record.ts';
import type { RenderResult } from '../ocsf/render-result.ts';
import { openRedactionKey } from '../open-credentials.ts';
import type { Destination } from '../outbox/destination.ts';
import type { StoredRecord } from '../outbox/record-store.ts';
import { StoreError } from '../store/store-error.ts';
import type { ApiParts } from './api-parts.ts';
import { deliveryView } from './delivery-view.ts';
import { ocsfView } from './ocsf-settings-view.ts';
import type { Reader } from './reader.ts';
import { timeText } from './time-text.ts';

/** Destinations that one answer renders for. */
const MAX_RENDERINGS = 100;

/**
 * The story of one attestation as JSON text: the record as received, its event for each destination of its workspace, and
 * its deliveries. The record is shown also when the outbox cannot be read.
 */
export async function attestationStory(
  parts: ApiParts,
  record: StoredRecord,
  reader: Reader,
): Promise<string> {
  const story = {
    attestation_id: record.recordId,
    workspace_id: record.workspaceId,
    record_no: record.recordNo,
    recorded_at: timeText(record.recordedAtMs),
    ...(await deliveriesOf(parts, record, reader)),
    renderings: reader.payloads ? await renderingsOf(parts, record) : null,
  };
  // The record last, spliced in as the text that it is: it was checked to be one JSON object when it was recorded.
  return `${JSON.stringify(story).slice(0, -1)},"record":${reader.payloads ? record.body : 'null'}}`;
}

async function deliveriesOf(parts: ApiParts, record: StoredRecord, reader: Reader): Promise<object> {
  try {
    const deliveries = await parts.store.admin.listDeliveriesOf(record.recordId);
    return { deliveries: deliveries.map((delivery) => deliveryView(delivery, reader)) };
  } catch (error) {
    parts.logger.warn(
      { err: error, attestation_id: record.recordId },
      'the deliveries of a record cannot be read',
    );
    return { deliveries: null, unavailable: unavailable(error) };
  }
}

async function renderingsOf(parts: ApiParts, record: StoredRecord): Promise<readonly object[] | null> {
  try {
    const page = await parts.store.admin.listDestinations(
      { workspaceId: record.workspaceId },
      { limit: MAX_RENDERINGS },
    );
    return page.items.map((destination) => rendering(parts, destination, record));
  } catch (error) {
    parts.logger.warn({ err: error, attestation_id: record.recordId }, 'the destinations cannot be read');
    return null;
  }
}

function rendering(parts: ApiParts, destination: Destination, record: StoredRecord): object {
  const rendered = renderedFor(parts, destination, record);
  return {
    destination_id: destination.destinationId,
    destination_name: destination.name,
    ocsf: ocsfView(destination.ocsf),
    event: rendered.ok ? rendered.event : null,
    error: rendered.ok ? null : { code: rendered.code, pointer: rendered.pointer, message: rendered.message },
  };
}

/** Redacted as for the destination. Where that cannot be done the event is not shown either. */
function renderedFor({ sealer }: ApiParts, destination: Destination, { body }: StoredRecord): RenderResult {
  try {
    const settings = renderSettings(destination, (one) => openRedactionKey(sealer, one));
    return renderRecord({ source: 'attestation', body }, settings);
  } catch (error) {
    if (!(error instanceof RedactionKeyError)) throw error;
    return { ok: false, code: error.code, pointer: '', message: error.message };
  }
}

function unavailable(error: unknown): { readonly code: string; readonly message: string } {
  return error instanceof StoreError
    ? { code: error.code, message: error.message }
    : { code: 'store_failed', message: 'The deliveries cannot be read now.' };
}
