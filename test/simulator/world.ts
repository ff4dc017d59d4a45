import { MemoryDeliveryStore } from '../../src/store/memory/memory-delivery-store.ts';
import { seedDestination } from '../../src/store/memory/memory-seed.ts';
import { plainBody, plainRenderer } from '../delivery/plain-renderer.ts';
import type { FaultClass, FaultCounts } from './fault-class.ts';
import { Faults } from './faults.ts';
import { SECRET_WORD } from './invariants/no-secret-in-trace.ts';
import { Judge } from './judge.ts';
import type { Violation } from './judge.ts';
import { Ledger } from './ledger.ts';
import { Operator } from './operator.ts';
import { Recorder } from './recorder.ts';
import { Scheduler } from './scheduler.ts';
import { SeededRandom } from './seeded-random.ts';
import { BAD_MOODS } from './siem-mood.ts';
import { WALL_START_MS } from './simulated-process.ts';
import { SimulatedSiem } from './simulated-siem.ts';
import { Trace } from './trace.ts';
import { Workers } from './workers.ts';
import { randomNature, randomShape } from './world-shape.ts';
import type { WorldShape } from './world-shape.ts';

export interface WorldResult {
  readonly seed: number;
  readonly violation: Violation | undefined;
  readonly faults: FaultCounts;
  readonly doubles: Readonly<Record<string, number>>;
  readonly records: number;
  readonly eventsTaken: number;
  readonly requests: number;
  readonly simulatedMs: number;
  readonly steps: number;
  readonly trace: Trace;
}

export interface WorldOptions {
  readonly trace?: boolean;
  /** Only these faults; absent: a random part of all. */
  readonly faults?: readonly FaultClass[];
  readonly shape?: Partial<WorldShape>;
}

/** How long a world may take to come to rest once its faults have stopped. */
const DRAIN_WITHIN_MS = 1_200_000;
/** In the quiet phase events still come now and then: a refused one waits until its destination takes another. */
const QUIET_RECORD_EVERY_MS = 7_000;

/** One seed: a world of workers, destinations and people, first with faults, then without, until everything has drained. */
export async function runWorld(seed: number, options: WorldOptions = {}): Promise<WorldResult> {
  return new World(seed, options).run();
}

class World {
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #scheduler: Scheduler;
  readonly #shape: WorldShape;
  readonly #faults: Faults;
  readonly #trace: Trace;
  readonly #ledger = new Ledger();
  readonly #siems = new Map<number, SimulatedSiem>();
  readonly #store: MemoryDeliveryStore;
  readonly #judge: Judge;
  readonly #recorder: Recorder;
  readonly #operator: Operator;
  readonly #workers: Workers;
  #storeOffsetMs = 0;
  #storeOutUntilMs = 0;

