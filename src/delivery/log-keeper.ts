import type { RetentionParts } from './retention.ts';
import { errorFields } from './error-fields.ts';

/** Looks in a row at which the same reader was in the way before it is said, and before it is said again. */
const LOOKS_BEFORE_WARNING = 30;

/**
 * Keeps the write-ahead log of an embedded store short: folds it every few seconds. Says so when a program that reads for long
 * keeps the log growing. Runs until `signal` aborts; returns at once for a store without such a log; never rejects.
 */
export async function runLogKeeper(parts: Omit<RetentionParts, 'ages'>, signal: AbortSignal): Promise<void> {
  const { clock, limits, logger, observer, store } = parts;
  if (store.foldLog === undefined) return;
  let heldLooks = 0;
  while (!signal.aborted) {
    await clock.sleep(limits.logLookMs, signal);
    if (signal.aborted) return;
    try {
      const report = await store.foldLog();
      observer.logLooked(report);
      heldLooks = report.heldByReader ? heldLooks + 1 : 0;
      if (heldLooks > 0 && heldLooks % LOOKS_BEFORE_WARNING === 0) {
        logger.warn(
          { logBytes: report.logBytes, looks: heldLooks },
          'The write-ahead log of the store cannot be folded: a program reads the database file without an end. ' +
            'Look for an open transaction in a backup or SQL tool; the log grows until it ends',
        );
      }
    } catch (error) {
      logger.warn(errorFields(error), 'The write-ahead log could not be folded; trying again');
    }
  }
}
