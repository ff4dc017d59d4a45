import type { Step } from './transaction-client.ts';

/** Longest time that a call may hold up the caller's transaction, unless told otherwise. */
export const DEFAULT_CALL_TIMEOUT_MS = 1_000;

/**
 * Steps that bound a call's time by `statement_timeout` and put the caller's own value back. A running statement cannot change
 * its own time limit, so the limit takes a statement before the call; it is put back in the call's own statement, after the
 * function has answered. A shorter limit of the caller's stays. What was set goes with the transaction in any case.
 *
 * `Infinity` leaves the total to the caller's own `statement_timeout` and saves a statement; lock waits stay bounded.
 */
export function boundedCall(
  schema: string,
  call: (restore: string) => Step,
  timeoutMs: number,
): readonly Step[] {
  if (timeoutMs === Number.POSITIVE_INFINITY) return [call('null')];
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT_MS) {
    throw new RangeError(
      `The time limit of a call must be a whole number of milliseconds from 1 to ${MAX_TIMEOUT_MS}, or Infinity; it is ${timeoutMs}`,
    );
  }
  return [{ text: `select ${schema}.aegis_siem_bound_time($1)`, values: [timeoutMs] }, call(RESTORE_TIMEOUT)];
}

/** PostgreSQL's largest `statement_timeout`. */
const MAX_TIMEOUT_MS = 2_147_483_647;

/** For the end of the call's select list: it is worked out after the function has answered. */
const RESTORE_TIMEOUT = `set_config('statement_timeout', current_setting('aegis_siem.callers_timeout'), true)`;
