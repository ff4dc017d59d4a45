import type { PreviewingConnector, RequestPreview } from '../connectors/connector.ts';
import { errorFields } from '../delivery/error-fields.ts';
import { ocsfRenderer } from '../delivery/ocsf-renderer.ts';
import { previewEvent } from '../delivery/preview-event.ts';
import { type OpenRedactionKey, renderSettings } from '../delivery/render-settings.ts';
import type { RenderSettings } from '../ocsf/ocsf-event.ts';
import { RedactionKeyError } from '../ocsf/redaction/redaction-key.ts';
import type { Destination } from '../outbox/destination.ts';
import type { ApiParts } from './api-parts.ts';

/** Only a lane has a channel of its own. */
const CHANNEL = '[the channel of the lane]';
const UNUSABLE_SETTINGS = 'unusable_settings';

/** A checked record. */
export interface PreviewRecord {
  readonly recordId: string;
  readonly workspaceId: string;
  readonly body: string;
}

/**
 * What this record would give for this destination, by the code that delivers. Never sends, and gives out no number: the
 * next one of the stream is shown.
 */
export async function previewDelivery(
  parts: ApiParts,
  destination: Destination,
  record: PreviewRecord,
  openKey: OpenRedactionKey,
): Promise<object> {
  const { streamId, epoch, nextSeq } = await parts.store.admin.readProgress(destination.destinationNo);
  const common = {
    destination_id: destination.destinationId,
    attestation_id: record.recordId,
    stream: { id: streamId, epoch, seq: nextSeq },
    notes: notesOn(destination, record),
  };
  const none = { request: null, event_bytes: null, error: null };
  const ready = await makeReady(parts, destination, openKey);
  if ('error' in ready) return { ...common, ...none, outcome: 'held', error: ready.error };
  const { connector, ocsf } = ready;
  try {
    const preview = previewEvent(
      { source: 'attestation', ...record },
      nextSeq,
      {
        stream: { streamId, epoch, epochNo: 0 },
        workspaceId: destination.workspaceId,
        ocsf,
        destinationVersion: destination.rowVersion,
        renderer: ocsfRenderer,
        connector,
      },
      parts.clock.nowMs(),
    );
    const { outcome } = preview;
    if (outcome === 'left_out') return { ...common, ...none, outcome };
    const request = requestView(preview.request);
    return outcome === 'sent'
      ? { ...common, ...none, outcome, request, event_bytes: preview.eventBytes }
      : { ...common, ...none, outcome, request, error: preview.dead };
  } finally {
    await connector.close();
  }
}

type Ready =
  | { readonly connector: PreviewingConnector; readonly ocsf: RenderSettings }
  | { readonly error: { readonly code: string; readonly message: string } };

async function makeReady(
  parts: ApiParts,
  destination: Destination,
  openKey: OpenRedactionKey,
): Promise<Ready> {
  try {
    const ocsf = renderSettings(destination, openKey);
    return { ocsf, connector: parts.connect(destination, CHANNEL) };
  } catch (error) {
    const { error: message } = errorFields(error);
    return { error: { code: error instanceof RedactionKeyError ? error.code : UNUSABLE_SETTINGS, message } };
  }
}

function requestView({ method, url, headers, body }: RequestPreview): object {
  return {
    method,
    url: url.href,
    headers,
    body: new TextDecoder().decode(body),
    body_bytes: body.byteLength,
  };
}

/** What the body alone does not say. */
function notesOn({ workspaceId, state, sources }: Destination, record: PreviewRecord): readonly string[] {
  return [
    'The number is the next one of the stream; another event may take it first.',
    'The body is shown before compression, with this event alone.',
    ...(record.workspaceId === workspaceId
      ? []
      : [`The attestation is of another workspace: this destination gets those of ${workspaceId} only.`]),
    ...(sources.includes('attestations') ? [] : ['This destination gets no attestations (`sources`).']),
    ...(state === 'active' ? [] : [`The destination is ${state}.`]),
  ];
}
