import type { JsonObject } from '../../json.ts';
import { integer, json } from '../column.ts';
import type { NoticeStore, NoticeTaking, NoticeTurn } from '../notice-store.ts';
import type { Database } from './database.ts';
import { NOW_MS } from './lanes.ts';

/** Who tells operators, one row a channel. */
export class PostgresNoticeStore implements NoticeStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async takeNotices({ channel, owner, leaseMs }: NoticeTaking): Promise<NoticeTurn | undefined> {
    await this.#database.run(
      'insert into @schema@.aegis_siem_notices (channel) values ($1) on conflict do nothing',
      [channel],
    );
    // A lease that ends later than one taken now was taken before the clock was put back.
    const row = await this.#database.first(
      `update @schema@.aegis_siem_notices
       set token = token + (owner is distinct from $2)::integer, owner = $2, leased_until = ${NOW_MS} + $3::bigint
       where channel = $1 and (owner = $2 or leased_until not between ${NOW_MS} + 1 and ${NOW_MS} + $3::bigint)
       returning token, state`,
      [channel, owner, leaseMs],
    );
    return row === undefined
      ? undefined
      : { token: integer(row, 'token'), state: json(row, 'state') as JsonObject };
  }

  async keepNotices(channel: string, token: number, state: JsonObject): Promise<boolean> {
    const kept = await this.#database.run(
      'update @schema@.aegis_siem_notices set state = $1 where channel = $2 and token = $3',
      [JSON.stringify(state), channel, token],
    );
    return kept > 0;
  }

  async leaveNotices(channel: string, token: number): Promise<void> {
    await this.#database.run(
      'update @schema@.aegis_siem_notices set owner = null, leased_until = 0 where channel = $1 and token = $2',
      [channel, token],
    );
  }
}
