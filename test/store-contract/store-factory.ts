import type { Store } from '../../src/store/store.ts';

/** A row as a person's SQL tool would show it. PostgreSQL drivers give bigints as text: compare with `Number(...)`. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** One open store over a fresh, migrated database, and a way past it for what only a person with SQL can do. */
export interface StoreUnderTest {
  readonly store: Store;
  close(): Promise<void>;
  /** Runs one statement on a connection of its own. Rejects when the database refuses it. */
  sql(text: string): Promise<readonly SqlRow[]>;
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
