import type { Step } from './transaction-client.ts';

/** Longest time that a call may hold up the caller's transaction, unless told otherwise. */
export const DEFAULT_CALL_TIMEOUT_MS = 1_000;

/**
 * Steps that bound a call's time by `statement_timeout` and put the caller's own value back. A running statement cannot change
 * its own time limit, so the limit takes a statement before the call; it is put back in the call's own statement, after the
 * function has answered. A shorter limit of the caller's stays. What was set goes with the transaction in any case.
 */
export function boundedCall(call: Step, timeoutMs: number): readonly [Step, Step] {
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1) {
    throw new RangeError(
      `The time limit of a call must be a whole number of milliseconds above 0, not ${timeoutMs}`,
    );
  }
  return [{ text: BOUND, values: [timeoutMs] }, call];
}

/** For the select list of the call. */
export const RESTORE_TIMEOUT = `set_config('statement_timeout', current_setting('aegis_siem.callers_timeout'), true) as restored`;

const BOUND = `select set_config('aegis_siem.callers_timeout', current_setting('statement_timeout'), true),
  set_config('statement_timeout', least(
    nullif(extract(epoch from current_setting('statement_timeout')::interval) * 1000, 0), $1::integer
  )::bigint::text || 'ms', true)`;
