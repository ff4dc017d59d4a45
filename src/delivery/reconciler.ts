import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';

/**
 * Finds records whose enqueue failed, at the start and each minute, in small steps. Runs until `signal` aborts; never
 * rejects. `onFound` is called when rows were written.
 */
export async function runReconciler(
  parts: DeliveryParts,
  signal: AbortSignal,
  onFound: () => void,
): Promise<void> {
  const { clock, limits, logger } = parts;
  while (!signal.aborted) {
    let more = false;
    try {
      more = await reconcileOnce(parts, signal, onFound);
    } catch (error) {
      logger.warn(errorFields(error), 'The reconciler could not look; it tries again at its next turn');
    }
    // With more to do, the pause is short: recording and delivery get their turn between the steps.
    await clock.sleep(more ? limits.pollMs : limits.reconcileEveryMs, signal);
  }
}

/** Some steps in a row. Answers whether there is more to look at. */
async function reconcileOnce(
  parts: DeliveryParts,
  signal: AbortSignal,
  onFound: () => void,
): Promise<boolean> {
  const { store, clock, limits, observer, logger } = parts;
  for (let step = 0; step < limits.reconcileStepsInRow; step += 1) {
    // Before the first one too: after a start the first batch is on its way before anything is looked up.
    await clock.sleep(limits.reconcileStepPauseMs, signal);
    if (signal.aborted) return false;
    const report = await store.reconcile({
      maxRecords: limits.reconcileRecords,
      maxMissed: limits.reconcileMissed,
    });
    if (report.missedEnqueued > 0 || report.repairedEnqueued > 0) {
      logger.warn(
        { missedEnqueued: report.missedEnqueued, repairedEnqueued: report.repairedEnqueued },
        'The reconciler enqueued records that had no delivery row',
      );
      onFound();
    }
    observer.reconciled(report);
    if (!report.more) return false;
  }
  return true;
}
