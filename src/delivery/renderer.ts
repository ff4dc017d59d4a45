import type { RenderResult } from '../ocsf/render-result.ts';
import type { OcsfEvent, OcsfSettings, RenderSettings, StreamPlace, WireEvent } from '../ocsf/ocsf-event.ts';
import type { Tombstone } from '../outbox/batch.ts';
import type { OpenRow } from '../outbox/delivery-store.ts';

/** What the engine needs of the mapping. Pure: the same arguments give the same bytes, today and after a restart. */
export interface Renderer {
  /** Names everything that decides the bytes of an event under these settings. */
  renderKey(settings: RenderSettings): string;
  /** A record as an event without a number, that it is left out, or why it cannot be an event. */
  renderRecord(row: Pick<OpenRow, 'source' | 'body' | 'recordId'>, settings: RenderSettings): RenderResult;
  /** Gives the event its place in the stream, its fingerprint where the settings ask for one, and its text. */
  stamp(event: OcsfEvent, place: StreamPlace, settings: OcsfSettings): WireEvent;
  /** A smaller event with the same identity and place, or undefined when even the smallest is larger than `maxSize`. */
  cutToFit(event: WireEvent, maxSize: number, measure: (event: WireEvent) => number): WireEvent | undefined;
  tombstone(tombstone: Tombstone, place: StreamPlace, workspaceId: string, settings: OcsfSettings): WireEvent;
  /** SHA-256 of the text in UTF-8. */
  sha256(text: string): Uint8Array;
}
