import { createHash } from 'node:crypto';
import type { ApiKey, AuditRecord, Page, PageQuery } from '../../store/admin-store.ts';
import type { Session, SessionChoice, SessionStore } from '../../store/session-store.ts';
import { isUsable, type ApiKeyReader } from '../authenticate.ts';
import { keyPrincipal, type Principal } from '../principal.ts';
import { Problem } from '../problem.ts';
import { SESSION_TOKEN_BYTES } from './session-cookie.ts';

/** Browsers that one person may be signed in with; the oldest goes for one more. */
const MAX_SESSIONS_OF_ACTOR = 20;
/** The use of a session is noted to this: a write for each request would cost more than the request. */
const TOUCH_EVERY_MS = 60_000;

export interface SessionTimes {
  /** Over after so long without a request that a person stands behind. */
  readonly idleMs: number;
  /** Over after so long whatever happens. */
  readonly lifetimeMs: number;
}

interface SessionKeeperParts extends SessionTimes {
  readonly sessions: SessionStore;
  readonly keys: ApiKeyReader;
  readonly random: { bytes(count: number): Uint8Array };
  readonly logger: { warn(fields: object, message: string): void };
}

/** Who a new session is for. */
export type SessionOwner = Pick<Session, 'actor' | 'name' | 'workspaceId' | 'scopes' | 'apiKeyId'>;

/** Begins, recognises and ends the sessions of browsers. */
export class SessionKeeper {
  readonly #parts: SessionKeeperParts;

  constructor(parts: SessionKeeperParts) {
    this.#parts = parts;
  }

  /** A session and the token for its cookie, which is not kept. `replaces` is the token that the browser had until now. */
  async begin(
    owner: SessionOwner,
    audit: AuditRecord,
    nowMs: number,
    options: { readonly replaces?: string | undefined; readonly until?: number | undefined } = {},
  ): Promise<{ readonly token: string; readonly session: Session }> {
    const { sessions, random, idleMs, lifetimeMs } = this.#parts;
    const token = Buffer.from(random.bytes(SESSION_TOKEN_BYTES)).toString('base64url');
    const expiresAtMs = Math.min(nowMs + lifetimeMs, options.until ?? Infinity);
    const session: Session = {
      ...owner,
      sessionSha256: sha256(token),
      createdAtMs: nowMs,
      idleUntilMs: Math.min(nowMs + idleMs, expiresAtMs),
      expiresAtMs,
    };
    await sessions.createSession(session, audit, {
      maxOfActor: MAX_SESSIONS_OF_ACTOR,
      ...(options.replaces === undefined ? {} : { replaces: sha256(options.replaces) }),
    });
    return { token, session };
  }

  /**
   * The principal of a session's token. A session of a key is read together with the key: one that was revoked, or whose scopes
   * ended, counts at once. Throws `unauthenticated`.
   *
   * `isUse`: false for what a page asks by itself, which does not keep a session from ending for want of use.
   */
  async principalOf(token: string, nowMs: number, isUse = true): Promise<Principal> {
    const session = await this.#parts.sessions.readSession(sha256(token));
    if (session === undefined || session.idleUntilMs <= nowMs || session.expiresAtMs <= nowMs) throw over();
    const principal =
      session.apiKeyId === undefined
        ? personPrincipal(session)
        : await this.#principalOfKey(session.apiKeyId, nowMs);
    return { ...principal, session: isUse ? this.#touched(session, nowMs) : session };
  }

  /** False when it had ended already. */
  end(session: Pick<Session, 'sessionSha256'>, audit: AuditRecord): Promise<boolean> {
    return this.#parts.sessions.endSession(session.sessionSha256, audit);
  }

  /** Those in force. */
  list(choice: SessionChoice, nowMs: number, page: PageQuery): Promise<Page<Session>> {
    return this.#parts.sessions.listSessions(choice, nowMs, page);
  }

  /** Ends all of them at once: the next request of each is refused. Answers how many. */
  endAll(choice: SessionChoice, auditOf: (ended: number) => AuditRecord): Promise<number> {
    return this.#parts.sessions.endSessions(choice, auditOf);
  }

  async #principalOfKey(apiKeyId: string, nowMs: number): Promise<Principal> {
    const key: ApiKey | undefined = await this.#parts.keys.readApiKey(apiKeyId);
    if (key === undefined || !isUsable(key, nowMs)) throw over();
    return keyPrincipal(key);
  }

  #touched(session: Session, nowMs: number): Session {
    const idleUntilMs = Math.min(nowMs + this.#parts.idleMs, session.expiresAtMs);
    if (idleUntilMs - session.idleUntilMs < Math.min(TOUCH_EVERY_MS, this.#parts.idleMs / 2)) return session;
    // Not waited for: whether the use is noted changes nothing about this request.
    this.#parts.sessions.touchSession(session.sessionSha256, idleUntilMs).catch((error: unknown) => {
      this.#parts.logger.warn({ err: error }, 'the use of a session was not noted');
    });
    return { ...session, idleUntilMs };
  }
}

function personPrincipal(session: Session): Principal {
  return {
    actor: session.actor,
    name: session.name,
    scopes: session.scopes,
    ...(session.workspaceId === undefined ? {} : { workspaceId: session.workspaceId }),
  };
}

function sha256(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function over(): Problem {
  return new Problem('unauthenticated', 'The session is over. Sign in again.');
}
