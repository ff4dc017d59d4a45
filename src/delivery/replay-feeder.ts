import type { ReplayFeedStore } from '../outbox/replay-store.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';

export interface ReplayFeederParts extends Pick<DeliveryParts, 'clock' | 'limits' | 'logger' | 'observer'> {
  readonly store: ReplayFeedStore;
}

/**
 * Takes the turns of replays: looks often while a batch is on its way, and each second whether somebody asked for one. Runs
 * until `signal` aborts; never rejects. `onFed` is called when rows were written. Runs in every process that delivers: a turn
 * is decided by what is stored, so it does not matter which of them takes it.
 */
export async function runReplayFeeder(
  parts: ReplayFeederParts,
  signal: AbortSignal,
  onFed: () => void,
): Promise<void> {
  const { clock, limits, logger } = parts;
  let waitMs = limits.replayTurnMs;
  while (!signal.aborted) {
    try {
      const { active, progressed } = await takeTurns(parts, onFed);
      if (active === 0) waitMs = limits.replayIdleMs;
      else if (progressed) waitMs = limits.replayTurnMs;
      else waitMs = Math.min(limits.pollMs, waitMs * 2);
    } catch (error) {
      waitMs = limits.replayIdleMs;
      logger.warn(errorFields(error), 'A replay could not take its turn; trying again');
    }
    await clock.sleep(waitMs, signal);
  }
}

async function takeTurns(
  { store, clock, limits, logger, observer }: ReplayFeederParts,
  onFed: () => void,
): Promise<{ readonly active: number; readonly progressed: boolean }> {
  const { replayRows: maxRows, replayLooked: maxLooked } = limits;
  const { active, steps } = await store.feed({ maxRows, maxLooked }, clock.nowMs());
  for (const step of steps) {
    observer.replayed(step);
    if (step.ended === undefined) continue;
    const { replayId, destinationId, ended, note } = step;
    logger[ended === 'failed' ? 'warn' : 'info'](
      { replayId, destinationId, ended, note },
      'A replay has ended',
    );
  }
  if (steps.some(({ enqueued }) => enqueued > 0)) onFed();
  return { active, progressed: steps.length > 0 };
}
