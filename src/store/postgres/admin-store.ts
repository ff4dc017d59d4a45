import type { Destination, Health } from '../../outbox/destination.ts';
import type { StoredCheckpointKey } from '../../outbox/proof-store.ts';
import type {
  AdminStore,
  ApiKey,
  AttemptRow,
  AuditFilter,
  AuditRecord,
  Backfill,
  DeadLetter,
  DeadLetterFilter,
  Delivery,
  DestinationDraft,
  DestinationPatch,
  DestinationProgress,
  Page,
  PageQuery,
  UpdateResult,
  WorkspaceScope,
} from '../admin-store.ts';
import { StoreError } from '../store-error.ts';
import * as apiKeys from './api-keys.ts';
import { listAttempts } from './attempts.ts';
import { appendAudit, listAudit } from './audit.ts';
import type { Database } from './database.ts';
import * as deadLetters from './dead-letters.ts';
import { deleteDestination, type DeleteResult, type SkipOrder } from './delete-destination.ts';
import { listDeliveriesOf, listOpen, type OpenFilter } from './deliveries.ts';
import * as destinations from './destinations.ts';
import { insertBackfill } from './insert-backfill.ts';
import { readProgress } from './progress.ts';
import { addCheckpointKey } from './checkpoint-keys.ts';
import { sealedKeyIds } from './sealed-key-ids.ts';

/** What the API and the CLI ask of the store. Each write is one transaction, but for the deletion of a large backlog. */
export class PostgresAdminStore implements AdminStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  createDestination(draft: DestinationDraft, audit: AuditRecord, backfill?: Backfill): Promise<Destination> {
    return this.#database.transaction(async (statements) => {
      const destination = await destinations.createDestination(statements, draft, audit);
      if (backfill !== undefined) await insertBackfill(statements, destination, backfill);
      return destination;
    });
  }

  readDestination(destinationId: string, scope: WorkspaceScope): Promise<Destination | undefined> {
    return destinations.readDestination(this.#database, destinationId, scope);
  }

  listDestinations(scope: WorkspaceScope, page: PageQuery): Promise<Page<Destination>> {
    return destinations.listDestinations(this.#database, scope, page);
  }

  updateDestination(
    destinationId: string,
    expectedRowVersion: number | undefined,
    patch: DestinationPatch,
    audit: AuditRecord,
  ): Promise<UpdateResult> {
    return this.#database.transaction((statements) =>
      destinations.updateDestination(statements, destinationId, expectedRowVersion, patch, audit),
    );
  }

  deleteDestination(
    destinationId: string,
    skip: SkipOrder | undefined,
    audit: AuditRecord,
  ): Promise<DeleteResult> {
    return deleteDestination(this.#database, destinationId, skip, audit);
  }

  async readProgress(destinationNo: number): Promise<DestinationProgress> {
    const progress = await readProgress(this.#database, destinationNo);
    if (progress === undefined) {
      throw new StoreError('store_failed', `There is no destination number ${destinationNo}`);
    }
    return progress;
  }

  async saveHealth(destinationNo: number, health: Health): Promise<void> {
    await this.#database.run(
      'update @schema@.aegis_siem_destinations set health = $1 where destination_no = $2',
      [JSON.stringify(health), destinationNo],
    );
  }

  listAttempts(destinationNo: number, page: PageQuery): Promise<Page<AttemptRow>> {
    return listAttempts(this.#database, destinationNo, page);
  }

  listOpen(filter: OpenFilter, page: PageQuery): Promise<Page<Delivery>> {
    return listOpen(this.#database, filter, page);
  }

  listDeliveriesOf(attestationId: string): Promise<readonly Delivery[]> {
    return listDeliveriesOf(this.#database, attestationId);
  }

  listDeadLetters(filter: DeadLetterFilter, page: PageQuery): Promise<Page<DeadLetter>> {
    return deadLetters.listDeadLetters(this.#database, filter, page);
  }

  retryDeadLetters(
    filter: DeadLetterFilter,
    dryRun: boolean,
    audit: AuditRecord,
  ): Promise<readonly string[]> {
    return this.#database.transaction((statements) =>
      deadLetters.retryDeadLetters(statements, filter, dryRun, audit),
    );
  }

  skipDeadLetters(
    filter: DeadLetterFilter,
    reason: string,
    actor: string,
    dryRun: boolean,
    audit: AuditRecord,
  ): Promise<readonly string[]> {
    return this.#database.transaction((statements) =>
      deadLetters.skipDeadLetters(statements, filter, reason, actor, dryRun, audit),
    );
  }

  createApiKey(key: ApiKey, audit: AuditRecord): Promise<void> {
    return this.#database.transaction((statements) => apiKeys.createApiKey(statements, key, audit));
  }

  readApiKey(apiKeyId: string): Promise<ApiKey | undefined> {
    return apiKeys.readApiKey(this.#database, apiKeyId);
  }

  listApiKeys(scope: WorkspaceScope, page: PageQuery): Promise<Page<ApiKey>> {
    return apiKeys.listApiKeys(this.#database, scope, page);
  }

  revokeApiKey(apiKeyId: string, scope: WorkspaceScope, audit: AuditRecord): Promise<boolean> {
    return this.#database.transaction((statements) =>
      apiKeys.revokeApiKey(statements, apiKeyId, scope, audit),
    );
  }

  touchApiKey(apiKeyId: string, atMs: number): Promise<void> {
    return apiKeys.touchApiKey(this.#database, apiKeyId, atMs);
  }

  hasApiKeys(): Promise<boolean> {
    return apiKeys.hasApiKeys(this.#database);
  }

  addCheckpointKey(
    key: StoredCheckpointKey,
    newestKeyId: string | undefined,
    audit: AuditRecord,
  ): Promise<boolean> {
    return this.#database.transaction((statements) => addCheckpointKey(statements, key, newestKeyId, audit));
  }

  sealedKeyIds(): Promise<readonly string[]> {
    return sealedKeyIds(this.#database);
  }

  appendAudit(audit: AuditRecord): Promise<void> {
    return this.#database.transaction((statements) => appendAudit(statements, audit));
  }

  listAudit(filter: AuditFilter, page: PageQuery): Promise<Page<AuditRecord>> {
    return listAudit(this.#database, filter, page);
  }
}
