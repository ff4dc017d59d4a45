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
import type { SqliteConnection } from './connection.ts';
import * as deadLetters from './dead-letters.ts';
import { deleteDestination, type DeleteResult, type SkipOrder } from './delete-destination.ts';
import { listDeliveriesOf, listOpen, type OpenFilter } from './deliveries.ts';
import * as destinations from './destinations.ts';
import { insertBackfill } from './insert-backfill.ts';
import { readProgress } from './progress.ts';
import { addCheckpointKey } from './checkpoint-keys.ts';
import { sealedKeyIds } from './sealed-key-ids.ts';

/** What the API and the CLI ask of the store. Each method is one transaction, but for the deletion of a large backlog. */
export class SqliteAdminStore implements AdminStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async createDestination(
    draft: DestinationDraft,
    audit: AuditRecord,
    backfill?: Backfill,
  ): Promise<Destination> {
    return this.#connection.write((statements) => {
      const destination = destinations.createDestination(statements, draft, audit);
      if (backfill !== undefined) insertBackfill(statements, destination, backfill);
      return destination;
    });
  }

  async readDestination(destinationId: string, scope: WorkspaceScope): Promise<Destination | undefined> {
    return this.#connection.read((statements) =>
      destinations.readDestination(statements, destinationId, scope),
    );
  }

  async listDestinations(scope: WorkspaceScope, page: PageQuery): Promise<Page<Destination>> {
    return this.#connection.read((statements) => destinations.listDestinations(statements, scope, page));
  }

  async updateDestination(
    destinationId: string,
    expectedRowVersion: number | undefined,
    patch: DestinationPatch,
    audit: AuditRecord,
  ): Promise<UpdateResult> {
    return this.#connection.write((statements) =>
      destinations.updateDestination(statements, destinationId, expectedRowVersion, patch, audit),
    );
  }

  deleteDestination(
    destinationId: string,
    skip: SkipOrder | undefined,
    audit: AuditRecord,
  ): Promise<DeleteResult> {
    return deleteDestination(this.#connection, destinationId, skip, audit);
  }

  async readProgress(destinationNo: number): Promise<DestinationProgress> {
    const progress = this.#connection.read((statements) => readProgress(statements, destinationNo));
    if (progress === undefined) {
      throw new StoreError('store_failed', `There is no destination number ${destinationNo}`);
    }
    return progress;
  }

  async saveHealth(destinationNo: number, health: Health): Promise<void> {
    this.#connection.write(
      (statements) =>
        statements.run(
          'update aegis_siem_destinations set health = ? where destination_no = ?',
          JSON.stringify(health),
          destinationNo,
        ),
      'normal',
    );
  }

  async listAttempts(destinationNo: number, page: PageQuery): Promise<Page<AttemptRow>> {
    return this.#connection.read((statements) => listAttempts(statements, destinationNo, page));
  }

  async listOpen(filter: OpenFilter, page: PageQuery): Promise<Page<Delivery>> {
    return this.#connection.read((statements) => listOpen(statements, filter, page));
  }

  async listDeliveriesOf(attestationId: string): Promise<readonly Delivery[]> {
    return this.#connection.read((statements) => listDeliveriesOf(statements, attestationId));
  }

  async listDeadLetters(filter: DeadLetterFilter, page: PageQuery): Promise<Page<DeadLetter>> {
    return this.#connection.read((statements) => deadLetters.listDeadLetters(statements, filter, page));
  }

  async retryDeadLetters(
    filter: DeadLetterFilter,
    dryRun: boolean,
    audit: AuditRecord,
  ): Promise<readonly string[]> {
    return this.#connection.write((statements) =>
      deadLetters.retryDeadLetters(statements, filter, dryRun, audit),
    );
  }

  async skipDeadLetters(
    filter: DeadLetterFilter,
    reason: string,
    actor: string,
    dryRun: boolean,
    audit: AuditRecord,
  ): Promise<readonly string[]> {
    return this.#connection.write((statements) =>
      deadLetters.skipDeadLetters(statements, filter, reason, actor, dryRun, audit),
    );
  }

  async createApiKey(key: ApiKey, audit: AuditRecord): Promise<void> {
    this.#connection.write((statements) => apiKeys.createApiKey(statements, key, audit));
  }

  async readApiKey(apiKeyId: string): Promise<ApiKey | undefined> {
    return this.#connection.read((statements) => apiKeys.readApiKey(statements, apiKeyId));
  }

  async listApiKeys(scope: WorkspaceScope, page: PageQuery): Promise<Page<ApiKey>> {
    return this.#connection.read((statements) => apiKeys.listApiKeys(statements, scope, page));
  }

  async revokeApiKey(apiKeyId: string, scope: WorkspaceScope, audit: AuditRecord): Promise<boolean> {
    return this.#connection.write((statements) => apiKeys.revokeApiKey(statements, apiKeyId, scope, audit));
  }

  async touchApiKey(apiKeyId: string, atMs: number): Promise<void> {
    this.#connection.write((statements) => apiKeys.touchApiKey(statements, apiKeyId, atMs), 'normal');
  }

  async hasApiKeys(): Promise<boolean> {
    return this.#connection.read(apiKeys.hasApiKeys);
  }

  async addCheckpointKey(
    key: StoredCheckpointKey,
    newestKeyId: string | undefined,
    audit: AuditRecord,
  ): Promise<boolean> {
    return this.#connection.write((statements) => addCheckpointKey(statements, key, newestKeyId, audit));
  }

  async sealedKeyIds(): Promise<readonly string[]> {
    return this.#connection.read(sealedKeyIds);
  }

  async appendAudit(audit: AuditRecord): Promise<void> {
    this.#connection.write((statements) => appendAudit(statements, audit));
  }

  async listAudit(filter: AuditFilter, page: PageQuery): Promise<Page<AuditRecord>> {
    return this.#connection.read((statements) => listAudit(statements, filter, page));
  }
}
