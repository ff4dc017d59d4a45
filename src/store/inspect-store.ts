import { sqlitePath } from './open-store.ts';
import type { StoreKind } from './store.ts';
import { inspectSqlite } from './sqlite/inspect-sqlite.ts';

/** Something about a store that is not as it should be. */
export interface StoreFault {
  readonly code: string;
  /** `fail`: records or proofs are at risk, or nothing works. */
  readonly level: 'warn' | 'fail';
  readonly message: string;
  readonly fix: string;
}

/** A look at a store from outside, which changes and makes nothing. */
export interface StoreInspection {
  readonly kind: StoreKind;
  /** Of the database engine. */
  readonly engineVersion: string;
  readonly schemaVersion: number;
  readonly schemaWanted: number;
  /** What the database's clock says less what this process's clock says. */
  readonly clockAheadMs: number;
  readonly faults: readonly StoreFault[];
}

/** Looks at the store at `url` without opening it for use. Throws `StoreError` where it cannot be reached or read. */
export async function inspectStore(url: string, nowMs: () => number): Promise<StoreInspection> {
  const file = sqlitePath(url);
  if (file !== undefined) return inspectSqlite(file);
  const { inspectPostgres } = await import('./postgres/inspect-postgres.ts');
  return inspectPostgres(url, nowMs);
}
