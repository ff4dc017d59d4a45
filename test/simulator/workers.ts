import { createDelivery } from '../../src/delivery/create-delivery.ts';
import type { Delivery, DeliveryOptions } from '../../src/delivery/create-delivery.ts';
import type { DeliveryLimits } from '../../src/delivery/delivery-limits.ts';
import type { DeliveryObserver } from '../../src/delivery/delivery-observer.ts';
import type { OpenCredentials } from '../../src/delivery/delivery-parts.ts';
import type { Renderer } from '../../src/delivery/renderer.ts';
import type { MemoryDeliveryStore } from '../../src/store/memory/memory-delivery-store.ts';
import type { MemoryProofStore } from '../../src/store/memory/memory-proof-store.ts';
import { CHECKPOINT_KEY, CHECKPOINT_MS } from './checkpoint-world.ts';
import { EventReader } from './arriving-event.ts';
import type { Faults } from './faults.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimEvent } from './sim-event.ts';
import { simulatedConnector } from './simulated-connector.ts';
import { SimulatedProcess } from './simulated-process.ts';
import type { SimulatedSiem } from './simulated-siem.ts';
import { StoreLink } from './simulated-store.ts';
import type { Trace } from './trace.ts';

export interface WorkersParts {
  readonly inner: MemoryDeliveryStore;
  readonly siems: ReadonlyMap<number, SimulatedSiem>;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly limits: DeliveryLimits;
  readonly renderer: Renderer;
  readonly isOut: () => boolean;
  /** In worlds whose streams are proved. */
  readonly proof: MemoryProofStore | undefined;
  readonly tell: (event: SimEvent) => void;
}

/** What is finished goes after a part of a world's life. */
const RETENTION_AGES = { receiptsMs: 25_000, attemptsMs: 25_000, skippedMs: 25_000 };

interface Worker {
  readonly process: SimulatedProcess;
  readonly delivery: Delivery;
  stopping: boolean;
}

/** The worker processes of a world: each is started again some time after it died or was stopped. */
export class Workers {
  readonly #parts: WorkersParts;
  readonly #places: (Worker | undefined)[] = [];
  readonly #reader = new EventReader();
  #runs = 0;
  #sends = 0;

  constructor(parts: WorkersParts) {
    this.#parts = parts;
  }

  start(count: number): void {
    for (let place = 0; place < count; place += 1) this.#startAt(place);
  }

