import type { OcsfEvent, OcsfSettings, StreamPlace } from './ocsf-event.ts';
import { streamEvent } from './stream-event.ts';

export interface TombstoneFacts {
  /** Why the event does not stand here: `refused`, `unrenderable`, `re_rendered`. */
  readonly reason: string;
  /** `metadata.uid` of the event that should have stood here. */
  readonly metadataUid: string;
  /** SHA-256 in hex of that event, or of the record where there never was one. */
  readonly originalSha256: string;
  readonly timeMs: number;
  readonly workspaceId: string;
  /** Code and sentence of the refusal, where there was one. */
  readonly code?: string;
  readonly detail?: string;
}

/** Fills a place in the stream, so that the numbers stay without a gap and the loss is declared. Not stamped yet. */
export function tombstoneEvent(facts: TombstoneFacts, place: StreamPlace, settings: OcsfSettings): OcsfEvent {
  return streamEvent(
    {
      uid: `tombstone:${place.streamId}:${place.epoch}:${place.seq ?? 0}`,
      activity: 'Tombstone',
      eventCode: 'stream.tombstone',
      message: `The event ${facts.metadataUid} does not stand at this place of the stream: ${facts.reason}`,
      timeMs: facts.timeMs,
      workspaceId: facts.workspaceId,
      aegis: {
        tombstone: {
          reason: facts.reason,
          metadata_uid: facts.metadataUid,
          original_sha256: facts.originalSha256,
          ...(facts.code === undefined ? {} : { code: facts.code }),
          ...(facts.detail === undefined ? {} : { detail: facts.detail }),
        },
      },
    },
    settings,
  );
}
