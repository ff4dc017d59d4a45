import type { Renderer } from '../src/delivery/renderer.ts';
import { ocsfRenderer } from '../src/delivery/ocsf-renderer.ts';
import type { OcsfEvent } from '../src/ocsf/ocsf-event.ts';

/**
 * Sends what is stored as it is, as a sender without a mapping does: the number is spliced in front of the record's text, and the
 * text is hashed as usual. What the engine costs beside its mapping shows by it; nothing of the product uses it.
 */
export const storedTextRenderer: Renderer = Object.freeze<Renderer>({
  renderKey: () => 'stored-text',
  renderRecord: ({ body, recordId }) => ({ ok: true, event: { metadata: { uid: recordId }, body } }),
  stamp: (event, { streamId: id, epoch, seq = 0 }) => {
    const text = `{"sequence":${seq},${bodyOf(event).slice(1)}`;
    const stamped = { metadata: event['metadata'], unmapped: { aegis: { stream: { id, epoch, seq } } } };
    return { event: stamped, text, bytes: Buffer.byteLength(text) };
  },
  // No text of the bench is too large for a body, and none is refused.
  cutToFit: () => undefined,
  tombstone: (...facts) => ocsfRenderer.tombstone(...facts),
  sha256: (text) => ocsfRenderer.sha256(text),
});

function bodyOf({ body }: OcsfEvent): string {
  if (typeof body !== 'string') throw new Error('An event that this renderer did not make');
  return body;
}
