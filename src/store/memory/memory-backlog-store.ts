import {
  type BacklogQuery,
  type BacklogStep,
  type BacklogStore,
  type LimitLevels,
  NO_ALARMS,
} from '../../outbox/backlog-store.ts';
import type { MemoryTables } from './memory-tables.ts';

/** Measures the tables in memory. When a record came is told from outside: these tables keep no times of records. */
export class MemoryBacklogStore implements BacklogStore {
  readonly #tables: MemoryTables;
  readonly #timeOf: (recordNo: number) => number;
  readonly #levels = new Map<number, LimitLevels>();

  constructor(tables: MemoryTables, timeOf: (recordNo: number) => number) {
    this.#tables = tables;
    this.#timeOf = timeOf;
  }

  async measure({
    destinationNo,
    belowRecordNo = Infinity,
    maxRows,
    bytesLeft,
  }: BacklogQuery): Promise<BacklogStep> {
    const recordNos = this.#openNos(destinationNo)
      .filter((recordNo) => recordNo < belowRecordNo)
      .sort((a, b) => b - a)
      .slice(0, maxRows);
    let bytes = 0;
    let within: number | undefined;
    for (const recordNo of bytesLeft === undefined ? [] : recordNos) {
      bytes += Buffer.byteLength(this.#tables.records.get(recordNo)?.body ?? '');
      if (bytesLeft !== undefined && bytes <= bytesLeft) within = recordNo;
    }
    const lowest = recordNos.at(-1);
    return {
      rows: recordNos.length,
      bytes,
      ...(lowest === undefined ? {} : { lowestRecordNo: lowest }),
      ...(within === undefined ? {} : { lowestWithinBytes: within }),
    };
  }

  async oldestRecordedAtMs(destinationNo: number): Promise<number | undefined> {
    const rows = this.#tables.outbox.get(destinationNo) ?? new Map<number, boolean>();
    const recordNos = [...rows].filter(([, replayed]) => !replayed).map(([recordNo]) => recordNo);
    return recordNos.length === 0 ? undefined : this.#timeOf(Math.min(...recordNos));
  }

  async recordedAtMs(recordNos: readonly number[]): Promise<ReadonlyMap<number, number>> {
    return new Map(recordNos.map((recordNo) => [recordNo, this.#timeOf(recordNo)]));
  }

  async readLevels(destinationNo: number): Promise<LimitLevels> {
    return this.#levels.get(destinationNo) ?? NO_ALARMS;
  }

  async changeLevels(destinationNo: number, from: LimitLevels, to: LimitLevels): Promise<boolean> {
    const present = this.#levels.get(destinationNo) ?? NO_ALARMS;
    if (present.age !== from.age || present.rows !== from.rows || present.bytes !== from.bytes) return false;
    this.#levels.set(destinationNo, to);
    return true;
  }

  #openNos(destinationNo: number): number[] {
    return [...(this.#tables.outbox.get(destinationNo)?.keys() ?? [])];
  }
}
