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
import type { Database } from './database.ts';

/** Signed-in browsers, one row each. */
export class PostgresSessionStore implements SessionStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async createSession(
    session: Session,
    audit: AuditRecord,
    { maxOfActor, replaces }: { readonly maxOfActor: number; readonly replaces?: string },
  ): Promise<void> {
    await this.#database.transaction(async (statements) => {
      // Two sign-ins at once clear different rows: neither waits for the other.
      await statements.run(
        `delete from @schema@.aegis_siem_sessions where session_sha256 in (
           select session_sha256 from @schema@.aegis_siem_sessions where idle_until <= $1 limit $2 for update skip locked)`,
        [Math.floor(session.createdAtMs), MAX_CLEARED_SESSIONS],
      );
      await statements.run('delete from @schema@.aegis_siem_sessions where session_sha256 = $1', [
        replaces ?? '',
      ]);
      await statements.run(
        `insert into @schema@.aegis_siem_sessions (session_sha256, api_key_id, actor, name, workspace_id, scopes, created_at,
           idle_until, expires_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
        [
          session.sessionSha256,
          session.apiKeyId ?? null,
          session.actor,
          session.name,
          session.workspaceId ?? null,
          JSON.stringify(session.scopes),
          Math.floor(session.createdAtMs),
          Math.floor(session.idleUntilMs),
          Math.floor(session.expiresAtMs),
        ],
      );
      await statements.run(
        `delete from @schema@.aegis_siem_sessions where session_sha256 in (
           select session_sha256 from @schema@.aegis_siem_sessions where actor = $1
           order by created_at desc, session_sha256 <> $2 limit $3 offset $4)`,
        [session.actor, session.sessionSha256, MAX_CLEARED_SESSIONS, maxOfActor],
      );
      await appendAudit(statements, audit);
    });
  }

  async readSession(sessionSha256: string): Promise<Session | undefined> {
    const row = await this.#database.first(
      'select * from @schema@.aegis_siem_sessions where session_sha256 = $1',
      [sessionSha256],
    );
    return row === undefined ? undefined : sessionOf(row);
  }

  async touchSession(sessionSha256: string, idleUntilMs: number): Promise<void> {
    await this.#database.run(
      'update @schema@.aegis_siem_sessions set idle_until = greatest(idle_until, $1) where session_sha256 = $2',
      [Math.floor(idleUntilMs), sessionSha256],
    );
  }

  endSession(sessionSha256: string, audit: AuditRecord): Promise<boolean> {
    return this.#database.transaction(async (statements) => {
      const ended = await statements.run(
        'delete from @schema@.aegis_siem_sessions where session_sha256 = $1',
        [sessionSha256],
      );
      if (ended === 0) return false;
      await appendAudit(statements, audit);
      return true;
    });
  }

  async listSessions(choice: SessionChoice, nowMs: number, page: PageQuery): Promise<Page<Session>> {
    const [createdAt, sessionSha256] =
      page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'string']);
    const rows = await this.#database.all(
      `select * from @schema@.aegis_siem_sessions
       where ($1::text is null or workspace_id = $1) and ($2::text is null or actor = $2) and idle_until > $3
         and (created_at, session_sha256) > ($4::bigint, $5::text)
       order by created_at, session_sha256 limit $6`,
      [
        choice.workspaceId ?? null,
        choice.actor ?? null,
        Math.floor(nowMs),
        createdAt ?? -1,
        sessionSha256 ?? '',
        page.limit + 1,
      ],
    );
    return pageOf(rows, page, (row) => [integer(row, 'created_at'), text(row, 'session_sha256')], sessionOf);
  }

  endSessions(choice: SessionChoice, auditOf: (ended: number) => AuditRecord): Promise<number> {
    return this.#database.transaction(async (statements) => {
      const ended = await statements.run(
        `delete from @schema@.aegis_siem_sessions
         where ($1::text is null or workspace_id = $1) and ($2::text is null or actor = $2)`,
        [choice.workspaceId ?? null, choice.actor ?? null],
      );
      await appendAudit(statements, auditOf(ended));
      return ended;
    });
  }
}
