import type { StoreError } from '../store-error.ts';
import { sqlStateOf, toStoreError } from './postgres-error.ts';
import {
  runSteps,
  type PostgresJsTransaction,
  type PostgresTransaction,
  type Step,
} from './transaction-client.ts';

type Row = Readonly<Record<string, unknown>> | undefined;

export type GuardedCall =
  | { readonly ok: true; readonly row: Row }
  /** `failed`: the transaction goes on as it was before. `transaction_lost`: it does not. */
  | { readonly ok: false; readonly status: 'failed' | 'transaction_lost'; readonly failure: StoreError };

const SAVEPOINT = 'aegis_siem_guard';

/**
 * Runs steps behind a savepoint and answers the row of the last. The functions guard themselves; this is for what they cannot
 * see: that they are missing or forbidden, or that the schema is not there.
 *
 * The savepoint, the steps and its release travel together where the driver pipelines. COMMIT is the caller's and never travels
 * with them: sent before the answer is known, it would commit or roll back something that nobody has looked at.
 */
export async function guardedCall(tx: PostgresTransaction, steps: readonly Step[]): Promise<GuardedCall> {
  // postgres.js fails the whole transaction for any failed statement that is not inside its own savepoint.
  if ('unsafe' in tx && tx.savepoint !== undefined)
    return withDriversSavepoint(tx, tx.savepoint.bind(tx), steps);
  try {
    const all = [{ text: `savepoint ${SAVEPOINT}` }, ...steps, { text: `release savepoint ${SAVEPOINT}` }];
    const answers = await runSteps(tx, all);
    return { ok: true, row: answers.at(-2) };
  } catch (error) {
    const failure = toStoreError(error);
    return { ok: false, status: (await wentBack(tx)) ? 'failed' : 'transaction_lost', failure };
  }
}

async function withDriversSavepoint(
  tx: PostgresJsTransaction,
  savepoint: NonNullable<PostgresJsTransaction['savepoint']>,
  steps: readonly Step[],
): Promise<GuardedCall> {
  try {
    const answers = await savepoint((inner) => runSteps(inner, steps));
    return { ok: true, row: answers.at(-1) };
  } catch (error) {
    const stillThere = sqlStateOf(error) !== undefined && (await answersAtAll(tx));
    return { ok: false, status: stillThere ? 'failed' : 'transaction_lost', failure: toStoreError(error) };
  }
}

async function wentBack(tx: PostgresTransaction): Promise<boolean> {
  try {
    await runSteps(tx, [{ text: `rollback to savepoint ${SAVEPOINT}` }]);
    await runSteps(tx, [{ text: `release savepoint ${SAVEPOINT}` }]);
    return true;
  } catch {
    // No connection, no transaction, or one that had failed before: there is nothing to go back to.
    return false;
  }
}

async function answersAtAll(tx: PostgresTransaction): Promise<boolean> {
  try {
    await runSteps(tx, [{ text: 'select 1' }]);
    return true;
  } catch {
    return false;
  }
}
