import type { DeliveryStore, LaneLease } from '../outbox/delivery-store.ts';
import type { Clock } from './clock.ts';
import type { DeliveryLimits } from './delivery-limits.ts';
import type { DeliveryLogger } from './delivery-parts.ts';
import { errorFields } from './error-fields.ts';

export interface LeaseParts {
  readonly store: Pick<DeliveryStore, 'renewLane'>;
  readonly clock: Clock;
  readonly logger: DeliveryLogger;
  readonly limits: Pick<DeliveryLimits, 'leaseMs' | 'renewEveryMs' | 'sendWithoutRenewalMs'>;
}

/**
 * Keeps a lane's lease. Sending is allowed while the last renewal that is known to have worked is recent enough on our own
 * monotonic clock: the store's time decides who owns the lane, ours only stops us early.
 */
export class LeaseKeeper {
  readonly #parts: LeaseParts;
  readonly lease: LaneLease;
  #renewedAtMs: number;
  #lost = false;

  /** `takenAtMs`: the monotonic time just before the lane was asked for. */
  constructor(lease: LaneLease, takenAtMs: number, parts: LeaseParts) {
    this.lease = lease;
    this.#renewedAtMs = takenAtMs;
    this.#parts = parts;
  }

  get lost(): boolean {
    return this.#lost;
  }

  get maySend(): boolean {
    const { clock, limits } = this.#parts;
    return !this.#lost && clock.monotonicMs() - this.#renewedAtMs < limits.sendWithoutRenewalMs;
  }

  markLost(): void {
    this.#lost = true;
  }

  /** Renews until `signal` aborts or the lane is lost; `onChange` is called after each try. */
  async run(signal: AbortSignal, onChange: () => void): Promise<void> {
    const { clock, limits } = this.#parts;
    // A failed renewal is tried again soon: there is time for several before sending must stop.
    const retryMs = limits.renewEveryMs / 10;
    let waitMs = limits.renewEveryMs;
    while (!signal.aborted && !this.#lost) {
      await clock.sleep(waitMs, signal);
      if (signal.aborted || this.#lost) return;
      waitMs = (await this.#renew()) ? limits.renewEveryMs : retryMs;
      onChange();
    }
  }

  async #renew(): Promise<boolean> {
    const { store, clock, limits, logger } = this.#parts;
    const askedAtMs = clock.monotonicMs();
    try {
      if (await store.renewLane(this.lease, limits.leaseMs)) {
        this.#renewedAtMs = askedAtMs;
        return true;
      }
      this.#lost = true;
      return false;
    } catch (error) {
      logger.warn(
        { destinationNo: this.lease.destinationNo, ...errorFields(error) },
        'The lease of a lane could not be renewed; trying again',
      );
      return false;
    }
  }
}
