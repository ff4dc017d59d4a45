import type { Batch, BatchDraft, BatchKey } from '../../outbox/batch.ts';
import type {
  AttemptDraft,
  Completion,
  DeliveryStore,
  DueDestination,
  Lane,
  LaneLease,
  LaneState,
  OpenRow,
  OpenRowQuery,
  ReconcileLimits,
  ReconcileReport,
  SettleResult,
} from '../../outbox/delivery-store.ts';
import type { Destination } from '../../outbox/destination.ts';
import type { StoreLogger } from '../store.ts';
import { insertAttempt } from './attempts.ts';
import { insertBatch, readBatches } from './batch-row.ts';
import type { SqliteConnection } from './connection.ts';
import { destinationOfVersion } from '../destination-row.ts';
import * as lanes from './lanes.ts';
import { readOpenRows, readRecords } from './open-rows.ts';
import { isReconciled, reconcile } from './reconcile.ts';
import { completeBatch, replaceBatch } from './settle-batch.ts';
import type { Sidecar } from './sidecar.ts';
import type { Statements } from './statements.ts';

/**
 * Delivery on a connection of its own; each method is one short transaction that checks the lane's token first.
 *
 * What gives or re-uses numbers is on the disk before it returns: a power cut must not give a number to two records. What only
 * says that a batch is finished may be lost in a power cut: then the batch is sent once more, which is allowed after a crash.
 */
export class SqliteDeliveryStore implements DeliveryStore {
  readonly #connection: SqliteConnection;
  readonly #sidecar: Sidecar | undefined;
  readonly #logger: StoreLogger;

  constructor(connection: SqliteConnection, sidecar: Sidecar | undefined, logger: StoreLogger) {
    this.#connection = connection;
    this.#sidecar = sidecar;
    this.#logger = logger;
  }

  async listDue(): Promise<readonly DueDestination[]> {
    return this.#connection.read((statements) => lanes.listDue(statements, this.#logger));
  }

  async takeLane(
    destinationNo: number,
    owner: string,
    leaseMs: number,
    goneOwner?: string,
  ): Promise<Lane | undefined> {
    return this.#connection.write((statements) =>
      lanes.takeLane(statements, this.#sidecar, destinationNo, owner, leaseMs, goneOwner),
    );
  }

  async renewLane(lease: LaneLease, leaseMs: number): Promise<boolean> {
    return this.#connection.write((statements) => lanes.renewLane(statements, this.#sidecar, lease, leaseMs));
  }

  async releaseLane(lease: LaneLease): Promise<void> {
    this.#connection.write((statements) => lanes.releaseLane(statements, this.#sidecar, lease));
  }

  async openEpoch(lease: LaneLease, anchor: string): Promise<Lane | undefined> {
    return this.#connection.write((statements) => lanes.openEpoch(statements, this.#sidecar, lease, anchor));
  }

  async saveLane(lease: LaneLease, state: LaneState): Promise<boolean> {
    return this.#connection.write((statements) => lanes.saveLane(statements, lease, state), 'normal');
  }

  async readDestinationVersion(destinationNo: number, rowVersion: number): Promise<Destination | undefined> {
    const row = this.#connection.read((statements) =>
      statements.first(
        `select v.settings, d.health, d.sealed
         from aegis_siem_destination_versions v join aegis_siem_destinations d using (destination_no)
         where v.destination_no = ? and v.row_version = ?`,
        destinationNo,
        rowVersion,
      ),
    );
    return row === undefined ? undefined : destinationOfVersion(row);
  }

  async readOpenRows(query: OpenRowQuery): Promise<readonly OpenRow[]> {
    return this.#connection.read((statements) => readOpenRows(statements, query));
  }

  async readRecords(recordNos: readonly number[]): Promise<readonly OpenRow[]> {
    return this.#connection.read((statements) => readRecords(statements, recordNos));
  }

  async openBatches(lease: LaneLease): Promise<readonly Batch[]> {
    return this.#connection.read((statements) => readBatches(statements, lease.destinationNo));
  }

  async formBatch(lease: LaneLease, draft: BatchDraft): Promise<boolean> {
    return this.#connection.write((statements) => {
      const moved = statements.run(
        `update aegis_siem_lanes set next_seq = next_seq + ?
         where destination_no = ? and token = ? and owner = ? and epoch_no = ? and next_seq = ?`,
        draft.recordNos.length,
        lease.destinationNo,
        lease.token,
        lease.owner,
        draft.epochNo,
        draft.firstSeq,
      );
      if (moved === 0) return false;
      insertBatch(statements, lease, draft);
      return true;
    });
  }

  async completeBatch(lease: LaneLease, key: BatchKey, completion: Completion): Promise<SettleResult> {
    return this.#connection.write(
      (statements) => completeBatch(statements, lease, key, completion),
      'normal',
    );
  }

  async replaceBatch(
    lease: LaneLease,
    key: BatchKey,
    parts: {
      readonly delivered?: { draft: BatchDraft; completion: Completion };
      readonly open: readonly BatchDraft[];
    },
  ): Promise<SettleResult> {
    return this.#connection.write((statements) => replaceBatch(statements, lease, key, parts));
  }

  async noteFailedSend(lease: LaneLease, key: BatchKey, attempt: AttemptDraft): Promise<boolean> {
    return this.#connection.write((statements) => {
      const noted = this.#updateBatch(
        statements,
        lease,
        key,
        'attempts = attempts + 1, last_answer = ?',
        JSON.stringify(attempt.answer),
      );
      if (noted) insertAttempt(statements, lease.destinationNo, attempt);
      return noted;
    }, 'normal');
  }

  async markAwaitingAck(lease: LaneLease, key: BatchKey, ackId: number, sentAtMs: number): Promise<boolean> {
    return this.#connection.write(
      (statements) =>
        this.#updateBatch(
          statements,
          lease,
          key,
          `state = 'awaiting_ack', ack_id = ?, sent_at = ?`,
          ackId,
          Math.floor(sentAtMs),
        ),
      'normal',
    );
  }

  async markFormed(lease: LaneLease, key: BatchKey): Promise<boolean> {
    return this.#connection.write(
      (statements) =>
        this.#updateBatch(statements, lease, key, `state = 'formed', ack_id = null, sent_at = null`),
      'normal',
    );
  }

  async reconcile(limits: ReconcileLimits): Promise<ReconcileReport> {
    if (this.#connection.read(isReconciled)) return { missedEnqueued: 0, repairedEnqueued: 0, more: false };
    return this.#connection.write((statements) => reconcile(statements, limits), 'normal');
  }

  /** False when the lane is another's or the batch is gone: then nothing was written. */
  #updateBatch(
    statements: Statements,
    lease: LaneLease,
    key: BatchKey,
    change: string,
    ...values: (string | number)[]
  ): boolean {
    if (!lanes.holdsLane(statements, lease)) return false;
    const changed = statements.run(
      `update aegis_siem_batches set ${change} where destination_no = ? and epoch_no = ? and first_seq = ?`,
      ...values,
      lease.destinationNo,
      key.epochNo,
      key.firstSeq,
    );
    return changed > 0;
  }
}
