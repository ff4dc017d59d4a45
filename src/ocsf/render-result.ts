import type { OcsfEvent } from './ocsf-event.ts';

/** The code of a record that the filter of the destination leaves out: nothing is wrong with it. */
export const LEFT_OUT = 'left_out';

/** A record as an event without a number, or why it is none: code, JSON pointer and a sentence without values. */
export type RenderResult =
  | { readonly ok: true; readonly event: OcsfEvent }
  | { readonly ok: false; readonly code: string; readonly pointer: string; readonly message: string };
