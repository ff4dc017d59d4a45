import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';

/** One question in SQL to the store at `url`, past the product. For both stores: only what both understand. */
export async function askStore(
  url: string,
  sql: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  if (url.startsWith('sqlite:')) {
    using database = new DatabaseSync(url.slice('sqlite:'.length));
    return database.prepare(sql).all();
  }
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
