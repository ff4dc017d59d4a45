import { ocsfRenderer } from '../../src/delivery/ocsf-renderer.ts';
import { MemoryDeliveryStore } from '../../src/store/memory/memory-delivery-store.ts';
import { MemoryProofStore } from '../../src/store/memory/memory-proof-store.ts';
import { seedDestination } from '../../src/store/memory/memory-seed.ts';
import { plainRenderer } from '../delivery/plain-renderer.ts';
import type { FaultClass } from './fault-class.ts';
import { Faults } from './faults.ts';
import { SECRET_WORD } from './invariants/no-secret-in-trace.ts';
import { Judge } from './judge.ts';
import { Ledger } from './ledger.ts';
import { Operator } from './operator.ts';
import { attestationBody, plainRecordBody } from './record-body.ts';
import { Recorder } from './recorder.ts';
import { Scheduler } from './scheduler.ts';
import { SeededRandom } from './seeded-random.ts';
import type { SimEvent } from './sim-event.ts';
import { WALL_START_MS } from './simulated-process.ts';
import { SimulatedSiem } from './simulated-siem.ts';
import type { SiemNature } from './simulated-siem.ts';
import { Trace } from './trace.ts';
import { Workers } from './workers.ts';
import { randomNature, randomShape } from './world-shape.ts';
import type { WorldShape } from './world-shape.ts';

export interface SceneOptions {
  readonly trace?: boolean;
  /** Only these faults; absent: a random part of all. */
  readonly faults?: readonly FaultClass[];
  readonly shape?: Partial<WorldShape>;
  /** Over the random nature of a destination's SIEM. */
  readonly natureOf?: (destinationNo: number) => Partial<SiemNature>;
  readonly watch?: (event: SimEvent) => void;
}

/** Everything that a story needs, put together: one store, its destinations, the workers, and the people. */
export class Scene {
  readonly random: SeededRandom;
  readonly scheduler: Scheduler;
  readonly shape: WorldShape;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly ledger = new Ledger();
  readonly siems = new Map<number, SimulatedSiem>();
  readonly store: MemoryDeliveryStore;
  readonly judge: Judge;
  readonly recorder: Recorder;
  readonly operator: Operator;
  readonly workers: Workers;
  /** The clock of the store is ahead of true time by this. */
  storeOffsetMs = 0;
  storeOutUntilMs = 0;

  constructor(seed: number, options: SceneOptions) {
    this.random = new SeededRandom(seed, 1);
    const order = new SeededRandom(seed, 2);
    this.scheduler = new Scheduler(() => order.next());
    this.shape = { ...randomShape(this.random), ...options.shape };
    this.faults = new Faults(new SeededRandom(seed, 3), options.faults);
    this.trace = new Trace(options.trace === true);
    const wallMs = (): number => Math.floor(WALL_START_MS + this.scheduler.nowMs);
    this.store = new MemoryDeliveryStore(() => wallMs() + this.storeOffsetMs);
    const { ledger, siems, scheduler, random, faults, trace } = this;
    const { tables } = this.store;
    const { limits, poisonShare, realMapping } = this.shape;
    this.judge = new Judge(
      { tables, ledger, siems, scheduler, limits, proved: this.shape.checkpoints },
      trace,
    );
    const tell = (event: SimEvent): void => {
      options.watch?.(event);
      this.judge.tell(event);
    };
    // What is recorded and enabled carries the time of the store, whose clock people set.
    const nowMs = (): number => wallMs() + this.storeOffsetMs;
    const common = { tables, ledger, siems, scheduler, random, faults, trace, nowMs, tell };
    this.#addDestinations(options, tell, nowMs());
    this.workers = new Workers({
      ...common,
      inner: this.store,
      limits,
      renderer: realMapping ? ocsfRenderer : plainRenderer(),
      proof: this.shape.checkpoints ? new MemoryProofStore(this.store) : undefined,
      isOut: () => this.storeOutUntilMs > scheduler.nowMs,
    });
    this.operator = new Operator(common);
    this.recorder = new Recorder({
      ...common,
      poisonShare,
      makeBody: realMapping ? attestationBody : plainRecordBody,
      wake: () => this.workers.wakeOne(),
    });
  }

  /** What is not finished yet, in words; nothing when all is. */
  whatIsLeft(): string {
    const { tables } = this.store;
    const left: string[] = [];
    for (const { destinationNo, state } of tables.destinations.values()) {
      if (state === 'deleted') continue;
      const rows = tables.outbox.get(destinationNo)?.size ?? 0;
      const batches = tables.batches.get(destinationNo)?.size ?? 0;
      const behind = tables.lastRecordNo - (tables.reconcilerMarks.get(destinationNo) ?? 0);
      if (rows + batches + behind > 0) {
        left.push(
          `destination ${destinationNo} has ${rows} rows, ${batches} batches, ${behind} records not looked at`,
        );
      }
    }
    const replaying = [...tables.replays.values()].filter(
      ({ status, feeding }) => status === 'running' || feeding.length > 0,
    );
    if (replaying.length > 0) left.push(`${replaying.length} replays are under way`);
    if (tables.missed.size > 0) left.push(`${tables.missed.size} notes of failed enqueues`);
    return left.join('; ');
  }

  #addDestinations(options: SceneOptions, tell: (event: SimEvent) => void, activeSinceMs: number): void {
    const { random, faults, ledger, scheduler } = this;
    for (let destinationNo = 1; destinationNo <= this.shape.destinations; destinationNo += 1) {
      const token = `${SECRET_WORD}-${destinationNo}-0`;
      seedDestination(this.store.tables, { destinationNo, sealed: { token }, activeSinceMs });
      const nature = { ...randomNature(random), ...options.natureOf?.(destinationNo) };
      const parts = { destinationNo, nature, random, faults, ledger, scheduler, tell };
      this.siems.set(destinationNo, new SimulatedSiem(parts, token));
    }
  }
}