  constructor(seed: number, options: WorldOptions) {
    this.#seed = seed;
    this.#random = new SeededRandom(seed, 1);
    const order = new SeededRandom(seed, 2);
    this.#scheduler = new Scheduler(() => order.next());
    this.#shape = { ...randomShape(this.#random), ...options.shape };
    this.#faults = new Faults(new SeededRandom(seed, 3), options.faults);
    this.#trace = new Trace(options.trace === true);
    this.#store = new MemoryDeliveryStore(() => Math.floor(this.#wallMs() + this.#storeOffsetMs));
    const { tables } = this.#store;
    this.#judge = new Judge(
      {
        tables,
        ledger: this.#ledger,
        siems: this.#siems,
        scheduler: this.#scheduler,
        limits: this.#shape.limits,
      },
      this.#trace,
    );
    const common = {
      tables,
      ledger: this.#ledger,
      siems: this.#siems,
      scheduler: this.#scheduler,
      random: this.#random,
      faults: this.#faults,
      trace: this.#trace,
      nowMs: () => Math.floor(this.#wallMs()),
      tell: this.#judge.tell,
    };
    this.#addDestinations();
    this.#workers = new Workers({
      ...common,
      inner: this.#store,
      limits: this.#shape.limits,
      renderer: plainRenderer(),
      isOut: () => this.#storeOutUntilMs > this.#scheduler.nowMs,
    });
    this.#operator = new Operator(common);
    this.#recorder = new Recorder({
      ...common,
      poisonShare: this.#shape.poisonShare,
      makeBody: (uid, broken, padding) => plainBody(uid, { text: 'x'.repeat(padding), broken }),
      wake: () => this.#workers.wakeOne(),
    });
  }

  async run(): Promise<WorldResult> {
    const { chaosMs, processes } = this.#shape;
    this.#workers.start(processes);
    this.#planRecords();
    this.#plan(chaosMs / 25, () => this.#operator.act());
    this.#plan(chaosMs / 12, () => this.#changeMood());
    this.#plan(chaosMs / 12, () => this.#disturb());
    await this.#scheduler.run(() => this.#judge.violation !== undefined, chaosMs);
    if (this.#judge.violation === undefined) await this.#comeToRest();
    return this.#result();
  }

  #wallMs(): number {
    return WALL_START_MS + this.#scheduler.nowMs;
  }

  #addDestinations(): void {
    for (let destinationNo = 1; destinationNo <= this.#shape.destinations; destinationNo += 1) {
      const token = `${SECRET_WORD}-${destinationNo}-0`;
      seedDestination(this.#store.tables, { destinationNo, sealed: { token } });
      const siem = new SimulatedSiem(
        {
          destinationNo,
          nature: randomNature(this.#random),
          random: this.#random,
          faults: this.#faults,
          ledger: this.#ledger,
          scheduler: this.#scheduler,
          tell: this.#judge.tell,
        },
        token,
      );
      this.#siems.set(destinationNo, siem);
    }
  }

  /** Records come in bursts and alone, over the whole of the first phase. */
  #planRecords(): void {
    let left = this.#shape.records;
    while (left > 0) {
      const burst = Math.min(left, this.#random.pick([1, 1, 2, 10, 30]));
      left -= burst;
      const atMs = this.#random.next() * this.#shape.chaosMs * 0.9;
      for (let count = 0; count < burst; count += 1) {
        this.#scheduler.after(atMs + this.#random.next() * 5, () => this.#recorder.record());
      }
    }
  }

  /** Again and again while faults are active, about each `everyMs`. */
  #plan(everyMs: number, act: () => void): void {
    const next = (): void => {
      if (!this.#faults.active) return;
      act();
      this.#scheduler.after(everyMs * 2 * this.#random.next(), next);
    };
    this.#scheduler.after(everyMs * 2 * this.#random.next(), next);
  }

  #changeMood(): void {
    const siem = this.#siems.get(this.#random.between(1, this.#shape.destinations));
    if (siem === undefined) return;
    const mood = this.#random.pick([...BAD_MOODS, 'well', 'well', 'well'] as const);
    if (mood === 'well') siem.mood = mood;
    else if (this.#faults.strikes(mood, 1)) siem.mood = mood;
  }

  /** Something that happens to a whole process or to the store. */
  #disturb(): void {
    const random = this.#random;
    const faults = this.#faults;
    this.#workers.disturbOne();
    if (faults.strikes('store_outage', 0.15)) {
      this.#storeOutUntilMs = this.#scheduler.nowMs + random.between(1_000, 45_000);
    }
    if (faults.strikes('store_clock_forward', 0.1)) this.#storeOffsetMs += random.between(1_000, 100_000);
    if (faults.strikes('store_clock_back', 0.1)) this.#storeOffsetMs -= random.between(1_000, 60_000);
    if (faults.strikes('epoch_anchor_changed', 0.05)) {
      this.#store.tables.anchor = `memory-${Math.floor(this.#scheduler.nowMs)}`;
    }
  }

  async #comeToRest(): Promise<void> {
    this.#faults.active = false;
    this.#storeOutUntilMs = 0;
    for (const siem of this.#siems.values()) siem.mood = 'well';
    this.#scheduler.after(31_000, () => this.#operator.putRight());
    this.#workers.startAll();
    this.#trace.add(this.#scheduler.nowMs, () => 'faults have stopped');
    const startedMs = this.#scheduler.nowMs;
    const trickle = (): void => {
      if (this.#isAtRest()) return;
      this.#recorder.record();
      this.#scheduler.after(QUIET_RECORD_EVERY_MS, trickle);
    };
    this.#scheduler.after(32_000, trickle);
    const rested = (): boolean =>
      this.#judge.violation !== undefined || (this.#scheduler.nowMs > startedMs + 40_000 && this.#isAtRest());
    const drained = await this.#scheduler.run(rested, startedMs + DRAIN_WITHIN_MS);
    if (drained !== 'done') {
      this.#judge.notDrained(`20 minutes after the faults stopped ${this.#whatIsLeft()}`);
      return;
    }
    if (this.#judge.violation !== undefined) return;
    let stopped = false;
    void this.#workers.stopAll().then(() => {
      stopped = true;
    });
    const ended = await this.#scheduler.run(() => stopped, this.#scheduler.nowMs + DRAIN_WITHIN_MS);
    if (ended !== 'done') this.#judge.notDrained('the workers do not stop');
    else this.#judge.judgeEnd();
  }

  #isAtRest(): boolean {
    return this.#recorder.open === 0 && this.#whatIsLeft() === '';
  }

  #whatIsLeft(): string {
    const { tables } = this.#store;
    const left: string[] = [];
    for (const { destinationNo, state } of tables.destinations.values()) {
      if (state === 'deleted') continue;
      const rows = tables.outbox.get(destinationNo)?.size ?? 0;
      const batches = tables.batches.get(destinationNo)?.size ?? 0;
      const behind = tables.lastRecordNo - (tables.reconcilerMarks.get(destinationNo) ?? 0);
      if (rows > 0 || batches > 0 || behind > 0) {
        left.push(
          `destination ${destinationNo} has ${rows} rows, ${batches} batches, ${behind} records not looked at`,
        );
      }
    }
    if (tables.missed.size > 0) left.push(`${tables.missed.size} notes of failed enqueues`);
    return left.join('; ');
  }

  #result(): WorldResult {
    const { facts, violation } = this.#judge;
    return {
      seed: this.#seed,
      violation,
      faults: this.#faults.counts,
      doubles: facts.doubles,
      records: this.#ledger.records.size,
      eventsTaken: facts.eventsTaken,
      requests: facts.requests,
      simulatedMs: this.#scheduler.nowMs,
      steps: this.#scheduler.steps,
      trace: this.#trace,
    };
  }
}
