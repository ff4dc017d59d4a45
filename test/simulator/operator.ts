import type { OcsfSettings } from '../../src/ocsf/ocsf-event.ts';
import type { BacklogLimits, Destination } from '../../src/outbox/destination.ts';
import { recordsOf } from '../../src/outbox/batch-places.ts';
import { enqueueOwed } from '../../src/store/memory/memory-reconcile.ts';
import { changeDestination } from '../../src/store/memory/memory-seed.ts';
import type { MemoryTables } from '../../src/store/memory/memory-tables.ts';
import type { FaultClass } from './fault-class.ts';
import type { Faults } from './faults.ts';
import { SECRET_WORD } from './invariants/no-secret-in-trace.ts';
import type { Ledger } from './ledger.ts';
import { askForReplay, changeReplay, resumeReplays } from './replay-deeds.ts';
import { rowsOf } from './recorder.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimEvent } from './sim-event.ts';
import type { SimulatedSiem } from './simulated-siem.ts';
import type { Trace } from './trace.ts';

export interface OperatorParts {
  readonly tables: MemoryTables;
  readonly ledger: Ledger;
  readonly siems: ReadonlyMap<number, SimulatedSiem>;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly nowMs: () => number;
  readonly tell: (event: SimEvent) => void;
}

const OCSF_CHOICES: readonly OcsfSettings[] = [
  { classUid: 2001, version: '1.1.0' },
  { classUid: 2004, version: '1.3.0' },
];
/** None, which is the default, more often than any. */
const LIMIT_CHOICES: readonly BacklogLimits[] = [
  {},
  {},
  {},
  { maxRows: 10 },
  { maxAgeMs: 40_000 },
  { maxBytes: 2_000 },
];
const DEEDS = [
  'paused',
  'resumed',
  'disabled',
  'enabled',
  'deleted',
  'ocsf_changed',
  'batch_changed',
  'limits_changed',
  'credentials_rotated',
  'dead_letter_retried',
  'dead_letter_skipped',
  'replayed',
  'replay_asked',
  'replay_changed',
] as const satisfies readonly FaultClass[];

/** People who change things while the engine works, each time in one transaction of the store. */
export class Operator {
  readonly #parts: OperatorParts;
  #tokens = 0;

  constructor(parts: OperatorParts) {
    this.#parts = parts;
  }

  /** One thing, with one destination. */
  act(): void {
    const { random, faults, tables, trace, scheduler } = this.#parts;
    const present = [...tables.destinations.values()].filter(({ state }) => state !== 'deleted');
    if (present.length === 0) return;
    const destination = random.pick(present);
    const deed = random.pick(DEEDS);
    if (!faults.knows(deed) || !this.#do(deed, destination)) return;
    faults.count(deed);
    trace.add(scheduler.nowMs, () => `operator ${deed} destination ${destination.destinationNo}`);
  }

  /** What is needed for everything to drain: all destinations and replays at work, with the right credentials. */
  putRight(): void {
    resumeReplays(this.#parts.tables);
    for (const { destinationNo, state, sealed } of this.#parts.tables.destinations.values()) {
      if (state === 'deleted') continue;
      if (state !== 'active') this.#setActive(destinationNo, state);
      const siem = this.#parts.siems.get(destinationNo);
      if (siem !== undefined && sealed['token'] !== siem.token) {
        this.#change(destinationNo, { sealed: { token: siem.token } });
      }
    }
  }

  #do(deed: (typeof DEEDS)[number], destination: Destination): boolean {
    const { random, tables } = this.#parts;
    const { destinationNo, state } = destination;
    switch (deed) {
      case 'paused':
        if (state !== 'active') return false;
        this.#change(destinationNo, { state: 'paused' });
        return true;
      case 'resumed':
      case 'enabled':
        if (state !== (deed === 'resumed' ? 'paused' : 'disabled')) return false;
        this.#setActive(destinationNo, state);
        return true;
      case 'disabled':
        if (!random.chance(0.5)) return false;
        this.#change(destinationNo, { state: 'disabled' });
        this.#releaseUncommitted(destinationNo);
        return true;
      case 'deleted':
        if (!random.chance(0.2)) return false;
        this.#delete(destination);
        return true;
      case 'ocsf_changed':
        this.#change(destinationNo, { ocsf: random.pick(OCSF_CHOICES) });
        return true;
      case 'batch_changed':
        this.#change(destinationNo, {
          batch: { maxEvents: random.between(1, 30), maxInFlight: random.between(1, 6) },
        });
        return true;
      case 'limits_changed':
        this.#change(destinationNo, { limits: random.pick(LIMIT_CHOICES) });
        return true;
      case 'credentials_rotated':
        this.#rotate(destinationNo);
        return true;
      case 'dead_letter_retried':
        return this.#retry(destinationNo);
      case 'dead_letter_skipped': {
        const letter = tables.deadLetters.find((one) => one.destinationNo === destinationNo);
        if (letter === undefined) return false;
        this.#parts.ledger.skip(destinationNo, letter.recordNo);
        return true;
      }
      case 'replayed':
        return this.#replay(destinationNo);
      case 'replay_asked':
        askForReplay(tables, destination, random, this.#parts.nowMs());
        return true;
      case 'replay_changed':
        return changeReplay(tables, destinationNo, random);
      default:
        return deed satisfies never;
    }
  }

