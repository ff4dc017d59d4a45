import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { StoreError } from '../store-error.ts';
import type { Store, StoreOptions } from '../store.ts';
import { SqliteAdminStore } from './admin-store.ts';
import { SqliteBacklogStore } from './backlog-store.ts';
import { SqliteChainStore } from './chain-store.ts';
import { SqliteConnection } from './connection.ts';
import { SqliteDeliveryLook } from './delivery-look.ts';
import { SqliteDeliveryStore } from './delivery-store.ts';
import { DEFAULT_DISK_RESERVE_BYTES, DiskReserve } from './disk-reserve.ts';
import { SqliteHistoryStore } from './history-store.ts';
import { SqliteEvidenceStore } from './evidence-store.ts';
import { LogFile } from './log-file.ts';
import { checkSchema, migrate, readMigrations } from './migrate.ts';
import { SqliteNoticeStore } from './notice-store.ts';
import { SqliteProofStore } from './proof-store.ts';
import { SqlitePruningStore } from './pruning-store.ts';
import { SqliteRecordStore } from './record-store.ts';
import { SqliteReplayAdminStore } from './replay-admin-store.ts';
import { SqliteReplayFeedStore } from './replay-feed-store.ts';
import { SqliteRetentionStore } from './retention-store.ts';
import { SqliteSealedStore } from './sealed-store.ts';
import { SqliteSessionStore } from './session-store.ts';
import { Sidecar } from './sidecar.ts';
import { safeLogger } from '../safe-logger.ts';

/** A database that lives as long as its connection cannot be put back to an earlier day. */
const IN_MEMORY = ':memory:';

const FILE_MODE = 0o600;

/**
 * Opens the embedded store at `path` (made if it is not there); call `migrate()` before the first use of a new release.
 *
 * Three connections, so that a long look at the lists never stands between a record and its commit: recording, delivery,
 * administration. All block the thread they are called on; run delivery in a thread of its own, with a store of its own on the
 * same path.
 *
 * Throws `StoreError`: `store_io` when the file cannot be opened, `store_corrupt` when it is not a database.
 */
export async function openSqliteStore(path: string, options: StoreOptions = {}): Promise<Store> {
  const logger = safeLogger(options.logger);
  const migrations = readMigrations();
  const connections: SqliteConnection[] = [];
  const connect = (): SqliteConnection => {
    const connection = new SqliteConnection(path, options.busyTimeoutMs);
    connections.push(connection);
    return connection;
  };
  const close = (): void => {
    for (const connection of connections) connection.close();
  };
  try {
    makeFile(path);
    const recording = connect();
    // A second connection to :memory: would be a second database.
    const delivery = path === IN_MEMORY ? recording : connect();
    const admin = path === IN_MEMORY ? recording : connect();
    const sidecar =
      path === IN_MEMORY ? undefined : new Sidecar(options.sidecarPath ?? `${path}.epochs.json`, logger);
    const reserveBytes = options.diskReserveBytes ?? DEFAULT_DISK_RESERVE_BYTES;
    const reserve =
      path === IN_MEMORY ? undefined : new DiskReserve({ folder: dirname(path), reserveBytes, logger });
    return {
      kind: 'sqlite',
      record: new SqliteRecordStore(recording, logger, reserve),
      delivery: new SqliteDeliveryStore(delivery, sidecar, logger),
      proof: new SqliteProofStore(delivery),
      chain: new SqliteChainStore(delivery),
      evidence: new SqliteEvidenceStore(admin),
      retention: new SqliteRetentionStore(delivery, path === IN_MEMORY ? undefined : new LogFile(path)),
      pruning: new SqlitePruningStore(admin),
      backlog: new SqliteBacklogStore(delivery, path === IN_MEMORY ? undefined : path),
      admin: new SqliteAdminStore(admin),
      sealed: new SqliteSealedStore(admin),
      history: new SqliteHistoryStore(admin),
      deliveries: new SqliteDeliveryLook(admin),
      sessions: new SqliteSessionStore(admin),
      notices: new SqliteNoticeStore(admin),
      replays: new SqliteReplayAdminStore(admin),
      replayFeed: new SqliteReplayFeedStore(delivery),
      migrate: async () => migrate(admin, migrations),
      ping: async () => checkSchema(admin, migrations),
      close: async () => close(),
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** A new file is for its owner only; SQLite gives its log the same mode. An existing file keeps the mode that it has. */
function makeFile(path: string): void {
  if (path === IN_MEMORY) return;
  try {
    closeSync(openSync(path, 'a', FILE_MODE));
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'EISDIR') {
      throw new StoreError('store_io', `The SQLite store ${path} is a folder: name a file in it`, { cause });
    }
    // Opening it as a database fails next, with the error that tells why.
  }
}
