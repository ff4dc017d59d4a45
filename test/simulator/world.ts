import type { FaultCounts } from './fault-class.ts';
import type { Violation } from './judge.ts';
import { Scene } from './scene.ts';
import type { SceneOptions } from './scene.ts';
import { BAD_MOODS } from './siem-mood.ts';
import type { Trace } from './trace.ts';

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

/** How long a world may take to come to rest once its faults have stopped. */
const DRAIN_WITHIN_MS = 1_200_000;
/** Several times what any world needs: one that gets there goes round in circles. */
const MAX_STEPS = 40_000;
/** In the quiet phase events still come now and then: a refused one waits until its destination takes another. */
const QUIET_RECORD_EVERY_MS = 7_000;
/** By then whoever was stopped or started late is back, and what was on its way has arrived. */
const SETTLE_MS = 31_000;

/** One seed: a world of workers, destinations and people, first with faults, then without, until everything has drained. */
export async function runWorld(seed: number, options: SceneOptions = {}): Promise<WorldResult> {
  const world = new World(new Scene(seed, options));
  await world.run();
  const { judge, faults, ledger, scheduler, trace } = world.scene;
  return {
    seed,
    violation: judge.violation,
    faults: faults.counts,
    ...judge.facts,
    records: ledger.records.size,
    simulatedMs: scheduler.nowMs,
    steps: scheduler.steps,
    trace,
  };
}

class World {
  readonly scene: Scene;
  #stopping = false;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  async run(): Promise<void> {
    const { shape, workers, operator, scheduler, judge } = this.scene;
    const { chaosMs, processes } = shape;
    workers.start(processes);
    this.#planRecords();
    this.#plan(chaosMs / 25, () => operator.act());
    this.#plan(chaosMs / 12, () => this.#changeMood());
    this.#plan(chaosMs / 12, () => this.#disturb());
    await scheduler.run(() => this.#isOver(), chaosMs);
    if (judge.violation !== undefined) return;
    this.#endFaults();
    if (await this.#drains()) await this.#stops();
  }

  /** Records come in bursts and alone, over the whole of the first phase. */
  #planRecords(): void {
    const { random, scheduler, shape, recorder } = this.scene;
    let left = shape.records;
    while (left > 0) {
      const burst = Math.min(left, random.pick([1, 1, 2, 10, 30]));
      left -= burst;
      const atMs = random.next() * shape.chaosMs * 0.9;
      for (let count = 0; count < burst; count += 1) {
        scheduler.after(atMs + random.next() * 5, () => recorder.record());
      }
    }
  }

  /** Again and again while faults are active, about each `everyMs`. */
  #plan(everyMs: number, act: () => void): void {
    const { random, scheduler, faults } = this.scene;
    const next = (): void => {
      if (!faults.active) return;
      act();
      scheduler.after(everyMs * 2 * random.next(), next);
    };
    scheduler.after(everyMs * 2 * random.next(), next);
  }

  #changeMood(): void {
    const { random, faults, siems, shape } = this.scene;
    const siem = siems.get(random.between(1, shape.destinations));
    const mood = random.pick([...BAD_MOODS, 'well', 'well', 'well'] as const);
    if (siem !== undefined && (mood === 'well' || faults.strikes(mood, 1))) siem.mood = mood;
  }

  /** Something that happens to a whole process or to the store. */
  #disturb(): void {
    const { scene } = this;
    const { random, faults, scheduler, store, workers } = scene;
    workers.disturbOne();
    if (faults.strikes('store_outage', 0.15)) {
      scene.storeOutUntilMs = scheduler.nowMs + random.between(1_000, 45_000);
    }
    if (faults.strikes('store_clock_forward', 0.1)) scene.storeOffsetMs += random.between(1_000, 100_000);
    if (faults.strikes('store_clock_back', 0.1)) scene.storeOffsetMs -= random.between(1_000, 60_000);
    const siem = scene.siems.get(random.between(1, scene.shape.destinations));
    if (siem?.nature.acknowledges === true && faults.strikes('ack_ids_restart', 0.5)) siem.acks.restart();
    if (faults.strikes('epoch_anchor_changed', 0.05)) {
      store.tables.anchor = `memory-${Math.floor(scheduler.nowMs)}`;
    }
  }

  #endFaults(): void {
    const { scene } = this;
    const { faults, siems, scheduler, operator, workers, trace, recorder } = scene;
    trace.add(scheduler.nowMs, () => 'the faults stop');
    faults.active = false;
    scene.storeOutUntilMs = 0;
    for (const siem of siems.values()) siem.mood = 'well';
    workers.startAll();
    scheduler.after(SETTLE_MS, () => operator.putRight());
    const trickle = (): void => {
      if (this.#stopping || this.#isAtRest()) return;
      recorder.record();
      scheduler.after(QUIET_RECORD_EVERY_MS, trickle);
    };
    scheduler.after(SETTLE_MS + 1_000, trickle);
  }

  async #drains(): Promise<boolean> {
    const { scheduler, judge } = this.scene;
    const startedMs = scheduler.nowMs;
    const settled = (): boolean => scheduler.nowMs > startedMs + SETTLE_MS + 2_000 && this.#isAtRest();
    const how = await scheduler.run(() => this.#isOver() || settled(), startedMs + DRAIN_WITHIN_MS);
    if (how !== 'done') judge.notDrained(`20 minutes after the faults stopped ${this.scene.whatIsLeft()}`);
    return judge.violation === undefined;
  }

  async #stops(): Promise<void> {
    this.#stopping = true;
    const { scheduler, judge, workers } = this.scene;
    let stopped = false;
    void workers.stopAll().then(() => {
      stopped = true;
    });
    const how = await scheduler.run(() => stopped, scheduler.nowMs + DRAIN_WITHIN_MS);
    if (how === 'done') judge.judgeEnd();
    else judge.notDrained('the workers do not stop');
  }

  /** Nothing is to be learned from it any more. */
  #isOver(): boolean {
    const { scheduler, judge, shape } = this.scene;
    if (scheduler.steps > Math.max(MAX_STEPS, shape.records * 1_000)) {
      judge.notDrained(`it goes round in circles: ${this.scene.whatIsLeft()}`);
    }
    return judge.violation !== undefined;
  }

  #isAtRest(): boolean {
    return this.scene.recorder.open === 0 && this.scene.whatIsLeft() === '';
  }
}
