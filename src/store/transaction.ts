import type { DatabaseSync } from 'node:sqlite';
import type { PostgresTransaction } from './postgres/transaction-client.ts';

/**
 * The caller's own transaction: a `node:sqlite` database, or the PostgreSQL client that has it open (`Client` or `PoolClient` of
 * `pg`, or the `sql` that postgres.js hands to `begin`).
 */
export type Transaction = DatabaseSync | PostgresTransaction;

/** Which store a transaction belongs to, by its shape: embedders may have drivers of their own versions. */
export function isSqlite(tx: Transaction): tx is DatabaseSync {
  return 'isTransaction' in tx && 'prepare' in tx && 'exec' in tx;
}

/** Throws `TypeError` for what is no transaction: a pool above all, whose statements may go to different connections. */
export function checkTransaction(tx: unknown): asserts tx is Transaction {
  const isObject = (typeof tx === 'object' && tx !== null) || typeof tx === 'function';
  if (isObject && has(tx, 'prepare') && has(tx, 'exec') && 'isTransaction' in tx) return;
  if (isObject && has(tx, 'query') && !('totalCount' in tx)) return;
  if (isObject && has(tx, 'unsafe') && has(tx, 'savepoint')) return;
  throw new TypeError(
    'The first argument must be the open transaction itself: a node:sqlite database, a pg Client or PoolClient, or the ' +
      'sql that postgres.js hands to begin; never a pool, whose statements may go to different connections',
  );
}

function has(value: object, method: string): boolean {
  return method in value && typeof (value as Record<string, unknown>)[method] === 'function';
}
