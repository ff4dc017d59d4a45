import assert from 'node:assert/strict';
import type { Connector } from '../../src/connectors/connector.ts';
import type { Outcome } from '../../src/connectors/outcome.ts';
import { createDelivery } from '../../src/delivery/create-delivery.ts';
import type { DeliveryLimits } from '../../src/delivery/delivery-limits.ts';
import type { WireEvent } from '../../src/ocsf/ocsf-event.ts';
import type { DeliveryStore } from '../../src/outbox/delivery-store.ts';
import type { Destination } from '../../src/outbox/destination.ts';
import type { Store } from '../../src/store/store.ts';
import { eventsOf, plainEncoding } from '../support/plain-encoding.ts';
import { plainRenderer } from './plain-renderer.ts';

export interface TakenEvent {
  readonly uid: string;
  readonly seq: number;
}

export interface ShortDelivery {
  /** In the order in which they were taken, doubles and all. */
  readonly taken: readonly TakenEvent[];
  /** Events that were counted as possibly doubled. */
  readonly counted: number;
}

export interface ShortDeliverySettings {
  /** Where it is looked up whether all is done; not the store that may fail. */
  readonly store: Store;
  readonly destination: Destination;
  /** `metadata.uid` of the event that the destination refuses. */
  readonly bad: string;
  readonly about: string;
}

const WITHIN_MS = 20_000;

/** Short enough for hundreds of runs, in the proportions of the defaults. Calls that come by the clock alone are kept out. */
const LIMITS: Partial<DeliveryLimits> = {
  backoffFirstMs: 2,
  backoffMaxMs: 4,
  backoffFloorMs: 1,
  holdProbeMs: 3,
  storeRetryFirstMs: 2,
  storeRetryMaxMs: 4,
  smallSendGapMs: 0,
  reconcileStepPauseMs: 0,
  pollMs: 25,
  secondLookMs: 5,
  thirdLookMs: 10,
  maxInFlight: 1,
  maxBatchEvents: 8,
  ackPollMs: 4,
  ackPollAtEndMs: 4,
  ackTimeoutMs: 12,
};

/**
 * Delivers to a destination that makes the engine use everything it has: it finds the first request too big, the third one
 * ill-timed, refuses one event for good, acknowledges one batch late and another never.
 */
export async function deliverOnce(
  failing: DeliveryStore,
  { store, destination, bad, about }: ShortDeliverySettings,
): Promise<ShortDelivery> {
  const taken: TakenEvent[] = [];
  let counted = 0;
  const finished = new Set<() => void>();
  const delivery = createDelivery({
    store: failing,
    connect: () => difficultConnector(bad, taken),
    openCredentials: () => ({ token: 'opened' }),
    owner: `owner of ${destination.destinationId}`,
    renderer: plainRenderer(),
    limits: LIMITS,
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    observer: {
      finished: () => {
        for (const look of finished) look();
      },
      duplicates: ({ events }) => {
        counted += events;
      },
    },
  });
  delivery.start();
  const deadlineMs = performance.now() + WITHIN_MS;
  for (;;) {
    const { openRows, openBatches } = await store.admin.readProgress(destination.destinationNo);
    if (openRows === 0 && openBatches === 0) break;
    assert.ok(
      performance.now() < deadlineMs,
      `${about}: ${openRows} rows and ${openBatches} batches are open`,
    );
    // A batch may be finished without our hearing of it: the answer of the store is what was lost.
    await eitherWithin(finished, 10);
  }
  await delivery.stop();
  return { taken, counted };
}

async function eitherWithin(listeners: Set<() => void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  listeners.add(resolve);
  await promise;
  listeners.delete(resolve);
  clearTimeout(timer);
}

function difficultConnector(bad: string, taken: TakenEvent[]): Connector {
  let requests = 0;
  const neverConfirmed = new Set<number>();
  const take = (events: readonly WireEvent[]): void => {
    taken.push(...events.map(({ event }) => placeOf(event)));
  };
  const answer = (status: number, message: string) => ({ status, message, durationMs: 1 });
  const judge = (events: readonly WireEvent[]): Outcome => {
    requests += 1;
    if (requests === 1 && events.length > 1) return { kind: 'too_big', answer: answer(413, 'too big') };
    if (requests === 3) return { kind: 'transient', answer: answer(500, 'not now') };
    const culprit = events.findIndex(({ event }) => placeOf(event).uid === bad);
    if (culprit !== -1) {
      const refused = answer(400, 'refused');
      if (events.length === 1) return { kind: 'poison', answer: refused };
      take(events.slice(0, culprit));
      return { kind: 'partial', taken: culprit, culprit, cause: 'poison', answer: refused };
    }
    take(events);
    if (requests === 4 || requests === 5) {
      if (requests === 4) neverConfirmed.add(requests);
      return { kind: 'accepted', ackId: requests, answer: answer(200, 'accepted') };
    }
    return { kind: 'delivered', answer: answer(200, 'ok') };
  };
  return {
    type: 'splunk_hec',
    address: 'https://splunk.example.com',
    limits: { maxEvents: 100, maxBodyBytes: 100_000, perEventOverheadBytes: 1, maxEventSize: 10_000 },
    encode: plainEncoding,
    send: (events) => Promise.resolve(judge(eventsOf(events))),
    confirm: (ackIds) => Promise.resolve({ confirmed: ackIds.filter((id) => !neverConfirmed.has(id)) }),
    close: () => Promise.resolve(),
  };
}

function placeOf(event: WireEvent['event']): TakenEvent {
  const { uid, sequence } = event['metadata'] as { readonly uid: string; readonly sequence: number };
  return { uid, seq: sequence };
}
