import type { JsonObject } from '../../json.ts';
import { integer, json } from '../column.ts';
import type { NoticeStore, NoticeTaking, NoticeTurn } from '../notice-store.ts';
import type { SqliteConnection } from './connection.ts';

/** Who tells operators, one row a channel. */
export class SqliteNoticeStore implements NoticeStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async takeNotices({ channel, owner, leaseMs }: NoticeTaking): Promise<NoticeTurn | undefined> {
    // A lease that ends later than one taken now was taken before the clock was put back.
    const nowMs = Date.now();
    const row = this.#connection.write((statements) => {
      statements.run('insert into aegis_siem_notices (channel) values (?) on conflict do nothing', channel);
      return statements.first(
        `update aegis_siem_notices
         set token = token + (owner is not ?2), owner = ?2, leased_until = ?3
         where channel = ?1 and (owner is ?2 or leased_until not between ?4 + 1 and ?3) returning token, state`,
        channel,
        owner,
        nowMs + leaseMs,
        nowMs,
      );
    }, 'normal');
    return row === undefined
      ? undefined
      : { token: integer(row, 'token'), state: json(row, 'state') as JsonObject };
  }

  async keepNotices(channel: string, token: number, state: JsonObject): Promise<boolean> {
    const kept = this.#connection.write((statements) =>
      statements.run(
        'update aegis_siem_notices set state = ? where channel = ? and token = ?',
        JSON.stringify(state),
        channel,
        token,
      ),
    );
    return kept > 0;
  }

  async leaveNotices(channel: string, token: number): Promise<void> {
    this.#connection.write((statements) =>
      statements.run(
        'update aegis_siem_notices set owner = null, leased_until = 0 where channel = ? and token = ?',
        channel,
        token,
      ),
    );
  }
}
