import type { AuditRecord, Page, PageQuery } from '../admin-store.ts';
import { integer, text } from '../column.ts';
import { decodeCursor } from '../cursor.ts';
import { pageOf } from '../page.ts';
import { sessionOf } from '../session-row.ts';
import {
  MAX_CLEARED_SESSIONS,
  type Session,
  type SessionChoice,
  type SessionStore,
} from '../session-store.ts';
import { appendAudit } from './audit.ts';
import type { SqliteConnection } from './connection.ts';

/** Signed-in browsers, one row each. */
export class SqliteSessionStore implements SessionStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async createSession(
    session: Session,
    audit: AuditRecord,
    { maxOfActor, replaces }: { readonly maxOfActor: number; readonly replaces?: string },
  ): Promise<void> {
    this.#connection.write((statements) => {
      statements.run(
        `delete from aegis_siem_sessions where session_sha256 in (
           select session_sha256 from aegis_siem_sessions where idle_until <= ? limit ?)`,
        Math.floor(session.createdAtMs),
        MAX_CLEARED_SESSIONS,
      );
      statements.run('delete from aegis_siem_sessions where session_sha256 = ?', replaces ?? '');
      statements.run(
        `insert into aegis_siem_sessions (session_sha256, api_key_id, actor, name, workspace_id, scopes, created_at,
           idle_until, expires_at)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        session.sessionSha256,
        session.apiKeyId ?? null,
        session.actor,
        session.name,
        session.workspaceId ?? null,
        JSON.stringify(session.scopes),
        Math.floor(session.createdAtMs),
        Math.floor(session.idleUntilMs),
        Math.floor(session.expiresAtMs),
      );
      statements.run(
        `delete from aegis_siem_sessions where session_sha256 in (
           select session_sha256 from aegis_siem_sessions where actor = ?
           order by created_at desc, session_sha256 <> ? limit ? offset ?)`,
        session.actor,
        session.sessionSha256,
        MAX_CLEARED_SESSIONS,
        maxOfActor,
      );
      appendAudit(statements, audit);
    });
  }

  async readSession(sessionSha256: string): Promise<Session | undefined> {
    const row = this.#connection.read((statements) =>
      statements.first('select * from aegis_siem_sessions where session_sha256 = ?', sessionSha256),
    );
    return row === undefined ? undefined : sessionOf(row);
  }

  async touchSession(sessionSha256: string, idleUntilMs: number): Promise<void> {
    this.#connection.write(
      (statements) =>
        statements.run(
          'update aegis_siem_sessions set idle_until = max(idle_until, ?) where session_sha256 = ?',
          Math.floor(idleUntilMs),
          sessionSha256,
        ),
      'normal',
    );
  }

  async endSession(sessionSha256: string, audit: AuditRecord): Promise<boolean> {
    return this.#connection.write((statements) => {
      const ended = statements.run('delete from aegis_siem_sessions where session_sha256 = ?', sessionSha256);
      if (ended === 0) return false;
      appendAudit(statements, audit);
      return true;
    });
  }

  async listSessions(choice: SessionChoice, nowMs: number, page: PageQuery): Promise<Page<Session>> {
    const [createdAt, sessionSha256] =
      page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'string']);
    const rows = this.#connection.read((statements) =>
      statements.all(
        `select * from aegis_siem_sessions
         where (?1 is null or workspace_id = ?1) and (?2 is null or actor = ?2) and idle_until > ?3
           and (created_at, session_sha256) > (?4, ?5)
         order by created_at, session_sha256 limit ?6`,
        choice.workspaceId ?? null,
        choice.actor ?? null,
        Math.floor(nowMs),
        createdAt ?? -1,
        sessionSha256 ?? '',
        page.limit + 1,
      ),
    );
    return pageOf(rows, page, (row) => [integer(row, 'created_at'), text(row, 'session_sha256')], sessionOf);
  }

  async endSessions(choice: SessionChoice, auditOf: (ended: number) => AuditRecord): Promise<number> {
    return this.#connection.write((statements) => {
      const ended = statements.run(
        `delete from aegis_siem_sessions
         where (?1 is null or workspace_id = ?1) and (?2 is null or actor = ?2)`,
        choice.workspaceId ?? null,
        choice.actor ?? null,
      );
      appendAudit(statements, auditOf(ended));
      return ended;
    });
  }
}
