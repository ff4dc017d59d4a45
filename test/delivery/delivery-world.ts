import { createDelivery } from '../../src/delivery/create-delivery.ts';
import type { Delivery, DeliveryOptions } from '../../src/delivery/create-delivery.ts';
import type {
  AttemptEvent,
  FinishedBatch,
  HealthChange,
  LaneEvent,
} from '../../src/delivery/delivery-observer.ts';
import { MemoryDeliveryStore } from '../../src/store/memory/memory-delivery-store.ts';
import { seedDestination, seedRecord } from '../../src/store/memory/memory-seed.ts';
import { FakeClock } from './fake-clock.ts';
import { FakeReceiver } from './fake-receiver.ts';
import type { Behaviour } from './fake-receiver.ts';
import { plainBody, plainRenderer } from './plain-renderer.ts';

/** What an observer saw, in order. */
export class Seen {
  readonly attempts: AttemptEvent[] = [];
  readonly health: HealthChange[] = [];
  readonly finished: FinishedBatch[] = [];
  readonly lanes: LaneEvent[] = [];
  readonly duplicates: Record<string, number> = {};
  readonly logged: string[] = [];
}

/** A store, a clock and receivers, and as many deliveries on them as a test starts. */
export class DeliveryWorld {
  readonly clock = new FakeClock();
  readonly seen = new Seen();
  readonly receivers = new Map<number, FakeReceiver>();
  store: MemoryDeliveryStore;
  #owners = 0;

  constructor() {
    this.store = new MemoryDeliveryStore(() => this.clock.nowMs());
  }

  destination(destinationNo: number, behaviour?: Behaviour): FakeReceiver {
    seedDestination(this.store.tables, { destinationNo });
    const receiver = new FakeReceiver(this.clock, behaviour);
    this.receivers.set(destinationNo, receiver);
    return receiver;
  }

  /** Records events `from` to `to` (both included) as `e<number>`. */
  record(from: number, to: number, extra: Parameters<typeof plainBody>[1] = {}): void {
    for (let number = from; number <= to; number += 1) {
      seedRecord(this.store.tables, { recordId: `e${number}`, body: plainBody(`e${number}`, extra) });
    }
  }

  start(options: Partial<DeliveryOptions> = {}): Delivery {
    this.#owners += 1;
    const log = (_: Readonly<Record<string, unknown>>, message: string): void => {
      this.seen.logged.push(message);
    };
    const delivery = createDelivery({
      store: this.store,
      connect: (destination) => {
        const receiver = this.receivers.get(destination.destinationNo);
        if (receiver === undefined) throw new Error(`There is no receiver ${destination.destinationNo}`);
        return receiver.connector(destination.config);
      },
      openCredentials: () => ({ token: 'opened' }),
      clock: this.clock,
      random: () => 0.5,
      owner: `owner-${this.#owners}`,
      renderer: plainRenderer(),
      logger: { info: log, warn: log, error: log },
      observer: {
        attempt: (event) => this.seen.attempts.push(event),
        healthChanged: (change) => this.seen.health.push(change),
        finished: (batch) => this.seen.finished.push(batch),
        lane: ({ event }) => this.seen.lanes.push(event),
        duplicates: ({ cause, events }) => {
          this.seen.duplicates[cause] = (this.seen.duplicates[cause] ?? 0) + events;
        },
      },
      ...options,
    });
    delivery.start();
    return delivery;
  }

  openRows(destinationNo = 1): number {
    return this.store.tables.outbox.get(destinationNo)?.size ?? 0;
  }

  openBatches(destinationNo = 1): number {
    return this.store.tables.batches.get(destinationNo)?.size ?? 0;
  }

  get settled(): boolean {
    return [...this.receivers.keys()].every((no) => this.openRows(no) === 0 && this.openBatches(no) === 0);
  }

  async untilSettled(maxMs: number): Promise<number> {
    return this.clock.until(() => this.settled, maxMs, 'every row being finished');
  }

  receiver(destinationNo = 1): FakeReceiver {
    const receiver = this.receivers.get(destinationNo);
    if (receiver === undefined) throw new Error(`There is no receiver ${destinationNo}`);
    return receiver;
  }

  /** Stops while the clock goes on. */
  async stop(delivery: Delivery, graceMs?: number): Promise<void> {
    let stopped = false;
    const stopping = delivery.stop(graceMs).then(() => {
      stopped = true;
    });
    await this.clock.until(() => stopped, 120_000, 'the delivery having stopped');
    await stopping;
  }
}
