import { emitWarnings } from '../emit-warnings.ts';
import type { Store, StoreOptions } from '../store.ts';
import { PostgresAdminStore } from './admin-store.ts';
import { PostgresBacklogStore } from './backlog-store.ts';
import { PostgresChainStore } from './chain-store.ts';
import { Database } from './database.ts';
import { PostgresDeliveryLook } from './delivery-look.ts';
import { PostgresDeliveryStore } from './delivery-store.ts';
import { PostgresHistoryStore } from './history-store.ts';
import { PostgresEvidenceStore } from './evidence-store.ts';
import { checkSchema, grantRoles, migrate, readMigrations } from './migrate.ts';
import { PostgresNoticeStore } from './notice-store.ts';
import { PostgresProofStore } from './proof-store.ts';
import { PostgresPruningStore } from './pruning-store.ts';
import { PostgresRecordStore } from './record-store.ts';
import { PostgresReplayAdminStore } from './replay-admin-store.ts';
import { PostgresReplayFeedStore } from './replay-feed-store.ts';
import { PostgresRetentionStore } from './retention-store.ts';
import { PostgresSealedStore } from './sealed-store.ts';
import { PostgresSessionStore } from './session-store.ts';
import { ALL_WORKSPACES, secureRows } from './row-security.ts';
import { checkedSchemaName, DEFAULT_SCHEMA } from './schema-name.ts';

export interface PostgresStoreOptions extends StoreOptions {
  /** Where the tables are; default `public`. */
  readonly schema?: string;
}

/**
 * Connections of each purpose: none of them waits for the others, and all three together stay far below what a server gives to
 * one program. Groups of records commit side by side; a lane has a few batches in flight; the API asks for pages.
 */
const POOL_LIMITS = Object.freeze({ record: 4, delivery: 6, admin: 4 });

/** Longest statements. Recording answers a caller who waits; a migration may rewrite a table. */
const STATEMENT_TIMEOUTS_MS = Object.freeze({
  record: 10_000,
  delivery: 30_000,
  admin: 15_000,
  migrate: 3_600_000,
});

/**
 * How the delivery's statements are planned, whatever the statistics say: the outbox is empty at one moment and a million rows
 * deep at the next, and a plan that was made for one of them must not read or sort the whole backlog for a batch in the other.
 */
export const PLANNER_SETTINGS: readonly string[] = Object.freeze([
  'enable_seqscan=off',
  'enable_bitmapscan=off',
  'enable_hashjoin=off',
  'enable_mergejoin=off',
  'enable_sort=off',
]);

/**
 * Opens the store on PostgreSQL 14 or later. Connections are made when they are needed, so opening does not fail while the server
 * is away: `ping` tells. The tables come by `migrate`.
 */
export async function openPostgresStore(url: string, options: PostgresStoreOptions = {}): Promise<Store> {
  const schema = checkedSchemaName(options.schema ?? DEFAULT_SCHEMA);
  const logger = options.logger ?? emitWarnings;
  const migrations = readMigrations();
  const open = (
    purpose: keyof typeof STATEMENT_TIMEOUTS_MS,
    maxConnections: number,
    sessionSettings: readonly string[] = [],
  ) =>
    new Database({
      url,
      schema,
      applicationName: `aegis-siem ${purpose}`,
      maxConnections,
      statementTimeoutMs: STATEMENT_TIMEOUTS_MS[purpose],
      sessionSettings: [ALL_WORKSPACES, ...sessionSettings],
      logger,
    });
  const record = open('record', POOL_LIMITS.record);
  const delivery = open('delivery', POOL_LIMITS.delivery, PLANNER_SETTINGS);
  const admin = open('admin', POOL_LIMITS.admin);
  return {
    kind: 'postgres',
    record: new PostgresRecordStore(record, logger),
    delivery: new PostgresDeliveryStore(delivery, logger),
    // Its statements sort receipts, which the planner settings of the delivery's sessions are not made for.
    proof: new PostgresProofStore(admin),
    chain: new PostgresChainStore(admin),
    evidence: new PostgresEvidenceStore(admin, schema),
    retention: new PostgresRetentionStore(delivery),
    pruning: new PostgresPruningStore(admin),
    backlog: new PostgresBacklogStore(delivery),
    admin: new PostgresAdminStore(admin),
    sealed: new PostgresSealedStore(admin),
    history: new PostgresHistoryStore(admin),
    deliveries: new PostgresDeliveryLook(admin),
    sessions: new PostgresSessionStore(admin),
    notices: new PostgresNoticeStore(admin),
    replays: new PostgresReplayAdminStore(admin),
    // Its statements look at many records, which the planner settings of the delivery's sessions are not made for.
    replayFeed: new PostgresReplayFeedStore(admin),
    migrate: async () => {
      const database = open('migrate', 1);
      try {
        return await migrate(database, schema, migrations);
      } finally {
        await database.close();
      }
    },
    grantRoles: async () => {
      const database = open('migrate', 1);
      try {
        await grantRoles(database);
      } finally {
        await database.close();
      }
    },
    forRequests: (workspaceId) => {
      const held = admin.heldTo(workspaceId);
      return {
        record: new PostgresRecordStore(record, logger, held),
        admin: new PostgresAdminStore(held),
        history: new PostgresHistoryStore(held),
        deliveries: new PostgresDeliveryLook(held),
        replays: new PostgresReplayAdminStore(held),
      };
    },
    secureRows: async () => {
      const database = open('migrate', 1);
      try {
        return await database.transaction((statements) => secureRows(statements, schema));
      } finally {
        await database.close();
      }
    },
    ping: () => checkSchema(admin, schema, migrations.length),
    close: async () => {
      await Promise.all([record.close(), delivery.close(), admin.close()]);
    },
  };
}
