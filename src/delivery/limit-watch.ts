import type { DeadReason } from '../outbox/batch.ts';
import { type BacklogStore, type LimitLevels, NO_ALARMS } from '../outbox/backlog-store.ts';
import type { DueDestination, OpenRow } from '../outbox/delivery-store.ts';
import type { BacklogLimits, Destination } from '../outbox/destination.ts';
import { alarmLevel } from './alarm-level.ts';
import { type BacklogLook, type LimitName, lookAtBacklog } from './backlog-look.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';
import { rowsOverLimit } from './over-limit.ts';

export interface LimitWatchParts extends Pick<
  DeliveryParts,
  'clock' | 'limits' | 'logger' | 'observer' | 'owner'
> {
  readonly backlog: BacklogStore;
}

const LIMIT_NAMES = ['age', 'rows', 'bytes'] as const satisfies readonly LimitName[];

interface Kept {
  readonly look: BacklogLook;
  readonly rowVersion: number;
  readonly untilMs: number;
}

/** Holds what waits against the limits that operators set, and raises an alarm at each share of them. */
export class LimitWatch {
  readonly #parts: LimitWatchParts;
  readonly #kept = new Map<number, Kept>();

  constructor(parts: LimitWatchParts) {
    this.#parts = parts;
  }

  /** For a lane about to form a batch of `rows`: those that are beyond a limit. Rejects when the store fails. */
  async overLimit(
    destination: Destination,
    rows: readonly Pick<OpenRow, 'recordNo' | 'replayed'>[],
  ): Promise<ReadonlyMap<number, DeadReason>> {
    const { limits = {}, destinationNo, rowVersion } = destination;
    if (rows.length === 0 || !hasLimits(limits)) return new Map();
    const { clock, backlog } = this.#parts;
    const kept = this.#kept.get(destinationNo);
    const fresh = kept !== undefined && kept.rowVersion === rowVersion && clock.monotonicMs() < kept.untilMs;
    const look = fresh ? kept.look : await this.#look(destination, limits);
    return rowsOverLimit(backlog, rows, look, limits, clock.nowMs());
  }

  /**
   * Looks at every destination with limits until `signal` aborts, whether it is sent to or not. `listed`: what the dispatcher
   * was told last. Never rejects.
   */
  async run(signal: AbortSignal, listed: () => Promise<readonly DueDestination[]>): Promise<void> {
    const { clock, limits, logger } = this.#parts;
    while (!signal.aborted) {
      try {
        for (const due of await listed()) {
          if (!signal.aborted && this.#isOurs(due)) await this.#check(due.destination);
        }
      } catch (error) {
        logger.warn(errorFields(error), 'What waits could not be held against its limits; trying again');
      }
      await clock.sleep(limits.limitLookMs, signal);
    }
  }

  /** A lane's owner measures; where nobody owns the lane, everybody may. */
  #isOurs({ owner, leasedUntilMs }: DueDestination): boolean {
    const { clock, owner: self } = this.#parts;
    return owner === undefined || owner === self || leasedUntilMs <= clock.nowMs();
  }

  async #check(destination: Destination): Promise<void> {
    const { limits = {}, destinationNo } = destination;
    const before = await this.#parts.backlog.readLevels(destinationNo);
    if (!hasLimits(limits) && !isAlarmed(before)) return;
    const look = hasLimits(limits) ? await this.#look(destination, limits) : { atMs: 0, percents: {} };
    const after: LimitLevels = {
      ...NO_ALARMS,
      ...Object.fromEntries(
        LIMIT_NAMES.map((name) => [name, alarmLevel(before[name], look.percents[name] ?? 0)]),
      ),
    };
    this.#measured(destination, look);
    const changed = LIMIT_NAMES.filter((name) => before[name] !== after[name]);
    if (changed.length === 0 || !(await this.#parts.backlog.changeLevels(destinationNo, before, after)))
      return;
    for (const name of changed) this.#alarm(destination, name, before[name], after[name], look);
  }

  async #look(destination: Destination, limits: BacklogLimits): Promise<BacklogLook> {
    const { backlog, clock, limits: bounds } = this.#parts;
    const { destinationNo, rowVersion } = destination;
    const look = await lookAtBacklog(backlog, destinationNo, limits, clock.nowMs());
    this.#kept.set(destinationNo, { look, rowVersion, untilMs: clock.monotonicMs() + bounds.limitLookMs });
    return look;
  }

  #measured({ destinationId }: Destination, { percents }: BacklogLook): void {
    for (const limit of LIMIT_NAMES) {
      const percent = percents[limit];
      if (percent !== undefined) this.#parts.observer.limitMeasured({ destinationId, limit, percent });
    }
  }

  #alarm(destination: Destination, limit: LimitName, before: number, after: number, look: BacklogLook): void {
    const { logger, observer } = this.#parts;
    const { destinationId } = destination;
    const percent = look.percents[limit] ?? 0;
    observer.limitAlarm({ destinationId, limit, before, after, percent });
    const fields = { destinationId, limit, level: after, before, percent: Math.round(percent) };
    if (after < before) logger.info(fields, 'What waits for a destination is further below its limit again');
    else logger.warn(fields, after >= 100 ? PASSED : NEAR);
  }
}

const NEAR = 'What waits for a destination comes near a limit that the operator set';
const PASSED =
  'A limit of a destination is passed: the oldest of what waits will be sent as tombstones and become dead letters. ' +
  'Mend the destination, or raise the limit before it takes events again';

function hasLimits({ maxAgeMs, maxRows, maxBytes }: BacklogLimits): boolean {
  return maxAgeMs !== undefined || maxRows !== undefined || maxBytes !== undefined;
}

function isAlarmed(levels: LimitLevels): boolean {
  return LIMIT_NAMES.some((name) => levels[name] > 0);
}
