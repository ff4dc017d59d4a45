import { randomBytes } from 'node:crypto';
import { Client, escapeIdentifier } from 'pg';
import { launchPostgresServer, type PostgresServer } from './postgres-server.ts';

export type { PostgresServer } from './postgres-server.ts';

/** Databases of one test file. */
export interface TestPostgres {
  /** A fresh, empty database. */
  readonly url: string;
  /** One more, empty or as a copy of the database that `template` points to (nobody may be connected to that one). */
  newDatabase(template?: string): Promise<string>;
  /** Drops all of them, and stops the server where this file started its own. */
  close(): Promise<void>;
}

/**
 * The server for a whole test run: `DATABASE_URL` when set (left running at `stop`), else one of our own. The run passes its
 * address on to the test files as `AEGIS_SIEM_TEST_POSTGRES_URL`.
 */
export async function startPostgresServer(): Promise<PostgresServer> {
  const given = process.env['DATABASE_URL'];
  if (given !== undefined && given !== '') return { url: given, stop: async () => {} };
  return launchPostgresServer();
}

/**
 * Fresh databases on the server of the test run, or on one started here when a file is run by itself. `alone`: on one that no
 * other file uses, for tests of what waits until every transaction of the server has ended.
 */
export async function usePostgres({ alone = false } = {}): Promise<TestPostgres> {
  const shared = alone ? undefined : process.env['AEGIS_SIEM_TEST_POSTGRES_URL'];
  const server =
    shared === undefined || shared === ''
      ? await startPostgresServer()
      : { url: shared, stop: async () => {} };
  const names: string[] = [];
  const newDatabase = async (template?: string): Promise<string> => {
    const name = `aegis_siem_test_${randomBytes(8).toString('hex')}`;
    const from = template === undefined ? 'template0' : databaseOf(template);
    await maintain(
      server.url,
      `create database ${escapeIdentifier(name)} template ${escapeIdentifier(from)}`,
    );
    names.push(name);
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return url.href;
  };
  return {
    url: await newDatabase(),
    newDatabase,
    close: async () => {
      for (const name of names.splice(0)) {
        await maintain(server.url, `drop database if exists ${escapeIdentifier(name)} with (force)`);
      }
      await server.stop();
    },
  };
}

function databaseOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.slice(1));
}

async function maintain(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
