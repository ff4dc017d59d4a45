import { hashAt } from '../../../src/outbox/batch-places.ts';
import type { Evidence, Invariant } from './invariant.ts';

/** Every place of a request stands in an open batch of the store, with these bytes, before the request leaves. */
export function writtenBeforeSent({ tables }: Evidence): Invariant {
  return {
    name: 'written_before_sent',
    on: {
      send_started: ({ send: { destinationNo, token, events } }) => {
        // An owner that lost its lane may not know it yet: others may have finished what it holds.
        if (tables.lanes.get(destinationNo)?.token !== token) return undefined;
        const batches = [...(tables.batches.get(destinationNo)?.values() ?? [])];
        for (const { seq, sha256, uid } of events) {
          const holds = batches.some((batch) => {
            const index = seq - batch.firstSeq;
            if (index < 0 || index >= batch.recordNos.length) return false;
            return Buffer.from(hashAt(batch, index)).toString('hex') === sha256;
          });
          if (!holds)
            return `destination ${destinationNo}: number ${seq} (${uid}) is sent and no open batch holds it`;
        }
        return undefined;
      },
    },
  };
}
