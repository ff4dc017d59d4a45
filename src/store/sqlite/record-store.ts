import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RecordDraft, RecordResult, RecordStore, StoredRecord } from '../../outbox/record-store.ts';
import { announceWork } from '../../outbox/wake-signal.ts';
import type { StoreLogger } from '../store.ts';
import type { DiskReserve } from './disk-reserve.ts';
import { integer, text } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import { allFailed, recordGroup, type RecordItem } from './record-group.ts';
import { toStoreError } from './sqlite-error.ts';

/** Records committed together: one wait for the disk is shared by so many. Longer groups would block the thread for longer. */
const MAX_GROUP_RECORDS = 500;

/** Recording on a connection of its own, each group on the disk (`synchronous=FULL`) before it is answered. */
export class SqliteRecordStore implements RecordStore {
  readonly #connection: SqliteConnection;
  readonly #logger: StoreLogger;
  readonly #reserve: DiskReserve | undefined;

  /** `reserve`: none for a store that is not on a disk. */
  constructor(connection: SqliteConnection, logger: StoreLogger, reserve?: DiskReserve) {
    this.#connection = connection;
    this.#logger = logger;
    this.#reserve = reserve;
  }

  recordAttestations(drafts: readonly RecordDraft[]): Promise<readonly RecordResult[]> {
    return this.#record(drafts.map((draft) => ({ draft, kind: 'attestation' })));
  }

  recordEvents(
    drafts: readonly (RecordDraft & { readonly source: 'admin' | 'external' })[],
  ): Promise<readonly RecordResult[]> {
    return this.#record(drafts.map((draft) => ({ draft, kind: draft.source })));
  }

  async readAttestation(attestationId: string): Promise<StoredRecord | undefined> {
    const row = this.#connection.read((statements) =>
      statements.first(
        `select record_no, attestation_id, workspace_id, recorded_at, body
         from aegis_siem_attestations where attestation_id = ?`,
        attestationId,
      ),
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

  async #record(items: readonly RecordItem[]): Promise<readonly RecordResult[]> {
    const results: RecordResult[] = [];
    for (let start = 0; start < items.length; start += MAX_GROUP_RECORDS) {
      // Others get their turn between two groups: each blocks the thread while it commits.
      if (start > 0) await nextTurn();
      const group = items.slice(start, start + MAX_GROUP_RECORDS);
      results.push(...this.#recordGroup(group));
    }
    if (results.some((result) => result.status === 'recorded' && result.enqueued !== 0)) announceWork();
    return results;
  }

  #recordGroup(group: readonly RecordItem[]): RecordResult[] {
    try {
      // What an operator does while the disk is full is kept: it is little, and it is how room is made.
      const refusal = group.every(({ kind }) => kind === 'admin') ? undefined : this.#reserve?.refusal();
      if (refusal !== undefined) throw refusal;
      return recordGroup(this.#connection, group, this.#logger);
    } catch (error) {
      const failure = toStoreError(error);
      this.#logger.warn(
        { code: failure.code, reason: failure.message, records: group.length },
        'Records were not taken: the store cannot write',
      );
      return allFailed(group, failure);
    }
  }
}
