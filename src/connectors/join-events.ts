import type { EncodedEvent } from './connector.ts';

export interface Joints {
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

const NOTHING: Joints = { before: '', between: '', after: '' };

/**
 * A body of events, in UTF-8. Each piece is encoded alone: joined to one string first, a single character outside of
 * Latin-1 would make all of it a string of two-byte units, which is several times dearer to encode.
 */
export function joinEvents(
  events: readonly EncodedEvent[],
  { before, between, after }: Joints = NOTHING,
): Buffer {
  let length = Buffer.byteLength(before) + Buffer.byteLength(after);
  for (const event of events) length += event.bytes;
  length += Math.max(0, events.length - 1) * Buffer.byteLength(between);
  const body = Buffer.allocUnsafe(length);
  let at = body.write(before);
  for (const [index, { pieces }] of events.entries()) {
    if (index > 0) at += body.write(between, at);
    for (const piece of pieces) at += body.write(piece, at);
  }
  at += body.write(after, at);
  if (at !== length) throw new Error(`A body of ${length} bytes was announced, and ${at} were written`);
  return body;
}
