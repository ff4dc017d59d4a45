import type { BacklogStore } from '../outbox/backlog-store.ts';
import { alarmLevel } from './alarm-level.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';
import { type SpaceForecast, SpaceForecaster } from './space-forecast.ts';

export interface SpaceWatchParts extends Pick<DeliveryParts, 'clock' | 'limits' | 'logger' | 'observer'> {
  readonly backlog: BacklogStore;
}

/**
 * Warns before the disk of an embedded store is full: nothing is dropped by time, so what waits may fill it. At 50, 70, 90 and
 * 100 % of what the store may take, a day ahead, once for each crossing. Runs until `signal` aborts; returns at once where the
 * store does not know its disk; never rejects.
 */
export async function runSpaceWatch(parts: SpaceWatchParts, signal: AbortSignal): Promise<void> {
  const { clock, limits, logger, observer, backlog } = parts;
  if (backlog.space === undefined) return;
  const forecaster = new SpaceForecaster();
  let level = 0;
  while (!signal.aborted) {
    try {
      const space = await backlog.space();
      const forecast = forecaster.add(space, clock.monotonicMs());
      observer.spaceMeasured({ ...space, ...forecast });
      const before = level;
      level = alarmLevel(before, forecast.percent);
      if (level !== before) {
        observer.spaceAlarm({ before, after: level, ...forecast });
        const fields = { level, before, freeBytes: space.freeBytes, ...inHours(forecast) };
        if (level > before) logger.warn(fields, FILLING);
        else logger.info(fields, 'The disk of the store fills more slowly again');
      }
    } catch (error) {
      logger.warn(errorFields(error), 'The disk of the store could not be measured; trying again');
    }
    await clock.sleep(limits.spaceLookMs, signal);
  }
}

const FILLING =
  'The disk of the store fills: at the present rate this share of it is taken a day from now. ' +
  'Give it more space, or see to it that the destinations take what waits';

function inHours({ percent, fullInMs }: SpaceForecast): Readonly<Record<string, number>> {
  const rounded = { percent: Math.round(percent) };
  return fullInMs === undefined ? rounded : { ...rounded, fullInHours: Math.round(fullInMs / 3_600_000) };
}
