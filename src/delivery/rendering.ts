import type { RenderSettings, StreamKind, StreamPlace } from '../ocsf/ocsf-event.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Renderer } from './renderer.ts';

/** The stream that a lane numbers, as its events name it. */
export interface Stream {
  readonly streamId: string;
  readonly epochNo: number;
  readonly epoch: string;
}

/** All that decides the bytes of an event at a place, but for the record and the number. */
export interface Rendering {
  readonly stream: Stream;
  readonly workspaceId: string;
  readonly ocsf: RenderSettings;
  /** Version of the destination that these settings are from. */
  readonly destinationVersion: number;
  readonly renderer: Renderer;
  readonly connector: Pick<Connector, 'limits' | 'encode'>;
}

export function placeAt(
  stream: Stream,
  seq: number,
  kind: Exclude<StreamKind, 'test'>,
  replayed: boolean,
): StreamPlace {
  const place = { streamId: stream.streamId, epoch: stream.epoch, seq, kind };
  return replayed ? { ...place, replayed: true } : place;
}
