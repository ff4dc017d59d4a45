import { errorFields } from './error-fields.ts';
import type { LaneRun } from './lane-run.ts';

/**
 * Repeats a store call that is safe to repeat until it answers. Gives up only when the lane is lost or the grace of a stop
 * is over, and answers undefined then. `tries` says how many calls it took.
 */
export async function keepTrying<Result>(
  run: LaneRun,
  what: string,
  call: () => Promise<Result>,
): Promise<{ readonly result: Result; readonly tries: number } | undefined> {
  const { clock, limits, logger } = run.parts;
  for (let tries = 1; ; tries += 1) {
    try {
      return { result: await call(), tries };
    } catch (error) {
      if (run.keeper.lost || run.abandoned) return undefined;
      logger.warn(
        { ...run.who, tries, ...errorFields(error) },
        `The store failed while ${what}; trying again`,
      );
      const pauseMs = Math.min(
        limits.storeRetryMaxMs,
        limits.storeRetryFirstMs * 2 ** Math.min(tries - 1, 20),
      );
      await clock.sleep(pauseMs, new AbortController().signal);
      if (run.keeper.lost || run.abandoned) return undefined;
    }
  }
}
