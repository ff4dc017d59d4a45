import type { MemoryTables } from '../../src/store/memory/memory-tables.ts';
import type { Faults } from './faults.ts';
import type { LedgerRecord } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { Scheduler } from './scheduler.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { SimEvent } from './sim-event.ts';

export interface RecorderParts {
  readonly tables: MemoryTables;
  readonly ledger: Ledger;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly faults: Faults;
  readonly makeBody: (uid: string, broken: boolean, padding: number) => string;
  readonly poisonShare: number;
  readonly nowMs: () => number;
  readonly tell: (event: SimEvent) => void;
  /** Somebody in this process may look for work now. */
  readonly wake: () => void;
}

/** Records events, each in a transaction of its own: numbers are taken at its start, and seen at its end, if it has one. */
export class Recorder {
  readonly #parts: RecorderParts;
  #open = 0;

  constructor(parts: RecorderParts) {
    this.#parts = parts;
  }

  /** Transactions that have not ended. */
  get open(): number {
    return this.#open;
  }

  record(): void {
    const { tables, ledger, random, faults, scheduler, makeBody, nowMs } = this.#parts;
    tables.lastRecordNo += 1;
    const recordNo = tables.lastRecordNo;
    const uid = uidOf(recordNo);
    const takers = [...tables.destinations.values()].filter(
      ({ state }) => state === 'active' || state === 'paused',
    );
    const poisonTo = takers.filter(() => random.chance(this.#parts.poisonShare));
    const record: LedgerRecord = {
      recordNo,
      uid,
      committed: false,
      owedTo: new Set(takers.map(({ destinationNo }) => destinationNo)),
      poisonTo: new Set(poisonTo.map(({ destinationNo }) => destinationNo)),
      enqueue: this.#enqueueFate(),
    };
    ledger.add(record);
    tables.unsettled.add(recordNo);
    this.#open += 1;
    const broken = faults.strikes('record_unrenderable', 0.02);
    const body = makeBody(uid, broken, random.between(0, 200));
    const recordedAtMs = nowMs();
    const late = faults.strikes('late_commit', 0.1);
    const end = (): void => {
      this.#open -= 1;
      tables.unsettled.delete(recordNo);
      if (faults.strikes('rolled_back', 0.03)) return;
      record.committed = true;
      tables.records.set(recordNo, {
        recordNo,
        recordId: uid,
        workspaceId: 'ws-1',
        source: 'attestation',
        body,
        recordedAtMs,
      });
      if (record.enqueue === 'missed') tables.missed.add(recordNo);
      if (record.enqueue === 'written')
        for (const no of record.owedTo) rowsOf(tables, no).set(recordNo, false);
      this.#parts.tell({ kind: 'committed', recordNo });
      if (random.chance(0.7)) this.#parts.wake();
    };
    scheduler.after(late ? random.between(200, 20_000) : random.next() * 3, end);
  }

  #enqueueFate(): LedgerRecord['enqueue'] {
    const { faults } = this.#parts;
    if (faults.strikes('enqueue_missed', 0.04)) return 'missed';
    return faults.strikes('enqueue_lost_without_trace', 0.04) ? 'lost' : 'written';
  }
}

export function rowsOf(tables: MemoryTables, destinationNo: number): Map<number, boolean> {
  const rows = tables.outbox.get(destinationNo) ?? new Map<number, boolean>();
  tables.outbox.set(destinationNo, rows);
  return rows;
}

/** A UUID, as both renderers want it, that names its record. */
function uidOf(recordNo: number): string {
  return `00000000-0000-4000-8000-${String(recordNo).padStart(12, '0')}`;
}
