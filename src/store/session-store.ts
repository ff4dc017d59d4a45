import type { AuditRecord, Page, PageQuery, WorkspaceScope } from './admin-store.ts';

/** A person's signed-in browser. Only the SHA-256 of the token in its cookie is kept. */
export interface Session {
  readonly sessionSha256: string;
  /** The key that it was begun with: it ends with that key, and may what the key may. */
  readonly apiKeyId?: string;
  /** How the audit trail names the person. */
  readonly actor: string;
  /** What the console calls the person. */
  readonly name: string;
  /** Absent: all workspaces. Of a session without a key; one with a key has the key's. */
  readonly workspaceId?: string;
  readonly scopes: readonly string[];
  readonly createdAtMs: number;
  /** Over at this time unless it is used before. */
  readonly idleUntilMs: number;
  /** Over at this time however much it is used. */
  readonly expiresAtMs: number;
}

/** Sessions of a workspace, of a person, or all there are. */
export interface SessionChoice extends WorkspaceScope {
  readonly actor?: string;
}

/** What the sign-in of people needs of a store. */
export interface SessionStore {
  /**
   * Keeps a session with its audit record. `replaces` is the session that the same browser had before. Sessions that are over
   * are cleared away in small steps, and the actor's oldest ones beyond `maxOfActor`.
   */
  createSession(
    session: Session,
    audit: AuditRecord,
    limits: { readonly maxOfActor: number; readonly replaces?: string },
  ): Promise<void>;
  /** Also one that is over: the caller looks at its times. */
  readSession(sessionSha256: string): Promise<Session | undefined>;
  /** Notes that it was used: moves `idleUntilMs` forward, never back. */
  touchSession(sessionSha256: string, idleUntilMs: number): Promise<void>;
  /** False, and nothing written, when there is no such session. */
  endSession(sessionSha256: string, audit: AuditRecord): Promise<boolean>;
  /** Those that are in force at `nowMs`, oldest first. */
  listSessions(choice: SessionChoice, nowMs: number, page: PageQuery): Promise<Page<Session>>;
  /**
   * Ends all of them at once, also those that are over, with one audit record that is made of their number (also where there is
   * none: the act is what is kept). Answers how many ended.
   */
  endSessions(choice: SessionChoice, auditOf: (ended: number) => AuditRecord): Promise<number>;
}

/** Sessions that are over and go with one sign-in. */
export const MAX_CLEARED_SESSIONS = 200;
