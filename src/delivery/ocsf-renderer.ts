import { cutToFit } from '../ocsf/cut-to-fit.ts';
import { renderKey, renderRecord } from '../ocsf/render-record.ts';
import { placeEvent } from '../ocsf/place-event.ts';
import { tombstoneEvent } from '../ocsf/tombstone-event.ts';
import { eventSha256 } from '../ocsf/wire-event.ts';
import type { Renderer } from './renderer.ts';

/** The renderer of the product: `src/ocsf`, as the engine asks for it. */
export const ocsfRenderer: Renderer = Object.freeze<Renderer>({
  renderKey,
  renderRecord,
  stamp: placeEvent,
  cutToFit,
  tombstone: (tombstone, place, workspaceId, settings) => {
    const { reason, metadataUid, originalSha256, timeMs, dead } = tombstone;
    const facts = {
      reason,
      metadataUid,
      originalSha256,
      timeMs,
      workspaceId,
      ...(dead === undefined ? {} : { code: dead.code }),
      // What the remote said of an event is for the operator; sent back in a tombstone it could be refused again.
      ...(dead === undefined || reason !== 'unrenderable' ? {} : { detail: dead.message }),
    };
    return placeEvent(tombstoneEvent(facts, place, settings), place, settings);
  },
  sha256: eventSha256,
});
