import type { Store } from '../../src/store/store.ts';

/** A row as a person's SQL tool would show it. PostgreSQL drivers give bigints as text: compare with `Number(...)`. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** One open store over a fresh, migrated database, and a way past it for what only a person with SQL can do. */
export interface StoreUnderTest {
  readonly store: Store;
  close(): Promise<void>;
  /** Runs one statement on a connection of its own. Rejects when the database refuses it. */
  sql(text: string): Promise<readonly SqlRow[]>;
  /** Of a store that knows no SQL. */
  readonly mishaps?: StoreMishaps;
}

/** What happens to a store past its ports: by people with SQL, or by a clock that is set. */
export interface StoreMishaps {
  loseRow(destinationNo: number, recordNo: number): Promise<void>;
  /** As an enqueue that failed leaves it. */
  noteMissed(recordNo: number): Promise<void>;
  /** As everything looks to a clock that was set back by so much after the destination began to take records. */
  setClockBack(destinationNo: number, byMs: number): Promise<void>;
}

export function mishapsBySql(sql: StoreUnderTest['sql']): StoreMishaps {
  const run = async (text: string): Promise<void> => void (await sql(text));
  return {
    loseRow: (destinationNo, recordNo) =>
      run(
        `delete from aegis_siem_outbox where destination_no = ${destinationNo} and record_no = ${recordNo}`,
      ),
    noteMissed: (recordNo) =>
      run(`insert into aegis_siem_missed (record_no, reason, missed_at) values (${recordNo}, 'test', 1)`),
    setClockBack: (destinationNo, byMs) =>
      run(
        `update aegis_siem_destinations set active_since = active_since + ${byMs} where destination_no = ${destinationNo}`,
      ),
  };
}

/** What a store can do beyond the contract. A test that needs more is skipped with its reason. */
export interface StoreAbilities {
  /** Failed sends kept for each destination. */
  readonly maxAttemptsKept: number;
  /** `INSERT OR REPLACE` (SQLite). */
  readonly insertOrReplace: boolean;
  /** `TRUNCATE` (PostgreSQL). */
  readonly truncate: boolean;
}

export interface StoreFactory {
  readonly name: string;
  readonly abilities: StoreAbilities;
  /** A store that shares nothing with those opened before. Each section opens one; its tests use workspaces of their own. */
  open(): Promise<StoreUnderTest>;
}
