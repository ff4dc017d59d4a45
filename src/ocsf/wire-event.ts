import { hash } from 'node:crypto';
import type { OcsfEvent, WireEvent } from './ocsf-event.ts';

/** The event with its exact text. The text is made once; what goes on the wire and into the hash is this text. */
export function toWireEvent(event: OcsfEvent): WireEvent {
  const text = JSON.stringify(event);
  return { event, text, bytes: Buffer.byteLength(text) };
}

/** SHA-256 of the event's text in UTF-8: 32 bytes. */
export function eventSha256(text: string): Uint8Array {
  return hash('sha256', text, 'buffer');
}
