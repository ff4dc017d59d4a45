import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { streamEvent } from './stream-event.ts';

export interface TestFacts {
  /** A new UUID for each test. */
  readonly uid: string;
  readonly destinationId: string;
  readonly destinationName: string;
  readonly workspaceId: string;
  readonly timeMs: number;
}

/** The marked event that "test this destination" sends. Not stamped yet; it gets no number. */
export function testEvent(facts: TestFacts, settings: OcsfSettings): OcsfEvent {
  return streamEvent(
    {
      uid: facts.uid,
      activity: 'Test',
      eventCode: 'stream.test',
      message: `Test event of aegis-siem for the destination ${facts.destinationName}`,
      timeMs: facts.timeMs,
      workspaceId: facts.workspaceId,
      aegis: { test: { destination_id: facts.destinationId } },
    },
    settings,
  );
}
