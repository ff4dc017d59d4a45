import type { EventBytes } from './connector.ts';

export interface Joints {
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/** A body of events. Where nothing stands between them and they lie one behind another already, they are not copied. */
export function joinEvents(events: readonly EventBytes[], joints?: Joints): Buffer {
  if (joints === undefined) return oneBehindAnother(events) ?? Buffer.concat(events);
  const [before, between, after] = [joints.before, joints.between, joints.after].map((text) =>
    Buffer.from(text),
  ) as [Buffer, Buffer, Buffer];
  const parts = events.flatMap((event, index) => (index === 0 ? [event] : [between, event]));
  return Buffer.concat([before, ...parts, after]);
}

/** The events as one view of the memory that all of them lie in, in this order and without a gap. */
function oneBehindAnother(events: readonly EventBytes[]): Buffer | undefined {
  const [first] = events;
  if (first === undefined) return undefined;
  let end = first.byteOffset;
  for (const { buffer, byteOffset, byteLength } of events) {
    if (buffer !== first.buffer || byteOffset !== end) return undefined;
    end += byteLength;
  }
  return Buffer.from(first.buffer, first.byteOffset, end - first.byteOffset);
}