  #change(destinationNo: number, patch: Parameters<typeof changeDestination>[2]): void {
    changeDestination(this.#parts.tables, destinationNo, patch);
    this.#parts.tell({ kind: 'settings_changed', destinationNo });
  }

  #setActive(destinationNo: number, from: Destination['state']): void {
    const since = from === 'disabled' ? { activeSinceMs: this.#parts.nowMs() } : {};
    this.#change(destinationNo, { state: 'active', ...since });
  }

  /**
   * A destination that is disabled is owed what was committed by then, with a row or without. A transaction that was running, and
   * whose enqueue failed, is a part of the gap that enabling states.
   */
  #releaseUncommitted(destinationNo: number): void {
    for (const record of this.#parts.ledger.records.values())
      if (!record.committed && record.enqueue !== 'written') record.owedTo.delete(destinationNo);
  }

  #delete(destination: Destination): void {
    const { tables, ledger } = this.#parts;
    const { destinationNo } = destination;
    enqueueOwed(tables, destination);
    const rows = rowsOf(tables, destinationNo);
    for (const recordNo of rows.keys()) {
      const message = 'The destination was deleted before the event was delivered';
      tables.deadLetters.push({ destinationNo, recordNo, code: 'destination_deleted', message, attempts: 0 });
      ledger.skip(destinationNo, recordNo);
    }
    rows.clear();
    tables.batches.get(destinationNo)?.clear();
    for (const record of ledger.records.values()) {
      if (!record.committed) record.owedTo.delete(destinationNo);
    }
    ledger.deletedDestinations.add(destinationNo);
    const lane = tables.lanes.get(destinationNo);
    if (lane !== undefined)
      Object.assign(lane, { owner: undefined, token: lane.token + 1, leasedUntilMs: 0 });
    this.#change(destinationNo, { state: 'deleted', sealed: {} });
  }

  /** In whichever order: the new token is set here or there first, and the other side follows. */
  #rotate(destinationNo: number): void {
    const { random, scheduler, siems, tables } = this.#parts;
    const siem = siems.get(destinationNo);
    if (siem === undefined) return;
    this.#tokens += 1;
    const token = `${SECRET_WORD}-${destinationNo}-${this.#tokens}`;
    const here = (): void => {
      if (tables.destinations.get(destinationNo)?.state === 'deleted') return;
      this.#change(destinationNo, { sealed: { token } });
    };
    const there = (): void => {
      siem.token = token;
    };
    const [first, second] = random.chance(0.5) ? [here, there] : [there, here];
    first();
    scheduler.after(random.between(0, 30_000), second);
  }

  #retry(destinationNo: number): boolean {
    const { tables, ledger, random, tell } = this.#parts;
    const letters = tables.deadLetters.filter(
      (one) => one.destinationNo === destinationNo && !ledger.isSkipped(destinationNo, one.recordNo),
    );
    if (letters.length === 0) return false;
    const cured = random.chance(0.5);
    for (const letter of letters) {
      tables.deadLetters.splice(tables.deadLetters.indexOf(letter), 1);
      rowsOf(tables, destinationNo).set(letter.recordNo, true);
      if (cured) ledger.records.get(letter.recordNo)?.poisonTo.delete(destinationNo);
    }
    tell({ kind: 'wanted_again', destinationNo, recordNos: letters.map(({ recordNo }) => recordNo) });
    return true;
  }

  #replay(destinationNo: number): boolean {
    const { tables, random, tell } = this.#parts;
    const rows = rowsOf(tables, destinationNo);
    const receipts = tables.receipts.filter((receipt) => receipt.destinationNo === destinationNo);
    if (receipts.length === 0) return false;
    const recordNos = recordsOf(random.pick(receipts).draft).filter(
      (recordNo) =>
        !rows.has(recordNo) &&
        !tables.deadLetters.some((one) => one.destinationNo === destinationNo && one.recordNo === recordNo),
    );
    for (const recordNo of recordNos) rows.set(recordNo, true);
    tell({ kind: 'wanted_again', destinationNo, recordNos });
    return recordNos.length > 0;
  }
}
