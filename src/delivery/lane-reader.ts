import type { Clock } from './clock.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { DeliveryStore, OpenRow, OpenRowQuery } from '../outbox/delivery-store.ts';

export interface ReadRows {
  readonly rows: readonly OpenRow[];
  /** More rows are there: the read ended by a bound. */
  readonly more: boolean;
}

/** The records of open batches above a number. */
export type ExcludeAfter = (afterRecordNo: number) => readonly number[];

interface ReadAhead {
  readonly query: OpenRowQuery;
  readonly rows: Promise<readonly OpenRow[]>;
}

/**
 * Reads a lane's open rows in key order from a cursor. It goes back to the start after a short read and at least each
 * second: a record with a lower number may commit after a higher one, and is then simply an open row.
 */
export class LaneReader {
  readonly #store: Pick<DeliveryStore, 'readOpenRows'>;
  readonly #clock: Clock;
  readonly #limits: Pick<DeliveryLimits, 'returnToStartMs'>;
  readonly #destinationNo: number;
  #cursor = 0;
  #atStartMs: number;
  /** Bytes of an event on the wire for each byte of its record: how much to read for a full batch. */
  #wirePerBody = 1;
  /** Nothing was there at the last look from the start; new rows announce themselves. */
  #drained = false;
  #looks = 0;
  #ahead: ReadAhead | undefined;

  constructor(
    destinationNo: number,
    store: Pick<DeliveryStore, 'readOpenRows'>,
    clock: Clock,
    limits: Pick<DeliveryLimits, 'returnToStartMs'>,
  ) {
    this.#destinationNo = destinationNo;
    this.#store = store;
    this.#clock = clock;
    this.#limits = limits;
    this.#atStartMs = clock.monotonicMs();
  }

  get drained(): boolean {
    return this.#drained;
  }

  /** There may be new rows. */
  look(): void {
    this.#looks += 1;
    this.#drained = false;
  }

  /** From the oldest row again, as after a batch gave its records back. */
  restart(): void {
    this.#cursor = 0;
    this.#atStartMs = this.#clock.monotonicMs();
    this.#drained = false;
    this.#ahead = undefined;
  }

  /**
   * Begins to read what comes after the cursor, while what was read is written and sent. What a store answers then may be a
   * little old; it always may be by the time it is used.
   */
  readAhead(maxRows: number, maxWireBytes: number, excludeAfter: ExcludeAfter): void {
    const query = this.#query(maxRows, maxWireBytes, excludeAfter);
    const rows = this.#store.readOpenRows(query);
    // A failure is told to the one who asks for these rows.
    rows.catch(() => undefined);
    this.#ahead = { query, rows };
  }

  async read(maxRows: number, maxWireBytes: number, excludeAfter: ExcludeAfter): Promise<ReadRows> {
    const now = this.#clock.monotonicMs();
    if (this.#cursor > 0 && now - this.#atStartMs >= this.#limits.returnToStartMs) this.restart();
    const fromStart = this.#cursor === 0;
    const looks = this.#looks;
    const ahead = this.#takeAhead(maxRows);
    const query = ahead?.query ?? this.#query(maxRows, maxWireBytes, excludeAfter);
    const { maxBodyBytes } = query;
    const rows = await (ahead?.rows ?? this.#store.readOpenRows(query));
    if (rows.length === 0) {
      if (!fromStart) {
        this.restart();
        return { rows, more: true };
      }
      // A row that was announced while we read may not have been seen by this read.
      this.#drained = looks === this.#looks;
      return { rows, more: false };
    }
    return { rows, more: rows.length >= maxRows || reaches(rows, maxBodyBytes) };
  }

  /** The first `used` of the rows are in a batch now, with `wireBytes` on the wire. */
  took(rows: readonly OpenRow[], used: number, wireBytes: number): void {
    const last = rows[used - 1];
    if (last === undefined) return;
    this.#cursor = last.recordNo;
    const bodyBytes = rows.slice(0, used).reduce((sum, row) => sum + row.body.length, 0);
    if (bodyBytes > 0) this.#wirePerBody = Math.max(0.1, wireBytes / bodyBytes);
  }

  /** What was read ahead, when it is what would be asked for now. */
  #takeAhead(maxRows: number): ReadAhead | undefined {
    const ahead = this.#ahead;
    this.#ahead = undefined;
    const isWanted = ahead?.query.afterRecordNo === this.#cursor && ahead.query.maxRows === maxRows;
    return isWanted ? ahead : undefined;
  }

  #query(maxRows: number, maxWireBytes: number, excludeAfter: ExcludeAfter): OpenRowQuery {
    return {
      destinationNo: this.#destinationNo,
      afterRecordNo: this.#cursor,
      maxRows,
      maxBodyBytes: Math.max(1, Math.ceil(maxWireBytes / this.#wirePerBody)),
      exclude: excludeAfter(this.#cursor),
    };
  }
}

/** Stores measure text in characters or in bytes: a read that reached the bound by either measure ended by it. */
function reaches(rows: readonly OpenRow[], maxBodyBytes: number): boolean {
  const chars = rows.reduce((sum, row) => sum + row.body.length, 0);
  if (chars >= maxBodyBytes) return true;
  return rows.reduce((sum, row) => sum + Buffer.byteLength(row.body), 0) >= maxBodyBytes;
}
