import type { Destination } from './outbox/destination.ts';
import type { AdminStore } from './store/admin-store.ts';

const DAY_MS = 86_400_000;
/** A warning at each of these, most urgent first. */
export const EXPIRY_WARNING_DAYS = [0, 1, 7, 14, 30] as const;

const EXPIRY_LOOK_MS = 3_600_000;
const PAGE_SIZE = 200;

/** The most urgent step that has been reached; undefined while more than 30 days are left or nothing is known. */
export function expiryStep(expiresAtMs: number | undefined, nowMs: number): number | undefined {
  if (expiresAtMs === undefined) return undefined;
  const daysLeft = (expiresAtMs - nowMs) / DAY_MS;
  return EXPIRY_WARNING_DAYS.find((days) => daysLeft <= days);
}

export interface ExpiryParts {
  readonly admin: Pick<AdminStore, 'listDestinations'>;
  readonly clock: { nowMs(): number };
  readonly logger: { warn(fields: Readonly<Record<string, unknown>>, message: string): void };
}

/** Says in the log, once for each step, that credentials are about to end. */
export class CredentialExpiryWatch {
  readonly #parts: ExpiryParts;
  /** Step last told, by destination and end: another end begins anew. */
  readonly #told = new Map<string, number>();

  constructor(parts: ExpiryParts) {
    this.#parts = parts;
  }

  async look(): Promise<void> {
    let cursor: string | undefined;
    do {
      const page = await this.#parts.admin.listDestinations(
        {},
        { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) },
      );
      for (const destination of page.items) this.#judge(destination);
      cursor = page.nextCursor;
    } while (cursor !== undefined);
  }

  #judge({ destinationId, name, credentialNotes }: Destination): void {
    const expiresAtMs = credentialNotes?.expiresAtMs;
    const step = expiryStep(expiresAtMs, this.#parts.clock.nowMs());
    if (expiresAtMs === undefined || step === undefined) return;
    const key = `${destinationId} ${expiresAtMs}`;
    if ((this.#told.get(key) ?? Infinity) <= step) return;
    this.#told.set(key, step);
    this.#parts.logger.warn(
      { destination_id: destinationId, name, expires_at: new Date(expiresAtMs).toISOString(), days: step },
      step === 0
        ? 'The credentials of a destination have ended; set new ones'
        : 'The credentials of a destination end soon; set new ones with next_credentials',
    );
  }
}

/** Looks now and each hour until the answer is called. A store that cannot answer is looked at again the next time. */
export function watchCredentialExpiry(parts: ExpiryParts): () => void {
  const watch = new CredentialExpiryWatch(parts);
  const look = (): void => {
    watch.look().catch((error: unknown) => {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      parts.logger.warn({ code }, 'When credentials end could not be looked up; trying again in an hour');
    });
  };
  look();
  const timer = setInterval(look, EXPIRY_LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}
