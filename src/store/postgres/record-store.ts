import type { RecordDraft, RecordResult, RecordStore, StoredRecord } from '../../outbox/record-store.ts';
import { announceWork } from '../../outbox/wake-signal.ts';
import type { StoreLogger } from '../store.ts';
import { integer, text } from '../column.ts';
import type { Database } from './database.ts';
import { cutIntoGroups } from './record-groups.ts';
import { recordGroup, type RecordItem } from './record-group.ts';
import { isUuid } from './uuid.ts';

/** Recording by groups: each is one statement, one round trip, one transaction and one wait for the disk. */
export class PostgresRecordStore implements RecordStore {
  readonly #database: Database;
  readonly #reading: Database;
  readonly #logger: StoreLogger;

  /** `reading`: what single records are read through, where that is not the same. */
  constructor(database: Database, logger: StoreLogger, reading: Database = database) {
    this.#database = database;
    this.#reading = reading;
    this.#logger = logger;
  }

  recordAttestations(drafts: readonly RecordDraft[]): Promise<readonly RecordResult[]> {
    return this.#record(
      'attestation',
      drafts.map((draft) => ({ draft })),
    );
  }

  recordEvents(
    drafts: readonly (RecordDraft & { readonly source: 'admin' | 'external' })[],
  ): Promise<readonly RecordResult[]> {
    return this.#record(
      'event',
      drafts.map((draft) => ({ draft, source: draft.source })),
    );
  }

  async readAttestation(attestationId: string): Promise<StoredRecord | undefined> {
    if (!isUuid(attestationId)) return undefined;
    const row = await this.#reading.first(
      `select record_no, attestation_id, workspace_id, recorded_at, body
       from @schema@.aegis_siem_attestations where attestation_id = $1`,
      [attestationId],
    );
    if (row === undefined) return undefined;
    return {
      recordNo: integer(row, 'record_no'),
      recordId: text(row, 'attestation_id'),
      workspaceId: text(row, 'workspace_id'),
      recordedAtMs: integer(row, 'recorded_at'),
      body: text(row, 'body'),
    };
  }

  async #record(
    kind: 'attestation' | 'event',
    items: readonly RecordItem[],
  ): Promise<readonly RecordResult[]> {
    const results: RecordResult[] = [];
    for (const group of cutIntoGroups(items)) {
      results.push(...(await recordGroup(this.#database, kind, group, this.#logger)));
    }
    if (results.some((result) => result.status === 'recorded' && result.enqueued !== 0)) announceWork();
    return results;
  }
}
