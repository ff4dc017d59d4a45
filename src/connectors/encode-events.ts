import type { EncodedEvent, EventBytes } from './connector.ts';

/**
 * The events in UTF-8, each a view of one piece of memory. Thousands of texts kept until a destination answers would be
 * copied by the garbage collector again and again; this memory it leaves alone. Each text is encoded alone: joined to one
 * string first, a single character outside of Latin-1 would make all of it a string of two-byte units, several times dearer
 * to encode. `memory`: where they are put, for one who has some; it must be large enough.
 */
export function eventBytes(
  events: readonly EncodedEvent[],
  memory: Buffer = Buffer.allocUnsafeSlow(events.reduce((sum, event) => sum + event.bytes, 0)),
): EventBytes[] {
  let at = 0;
  return events.map(({ pieces, bytes }) => {
    const start = at;
    for (const piece of pieces) at += memory.write(piece, at);
    if (at - start !== bytes)
      throw new Error(`An event of ${bytes} bytes was announced, and is ${at - start}`);
    return memory.subarray(start, at);
  });
}
