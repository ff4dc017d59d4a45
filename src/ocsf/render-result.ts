import type { OcsfEvent } from './ocsf-event.ts';

/** A record as an event without a number, or why it cannot be one: code, JSON pointer and a sentence without values. */
export type RenderResult =
  | { readonly ok: true; readonly event: OcsfEvent }
  | { readonly ok: false; readonly code: string; readonly pointer: string; readonly message: string };
