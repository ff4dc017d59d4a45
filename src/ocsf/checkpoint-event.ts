import type { JsonObject } from '../json.ts';
import type { OcsfEvent, OcsfSettings, StreamPlace } from './ocsf-event.ts';
import { streamEvent } from './stream-event.ts';

/** What the event says outside of the signed body. */
export interface CheckpointFacts {
  readonly timeMs: number;
  readonly workspaceId: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  /** The signed body, as it is kept. */
  readonly body: JsonObject;
}

export function checkpointUid({ streamId, epoch, seq }: StreamPlace): string {
  return `checkpoint:${streamId}:${epoch}:${seq ?? 0}`;
}

/** States, on the same way as every other event, what the stream held up to here. Not stamped yet. */
export function checkpointEvent(
  facts: CheckpointFacts,
  place: StreamPlace,
  settings: OcsfSettings,
): OcsfEvent {
  const { fromSeq, toSeq } = facts;
  const covered =
    toSeq < fromSeq ? 'nothing new is finished' : `the numbers from ${fromSeq} to ${toSeq} are finished`;
  return streamEvent(
    {
      uid: checkpointUid(place),
      activity: 'Checkpoint',
      eventCode: 'stream.checkpoint',
      message: `Checkpoint of the stream: ${covered}`,
      timeMs: facts.timeMs,
      workspaceId: facts.workspaceId,
      aegis: { checkpoint: facts.body },
    },
    settings,
  );
}