  /** Whoever is down comes back now. */
  startAll(): void {
    for (const place of this.#places.keys()) this.#startAt(place);
  }

  async stopAll(): Promise<void> {
    await Promise.all(this.#places.flatMap((worker) => worker?.delivery.stop() ?? []));
  }

  wakeOne(): void {
    const worker = this.#parts.random.pick(this.#places);
    worker?.process.hear(0, () => worker.delivery.wake());
  }

  /** A signal, a stop or a jump of its clock, for one of them. */
  disturbOne(): void {
    const { random, faults, limits } = this.#parts;
    const place = random.between(0, this.#places.length - 1);
    const worker = this.#places[place];
    if (worker === undefined) return;
    const { process } = worker;
    if (faults.strikes('crash_at_any_time', 0.3)) process.crash();
    else if (faults.strikes('stalled_past_lease', 0.2))
      process.stall(2 * limits.leaseMs + random.between(0, 9_000));
    else if (faults.strikes('graceful_restart', 0.2)) this.#stop(place, worker);
    if (faults.strikes('wall_clock_forward', 0.2)) process.wallOffsetMs += random.between(1_000, 7_200_000);
    if (faults.strikes('wall_clock_back', 0.2)) process.wallOffsetMs -= random.between(1_000, 7_200_000);
  }

  #stop(place: number, worker: Worker): void {
    const { process, delivery } = worker;
    if (worker.stopping || process.stalled) return;
    worker.stopping = true;
    void delivery.stop(this.#parts.random.pick([0, 1_000, 10_000])).then(() => {
      // Its end is like a crash: whatever it still wanted to do does not happen any more.
      if (process.alive) this.#gone(place);
      process.crash();
    });
  }

  #gone(place: number): void {
    const { scheduler, random } = this.#parts;
    this.#places[place] = undefined;
    scheduler.after(random.between(0, 20_000), () => this.#startAt(place));
  }

  #startAt(place: number): void {
    if (this.#places[place] !== undefined) return;
    this.#runs += 1;
    const { scheduler, limits, renderer, trace, tell } = this.#parts;
    const process = new SimulatedProcess(`w${place}.${this.#runs}`, scheduler, () => {
      trace.add(scheduler.nowMs, () => `${process.name} is gone`);
      this.#gone(place);
    });
    const link = new StoreLink({ ...this.#parts, process });
    const log = (fields: Readonly<Record<string, unknown>>, message: string): void => {
      if (process.alive)
        tell({ kind: 'words', where: 'a log line', text: `${message} ${JSON.stringify(fields)}` });
    };
    const delivery = createDelivery({
      store: link.store,
      backlog: link.backlog,
      replays: link.replays,
      ...this.#proofOr(link),
      connect: (destination) => {
        const { destinationNo } = destination;
        const siem = this.#parts.siems.get(destinationNo);
        if (siem === undefined) throw new Error(`There is no SIEM ${destinationNo}`);
        return simulatedConnector({
          ...this.#parts,
          destinationNo,
          process,
          siem,
          reader: this.#reader,
          nextSendNo: () => (this.#sends += 1),
          token: () => link.tokens.get(destinationNo) ?? 0,
        });
      },
      openCredentials: this.#openCredentials,
      owner: process.name,
      logger: { info: log, warn: log, error: log },
      observer: this.#observerOf(process),
      clock: process.clock,
      random: () => this.#parts.random.next(),
      limits,
      renderer,
    });
    this.#places[place] = { process, delivery, stopping: false };
    delivery.start();
  }

  /** The proof in memory tells receipts by their place in a list: nothing is removed from it. */
  #proofOr(link: StoreLink): Pick<DeliveryOptions, 'checkpoints' | 'retention' | 'retentionAges'> {
    const { proof } = this.#parts;
    if (proof === undefined) return { retention: link.retention, retentionAges: RETENTION_AGES };
    const keys = [CHECKPOINT_KEY];
    const store = link.proof(proof);
    return {
      checkpoints: { store, keys: () => Promise.resolve(keys), everyMs: CHECKPOINT_MS, keepMs: 1e12 },
    };
  }

  readonly #openCredentials: OpenCredentials = (destination) => {
    if (this.#parts.faults.strikes('credentials_unreadable', 0.01)) {
      throw Object.assign(new Error(`Cannot open ${destination.sealed['token'] ?? ''}`), {
        code: 'key_missing',
      });
    }
    return destination.sealed;
  };

  #observerOf(process: SimulatedProcess): DeliveryObserver {
    const { tell, siems } = this.#parts;
    const numberOf = new Map([...siems.keys()].map((no) => [destinationIdOf(this.#parts.inner, no), no]));
    return {
      attempt: (event) => {
        const destinationNo = numberOf.get(event.destinationId);
        if (!process.alive || destinationNo === undefined) return;
        tell({ kind: 'attempt', process, destinationNo, event });
        tell({ kind: 'words', where: 'an attempt', text: `${event.code ?? ''} ${event.message}` });
      },
      healthChanged: ({ to }) => {
        if (process.alive)
          tell({ kind: 'words', where: 'a health', text: `${to.reason ?? ''} ${to.message ?? ''}` });
      },
      duplicates: ({ destinationId, cause, events }) => {
        const destinationNo = numberOf.get(destinationId);
        if (process.alive && destinationNo !== undefined) {
          tell({ kind: 'doubles_counted', destinationNo, cause, events });
        }
      },
    };
  }
}

function destinationIdOf(store: MemoryDeliveryStore, destinationNo: number): string | undefined {
  return store.tables.destinations.get(destinationNo)?.destinationId;
}
