import type { EventBytes } from './connector.ts';

export interface Joints {
  readonly before: string;
  readonly between: string;
  readonly after: string;
}

/** A body of events. */
export function joinEvents(events: readonly EventBytes[], joints?: Joints): Buffer {
  if (joints === undefined) return Buffer.concat(events);
  const [before, between, after] = [joints.before, joints.between, joints.after].map((text) =>
    Buffer.from(text),
  ) as [Buffer, Buffer, Buffer];
  const parts = events.flatMap((event, index) => (index === 0 ? [event] : [between, event]));
  return Buffer.concat([before, ...parts, after]);
}
