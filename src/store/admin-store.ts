import type { Answer } from '../connectors/outcome.ts';
import type { LimitLevels } from '../outbox/backlog-store.ts';
import type { Destination, DestinationState, Health } from '../outbox/destination.ts';
import type { StoredCheckpointKey } from '../outbox/proof-store.ts';

/** A page of a list and where the next one begins. Cursors are opaque to callers. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor?: string;
}

export interface PageQuery {
  readonly limit: number;
  readonly cursor?: string;
}

/** `undefined` workspace: all of them (administrators only). */
export interface WorkspaceScope {
  readonly workspaceId?: string;
}

export type DestinationDraft = Omit<
  Destination,
  'destinationNo' | 'health' | 'rowVersion' | 'activeSinceMs' | 'createdAtMs' | 'updatedAtMs'
>;

/** Records that a new destination gets from before it was made. */
export interface Backfill {
  readonly replayId: string;
  /** Those recorded at this time or later. */
  readonly fromMs: number;
  readonly requestedBy: string;
}

export type DestinationPatch = Partial<
  Pick<
    Destination,
    | 'name'
    | 'state'
    | 'config'
    | 'sealed'
    | 'fingerprints'
    | 'credentialNotes'
    | 'ocsf'
    | 'batch'
    | 'limits'
    | 'sources'
  >
>;

export type UpdateResult =
  | { readonly status: 'updated'; readonly destination: Destination }
  | { readonly status: 'not_found' }
  | { readonly status: 'stale'; readonly current: Destination };

export type DeliveryStatus = 'pending' | 'in_flight' | 'delivered' | 'dead' | 'skipped';

/** One row of the view `aegis_siem_deliveries`. */
export interface Delivery {
  readonly destinationId: string;
  readonly destinationName: string;
  readonly workspaceId: string;
  readonly recordNo: number;
  readonly attestationId?: string;
  /** `metadata.uid` of another event. */
  readonly eventUid?: string;
  readonly status: DeliveryStatus;
  readonly attempts: number;
  readonly lastAnswer?: Answer;
  /** The number in the destination's stream, once it has one. */
  readonly seq?: number;
  readonly recordedAtMs: number;
  readonly finishedAtMs?: number;
  /** Destination version whose settings made the bytes, for delivered ones. */
  readonly destinationVersion?: number;
}

export interface DeadLetter {
  readonly deadLetterId: string;
  readonly destinationId: string;
  readonly workspaceId: string;
  readonly recordNo: number;
  readonly attestationId?: string;
  readonly eventUid?: string;
  readonly status: 'dead' | 'skipped';
  readonly code: string;
  readonly message: string;
  readonly answer?: Answer;
  readonly attempts: number;
  readonly deadAtMs: number;
  readonly skippedBy?: string;
  readonly skipReason?: string;
}

export interface DeadLetterFilter extends WorkspaceScope {
  readonly ids?: readonly string[];
  readonly destinationId?: string;
  readonly code?: string;
  readonly status?: 'dead' | 'skipped';
  readonly attestationId?: string;
  /** By the time at which it went dead: from this one on, and before that one. */
  readonly deadFromMs?: number;
  readonly deadBeforeMs?: number;
}

export interface AttemptRow {
  readonly atMs: number;
  readonly outcome: string;
  readonly answer: Answer;
  readonly events: number;
  readonly bytes: number;
  readonly firstSeq: number;
}

/** An API key as kept: only the SHA-256 of the secret part. */
export interface ApiKey {
  readonly apiKeyId: string;
  readonly name: string;
  /** Absent: all workspaces (administrators only). */
  readonly workspaceId?: string;
  readonly scopes: readonly string[];
  readonly secretSha256: string;
  readonly createdAtMs: number;
  readonly expiresAtMs?: number;
  readonly lastUsedAtMs?: number;
  readonly revokedAtMs?: number;
}

/** Who changed what. Secrets appear as fingerprints only. */
export interface AuditRecord {
  readonly auditId: string;
  readonly atMs: number;
  readonly workspaceId: string;
  readonly actor: string;
  readonly action: string;
  readonly subjectId: string;
  readonly requestId?: string;
  /** JSON texts. */
  readonly before?: string;
  readonly after?: string;
}

/** Everything that is named must match. */
export interface AuditFilter extends WorkspaceScope {
  readonly subjectId?: string;
  readonly actor?: string;
  readonly action?: string;
  /** By the time of the act: from this one on, and before that one. */
  readonly fromMs?: number;
  readonly beforeMs?: number;
}

