import { Client } from 'pg';
import { openPostgresStore } from '../../src/store/postgres/open-postgres-store.ts';
import type { Store, StoreLogger } from '../../src/store/store.ts';
import { usePostgres } from './postgres.ts';

/** A store over a fresh, migrated database. */
export interface TestPostgresStore {
  readonly store: Store;
  readonly url: string;
  /** Runs one statement on a connection of its own. */
  sql(text: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** One more connection, closed with the store. */
  connect(options?: { readonly pipeline?: boolean; readonly user?: string }): Promise<Client>;
  close(): Promise<void>;
}

/** Makes fresh stores for one test file; `close` drops all of their databases. Each is a copy of one that is migrated once. */
export interface PostgresStores {
  /** `copyOf`: the address of a store that is closed, to begin with what is in it. */
  open(logger?: StoreLogger, copyOf?: string): Promise<TestPostgresStore>;
  close(): Promise<void>;
}

const SILENT: StoreLogger = { warn: () => undefined };

export async function usePostgresStores(options?: { readonly alone: boolean }): Promise<PostgresStores> {
  const postgres = await usePostgres(options);
  const template = await openPostgresStore(postgres.url, { logger: SILENT });
  await template.migrate();
  await template.close();
  return {
    open: async (logger = SILENT, copyOf = postgres.url) => {
      const url = await postgres.newDatabase(copyOf);
      const store = await openPostgresStore(url, { logger });
      const clients: Client[] = [];
      const connect: TestPostgresStore['connect'] = async (options = {}) => {
        const client = new Client({ connectionString: url, ...options });
        // Some tests end the server's side of it.
        client.on('error', () => undefined);
        clients.push(client);
        await client.connect();
        return client;
      };
      return {
        store,
        url,
        connect,
        sql: async (text, values = []) => {
          const client = new Client({ connectionString: url });
          await client.connect();
          try {
            return (await client.query<Record<string, unknown>>(text, [...values])).rows;
          } finally {
            await client.end();
          }
        },
        close: async () => {
          await Promise.all(clients.map((client) => client.end()));
          await store.close();
        },
      };
    },
    close: () => postgres.close(),
  };
}
