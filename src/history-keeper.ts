import { errorFields } from './delivery/error-fields.ts';
import { HISTORY_MINUTE_MS, type HistoryStore } from './store/history-store.ts';

interface HistoryKeeperParts {
  readonly history: Pick<HistoryStore, 'rollUp'>;
  readonly clock: { nowMs(): number; sleep(ms: number, signal: AbortSignal): Promise<void> };
  readonly logger: { warn(fields: object, message: string): void };
}

/** A week for charts, and a day more so that a week is whole. */
const HISTORY_KEPT_MS = 8 * 24 * 60 * HISTORY_MINUTE_MS;
/** A minute is added up when it has been over for a minute: what was finished in it is committed by then. */
const SETTLED_AFTER_MS = HISTORY_MINUTE_MS;
const EVERY_MS = 30_000;
/** Minutes of one step, and the pause between two: recording has the same thread and gets its turn. */
const MINUTES_A_STEP = 10;
const BETWEEN_STEPS_MS = 5;

/**
 * Adds up the receipts of each minute for the charts, where the charts are asked for: beside the API. Runs until `signal` aborts;
 * never rejects. In several processes whoever is first does the work.
 */
export async function keepHistory(
  { history, clock, logger }: HistoryKeeperParts,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    let more = false;
    try {
      const nowMs = clock.nowMs();
      const closedBeforeMs = nowMs - SETTLED_AFTER_MS;
      const keepSinceMs = nowMs - HISTORY_KEPT_MS;
      ({ more } = await history.rollUp({ closedBeforeMs, keepSinceMs, maxMinutes: MINUTES_A_STEP }));
    } catch (error) {
      logger.warn(errorFields(error), 'the history of deliveries cannot be added up now; trying again');
    }
    await clock.sleep(more ? BETWEEN_STEPS_MS : EVERY_MS, signal);
  }
}