/** Numbers behind a destination's health page, each by the key and bounded: never a count over a table. */
export interface DestinationProgress {
  /** Open rows, counted up to `countedUpTo`. */
  readonly openRows: number;
  readonly countedUpTo: number;
  readonly oldestOpenRecordedAtMs?: number;
  readonly openBatches: number;
  readonly nextSeq: number;
  readonly epoch: string;
  readonly streamId: string;
  readonly deadLetters: number;
  readonly lastDeliveredAtMs?: number;
  readonly pausedUntilMs: number;
  readonly failureStreak: number;
  /** Alarms about what waits, where the operator set limits. */
  readonly limitLevels: LimitLevels;
}

/** What the API and the CLI need of a store. */
export interface AdminStore {
  /**
   * Writes destination, version 1 and lane in one transaction, with its audit record. With a backfill, its replay is written
   * there too: whatever was recorded before belongs to the replay, and whatever comes after to the destination itself.
   */
  createDestination(draft: DestinationDraft, audit: AuditRecord, backfill?: Backfill): Promise<Destination>;
  readDestination(destinationId: string, scope: WorkspaceScope): Promise<Destination | undefined>;
  listDestinations(scope: WorkspaceScope, page: PageQuery): Promise<Page<Destination>>;
  /**
   * Changes settings under optimistic concurrency. A change of settings appends a version; going from disabled to active
   * sets `active_since`. A change of settings or credentials also ends the lane's pause, so that it tries at once.
   */
  updateDestination(
    destinationId: string,
    expectedRowVersion: number | undefined,
    patch: DestinationPatch,
    audit: AuditRecord,
  ): Promise<UpdateResult>;
  /**
   * Marks as deleted and wipes credentials. With open rows or dead letters it answers their counts and does nothing,
   * unless `skip` names who and why: then those are skipped.
   */
  deleteDestination(
    destinationId: string,
    skip: { readonly actor: string; readonly reason: string } | undefined,
    audit: AuditRecord,
  ): Promise<
    | { readonly status: 'deleted' }
    | { readonly status: 'not_found' }
    | { readonly status: 'has_open'; readonly openRows: number; readonly deadLetters: number }
  >;
  readProgress(destinationNo: number): Promise<DestinationProgress>;
  saveHealth(destinationNo: number, health: Health): Promise<void>;
  listAttempts(destinationNo: number, page: PageQuery): Promise<Page<AttemptRow>>;
  /** Deliveries that are open, by destination and status (`pending`, `in_flight`). */
  listOpen(
    filter: WorkspaceScope & { readonly destinationId?: string; readonly status?: 'pending' | 'in_flight' },
    page: PageQuery,
  ): Promise<Page<Delivery>>;
  /** The delivery story of one record, one row a destination (and one more for each repeat). */
  listDeliveriesOf(attestationId: string): Promise<readonly Delivery[]>;
  listDeadLetters(filter: DeadLetterFilter, page: PageQuery): Promise<Page<DeadLetter>>;
  /** Puts dead letters back into the outbox, marked as replayed. Answers the ids that were (or would be) taken. */
  retryDeadLetters(filter: DeadLetterFilter, dryRun: boolean, audit: AuditRecord): Promise<readonly string[]>;
  skipDeadLetters(
    filter: DeadLetterFilter,
    reason: string,
    actor: string,
    dryRun: boolean,
    audit: AuditRecord,
  ): Promise<readonly string[]>;
  createApiKey(key: ApiKey, audit: AuditRecord): Promise<void>;
  readApiKey(apiKeyId: string): Promise<ApiKey | undefined>;
  listApiKeys(scope: WorkspaceScope, page: PageQuery): Promise<Page<ApiKey>>;
  revokeApiKey(apiKeyId: string, scope: WorkspaceScope, audit: AuditRecord): Promise<boolean>;
  touchApiKey(apiKeyId: string, atMs: number): Promise<void>;
  hasApiKeys(): Promise<boolean>;
  /**
   * Keeps a new signing key, if `newestKeyId` is still the newest one (absent: if there is none). False: another process was
   * faster, and nothing was written.
   */
  addCheckpointKey(
    key: StoredCheckpointKey,
    newestKeyId: string | undefined,
    audit: AuditRecord,
  ): Promise<boolean>;
  /** True when any sealed credential is kept: then a missing master key stops the start. Answers the key ids in use. */
  sealedKeyIds(): Promise<readonly string[]>;
  appendAudit(audit: AuditRecord): Promise<void>;
  /** Newest first. */
  listAudit(filter: AuditFilter, page: PageQuery): Promise<Page<AuditRecord>>;
}

export type { DestinationState };
