import type { AdminStore } from '../store/admin-store.ts';
import type { ApiParts } from './api-parts.ts';

/** A key's last use is kept to this: a write for each request would cost more than the request. */
const TOUCH_EVERY_MS = 60_000;
/** Keys remembered; beyond it the memory starts afresh, which costs one write a key. */
const MAX_REMEMBERED_KEYS = 10_000;

/** Notes when a key was last used, at most once a minute each. A failure is logged and costs the request nothing. */
export class KeyUse {
  readonly #admin: Pick<AdminStore, 'touchApiKey'>;
  readonly #logger: Pick<ApiParts['logger'], 'warn'>;
  readonly #touchedMs = new Map<string, number>();

  constructor(admin: Pick<AdminStore, 'touchApiKey'>, logger: Pick<ApiParts['logger'], 'warn'>) {
    this.#admin = admin;
    this.#logger = logger;
  }

  used(apiKeyId: string, nowMs: number): void {
    if (Math.abs(nowMs - (this.#touchedMs.get(apiKeyId) ?? -Infinity)) < TOUCH_EVERY_MS) return;
    if (this.#touchedMs.size >= MAX_REMEMBERED_KEYS) this.#touchedMs.clear();
    this.#touchedMs.set(apiKeyId, nowMs);
    this.#admin.touchApiKey(apiKeyId, nowMs).catch((error: unknown) => {
      this.#logger.warn({ err: error, api_key_id: apiKeyId }, 'the last use of a key was not noted');
    });
  }
}
