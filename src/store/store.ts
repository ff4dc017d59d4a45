import type { BacklogStore } from '../outbox/backlog-store.ts';
import type { ChainStore } from '../outbox/chain-store.ts';
import type { DeliveryStore } from '../outbox/delivery-store.ts';
import type { EvidenceStore } from '../outbox/evidence-store.ts';
import type { ProofStore } from '../outbox/proof-store.ts';
import type { PruningStore } from '../outbox/pruning-store.ts';
import type { RecordStore } from '../outbox/record-store.ts';
import type { ReplayFeedStore } from '../outbox/replay-store.ts';
import type { RetentionStore } from '../outbox/retention-store.ts';
import type { AdminStore } from './admin-store.ts';
import type { DeliveryLook } from './delivery-look.ts';
import type { HistoryStore } from './history-store.ts';
import type { NoticeStore } from './notice-store.ts';
import type { ReplayAdminStore } from './replay-admin-store.ts';
import type { SealedStore } from './sealed-store.ts';
import type { SessionStore } from './session-store.ts';

export type StoreKind = 'sqlite' | 'postgres';

/** An open store: its ports over one database, and its own life. */
export interface Store {
  readonly kind: StoreKind;
  readonly record: RecordStore;
  readonly delivery: DeliveryStore;
  readonly proof: ProofStore;
  /** The hash chain over the records. */
  readonly chain: ChainStore;
  /** For `verify --store`. */
  readonly evidence: EvidenceStore;
  readonly retention: RetentionStore;
  /** Removing records on purpose. */
  readonly pruning: PruningStore;
  readonly backlog: BacklogStore;
  readonly admin: AdminStore;
  /** Every sealed value, for a change of the master key. */
  readonly sealed: SealedStore;
  /** Deliveries one by one, as people look for them. */
  readonly deliveries: DeliveryLook;
  readonly history: HistoryStore;
  readonly sessions: SessionStore;
  /** Which process tells operators, and what was told. */
  readonly notices: NoticeStore;
  /** Replays as people see them, and as the delivery feeds them into the outbox. */
  readonly replays: ReplayAdminStore;
  readonly replayFeed: ReplayFeedStore;
  /** Applies outstanding migrations under a lock. Throws `SchemaNewerError` for a database of a newer release. */
  migrate(): Promise<MigrationReport>;
  /** PostgreSQL: the roles of src/store/postgres/roles.sql with their rights. Absent where the store has no roles. */
  grantRoles?(): Promise<void>;
  /**
   * Row security, where the database has it (PostgreSQL): each session sees the rows of its workspace only. Answers the tables.
   * Absent: there is none, and the queries' own conditions stand alone.
   */
  secureRows?(): Promise<readonly string[]>;
  /**
   * The ports that requests use, each statement held to the workspace that is asked for it (undefined: all), where the database
   * has row security. Absent: the store itself serves.
   */
  forRequests?(workspaceId: () => string | undefined): RequestStore;
  /** Cheap proof that the store answers and its schema is the one this release needs. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

export type RequestStore = Pick<Store, 'record' | 'admin' | 'history' | 'deliveries' | 'replays'>;

export interface MigrationReport {
  readonly from: number;
  readonly to: number;
  readonly applied: readonly string[];
}

export interface StoreOptions {
  /** Where the SQLite store keeps its epoch marks; beside the master key. Ignored by PostgreSQL. */
  readonly sidecarPath?: string;
  readonly logger?: StoreLogger;
  /** SQLite: how long a call waits for another process's write lock (it blocks its thread); default 5,000. */
  readonly busyTimeoutMs?: number;
  /**
   * SQLite: bytes that recording leaves free on the disk of the store; default 64 MiB, 0 for none. Ignored by PostgreSQL, whose
   * disk is not to be seen from here.
   */
  readonly diskReserveBytes?: number;
}

export interface StoreLogger {
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
}
