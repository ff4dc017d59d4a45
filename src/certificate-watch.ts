import { Gauge, type Registry } from 'prom-client';
import { certificateTimes, expiryStage } from './connectors/certificate-time.ts';
import type { AdminStore } from './store/admin-store.ts';

/** Destinations that are looked at, as many as have metrics of their own. */
const MAX_WATCHED_DESTINATIONS = 100;
const LOOK_EVERY_MS = 3_600_000;

export interface CertificateWatchParts {
  readonly admin: Pick<AdminStore, 'listDestinations'>;
  readonly registry: Registry;
  readonly clock: { nowMs(): number };
  readonly logger: { warn(fields: object, message: string): void };
}

/**
 * Says in the log that a certificate of a destination's settings ends soon (30, 14, 7 and 1 days before, and when it has
 * ended: once each), and gives Prometheus the time of its end.
 */
export class CertificateWatch implements Disposable {
  readonly #parts: CertificateWatchParts;
  readonly #ends: Gauge<'destination' | 'name' | 'field'>;
  /** What was said already: a destination's field, the certificate's end and the warning. */
  readonly #said = new Set<string>();
  readonly #timer: NodeJS.Timeout;

  constructor(parts: CertificateWatchParts) {
    this.#parts = parts;
    this.#ends = new Gauge({
      name: 'aegis_siem_certificate_expires_timestamp_seconds',
      help: 'When the certificate in the settings of a destination ends, in Unix time',
      labelNames: ['destination', 'name', 'field'],
      registers: [parts.registry],
      collect: () => this.look(),
    });
    this.#timer = setInterval(() => void this.look(), LOOK_EVERY_MS).unref();
  }

  /** Never rejects: a store that does not answer is said by others. */
  async look(): Promise<void> {
    const { admin, clock, logger } = this.#parts;
    try {
      const { items } = await admin.listDestinations({}, { limit: MAX_WATCHED_DESTINATIONS });
      const nowMs = clock.nowMs();
      this.#ends.reset();
      for (const { destinationId: destination, name, config } of items) {
        for (const certificate of certificateTimes(config)) {
          const { pointer: field, subject, notAfterMs } = certificate;
          this.#ends.set({ destination, name, field }, notAfterMs / 1_000);
          const stage = expiryStage(certificate, nowMs);
          const key = `${destination} ${field} ${notAfterMs} ${stage}`;
          if (stage === undefined || this.#said.has(key)) continue;
          this.#said.add(key);
          const fields = {
            destination,
            name,
            field,
            subject,
            expires_at: new Date(notAfterMs).toISOString(),
          };
          logger.warn(
            fields,
            stage === 0
              ? 'a certificate of a destination has expired: give it a new one with PATCH'
              : `a certificate of a destination expires within ${stage} days: give it a new one with PATCH`,
          );
        }
      }
    } catch (error) {
      logger.warn({ err: error }, 'the certificates of the destinations could not be looked at');
    }
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}
