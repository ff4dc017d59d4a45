import type { JsonObject } from '../../src/json.ts';

export type FakeTable = 'logs_ingestion' | 'data_collector';

/** A row as the workspace keeps it: undeclared properties gone, long fields cut. */
export interface StoredRow {
  readonly table: FakeTable;
  readonly row: JsonObject;
}

/** The workspace: rows in the order they came, duplicates and all. */
export class StoredRows {
  readonly #rows: StoredRow[] = [];
  readonly #waiters = new Set<() => void>();
  /** Properties that no column was declared for, by name. */
  readonly droppedProperties = new Map<string, number>();
  /** Values longer than a field may be, by column. */
  readonly cutFields = new Map<string, number>();
  /** Values of another type than the column's, by column: they are stored as null. */
  readonly mistypedFields = new Map<string, number>();

  add(table: FakeTable, rows: readonly JsonObject[]): void {
    for (const row of rows) this.#rows.push({ table, row });
    for (const look of this.#waiters) look();
  }

  rows(table?: FakeTable): readonly JsonObject[] {
    return this.#rows.filter((stored) => table === undefined || stored.table === table).map(({ row }) => row);
  }

  /** Resolves when so many rows are there; rejects after `timeoutMs`, saying how many came. */
  waitFor(count: number, table: FakeTable | undefined, timeoutMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        if (this.#count(table) < count) return;
        this.#waiters.delete(look);
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiters.delete(look);
        const where = table ?? 'both APIs';
        reject(new Error(`${this.#count(table)} of ${count} rows came to ${where} in ${timeoutMs} ms`));
      }, timeoutMs);
      this.#waiters.add(look);
      look();
    });
  }

  #count(table: FakeTable | undefined): number {
    if (table === undefined) return this.#rows.length;
    return this.#rows.reduce((sum, stored) => sum + (stored.table === table ? 1 : 0), 0);
  }
}

export function countUp(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** As much of a text as fits into so many bytes of UTF-8, as a service that cuts by bytes leaves it. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  return Buffer.from(text).subarray(0, maxBytes).toString('utf8');
}
