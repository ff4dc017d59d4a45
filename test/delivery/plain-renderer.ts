import { hash } from 'node:crypto';
import type { Renderer } from '../../src/delivery/renderer.ts';
import type { JsonObject } from '../../src/json.ts';
import { LEFT_OUT } from '../../src/ocsf/render-result.ts';
import type { OcsfEvent, StreamPlace, WireEvent } from '../../src/ocsf/ocsf-event.ts';

interface PlainBody {
  readonly uid: string;
  readonly time: number;
  readonly text?: string;
  readonly broken?: boolean;
  readonly leftOut?: boolean;
}

/** A body for `plainRenderer`: `broken` is a record that no event can be made of. */
export function plainBody(
  uid: string,
  extra: { text?: string; broken?: boolean; leftOut?: boolean } = {},
): string {
  return JSON.stringify({ uid, time: 1_700_000_000_000, ...extra });
}

/** A renderer with the least that the engine can see: identity, place, time. `version` stands for a changed renderer. */
export function plainRenderer(version = 'v1'): Renderer {
  return {
    renderKey: (settings) => `${version}/${settings.classUid}/${settings.version}`,
    renderRecord: (row) => {
      const body = JSON.parse(row.body) as PlainBody;
      if (body.leftOut === true) return { ok: false, code: LEFT_OUT, pointer: '', message: 'left out' };
      if (body.broken === true) {
        return { ok: false, code: 'broken', pointer: '/broken', message: 'The record is broken' };
      }
      return {
        ok: true,
        event: { time: body.time, metadata: { uid: body.uid }, text: body.text ?? '', made_by: version },
      };
    },
    stamp: (event, place) => wire(stamped(event, place)),
    cutToFit: (event, maxSize, measure) => {
      const cut = wire({ ...event.event, text: 'cut' });
      return measure(cut) <= maxSize ? cut : undefined;
    },
    tombstone: (tombstone, place, workspaceId) =>
      wire(
        stamped(
          {
            time: tombstone.timeMs,
            metadata: { uid: `${place.streamId}:${place.epoch}:${place.seq ?? 0}` },
            reason: tombstone.reason,
            original_uid: tombstone.metadataUid,
            original_sha256: tombstone.originalSha256,
            workspaceId,
          },
          place,
        ),
      ),
    sha256: (text) => hash('sha256', text, 'buffer'),
  };
}

function stamped(event: OcsfEvent, place: StreamPlace): OcsfEvent {
  const metadata = event['metadata'] as JsonObject;
  const stream: JsonObject = {
    id: place.streamId,
    epoch: place.epoch,
    kind: place.kind,
    ...(place.seq === undefined ? {} : { seq: place.seq }),
    ...(place.replayed === true ? { replayed: true } : {}),
  };
  return { ...event, metadata: { ...metadata, sequence: place.seq ?? 0 }, stream };
}

function wire(event: OcsfEvent): WireEvent {
  const text = JSON.stringify(event);
  return { event, text, bytes: Buffer.byteLength(text) };
}
