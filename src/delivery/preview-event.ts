import type { PreviewingConnector, RequestPreview } from '../connectors/connector.ts';
import { LEFT_OUT } from '../ocsf/render-result.ts';
import type { DeadReason } from '../outbox/batch.ts';
import type { OpenRow } from '../outbox/delivery-store.ts';
import { renderPlace } from './form-batch.ts';
import { readyEvents } from './ready-event.ts';
import type { Rendering } from './rendering.ts';

/** What would become of a record at a destination. */
export type EventPreview =
  | { readonly outcome: 'sent'; readonly request: RequestPreview; readonly eventBytes: number }
  | { readonly outcome: 'left_out' }
  /** It becomes a dead letter; the request carries the tombstone that takes its place. */
  | { readonly outcome: 'refused'; readonly request: RequestPreview; readonly dead: DeadReason };

/** Renders one record as a lane would, alone and at this number of the stream, and sends nothing. */
export function previewEvent(
  row: Pick<OpenRow, 'source' | 'body' | 'recordId'>,
  seq: number,
  rendering: Rendering & { readonly connector: Pick<PreviewingConnector, 'preview'> },
  nowMs: number,
): EventPreview {
  const place = renderPlace({ ...row, recordNo: 0, replayed: false }, 0, seq, rendering, nowMs);
  if (place === LEFT_OUT) return { outcome: 'left_out' };
  const bytes = readyEvents([place]).map((event) => event.bytes);
  const request = rendering.connector.preview(bytes);
  const dead = place.tombstone?.dead;
  return dead === undefined
    ? { outcome: 'sent', request, eventBytes: place.encoded.bytes }
    : { outcome: 'refused', request, dead };
}
