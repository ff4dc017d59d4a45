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
import { noteFailedSend } from './attempts.ts';
import { BATCH_COLUMNS, batchJson, batchOf } from './batch-row.ts';
import { boolean, integer } from '../column.ts';
import type { Database } from './database.ts';
import { skipRowsOfDeleted } from './delete-destination.ts';
import { destinationOfVersion } from '../destination-row.ts';
import * as lanes from './lanes.ts';
import { readOpenRows, readRecords } from './open-rows.ts';
import { completeBatch, replaceBatch } from './settle-batch.ts';

/** Delivery on a small pool of its own: each method is one statement, and each write checks the lane's token. */
export class PostgresDeliveryStore implements DeliveryStore {
  readonly #database: Database;
  readonly #logger: StoreLogger;

  constructor(database: Database, logger: StoreLogger) {
    this.#database = database;
    this.#logger = logger;
  }

  listDue(): Promise<readonly DueDestination[]> {
    return lanes.listDue(this.#database, this.#logger);
  }

  takeLane(
    destinationNo: number,
    owner: string,
    leaseMs: number,
    goneOwner?: string,
  ): Promise<Lane | undefined> {
    return lanes.takeLane(this.#database, destinationNo, owner, leaseMs, goneOwner);
  }

  renewLane(lease: LaneLease, leaseMs: number): Promise<boolean> {
    return lanes.renewLane(this.#database, lease, leaseMs);
  }

  releaseLane(lease: LaneLease): Promise<void> {
    return lanes.releaseLane(this.#database, lease);
  }

  openEpoch(lease: LaneLease, anchor: string): Promise<Lane | undefined> {
    return lanes.openEpoch(this.#database, lease, anchor);
  }

  saveLane(lease: LaneLease, state: LaneState): Promise<boolean> {
    return lanes.saveLane(this.#database, lease, state);
  }

  async readDestinationVersion(destinationNo: number, rowVersion: number): Promise<Destination | undefined> {
    const row = await this.#database.first(
      `select v.settings, d.health, d.sealed
       from @schema@.aegis_siem_destination_versions v join @schema@.aegis_siem_destinations d using (destination_no)
       where v.destination_no = $1 and v.row_version = $2`,
      [destinationNo, rowVersion],
    );
    return row === undefined ? undefined : destinationOfVersion(row);
  }

  readOpenRows(query: OpenRowQuery): Promise<readonly OpenRow[]> {
    return readOpenRows(this.#database, query);
  }

  readRecords(recordNos: readonly number[]): Promise<readonly OpenRow[]> {
    return readRecords(this.#database, recordNos);
  }

  /** Stamps the batches with the reader's token: from here on a late owner's completion of one of them is refused. */
  async openBatches(lease: LaneLease): Promise<readonly Batch[]> {
    const rows = await this.#database.all(
      `with mine as (
         update @schema@.aegis_siem_batches b set token = $3 from @schema@.aegis_siem_lanes l
         where b.destination_no = $1 and l.destination_no = b.destination_no and l.owner = $2 and l.token = $3
         returning ${BATCH_COLUMNS}
       )
       select * from mine order by epoch_no, first_seq`,
      [lease.destinationNo, lease.owner, lease.token],
    );
    return rows.map(batchOf);
  }

  /** The update of the lane's row keeps a late owner out: it waits for a take-over under way and then finds another token. */
  async formBatch(lease: LaneLease, draft: BatchDraft): Promise<boolean> {
    const formed = await this.#database.run(
      `with lane as (
         update @schema@.aegis_siem_lanes set next_seq = next_seq + $4
         where destination_no = $1 and owner = $2 and token = $3 and epoch_no = $5 and next_seq = $6
         returning destination_no, token
       )
       insert into @schema@.aegis_siem_batches
       select part.* from lane,
         lateral @schema@.aegis_siem_batch_of($7::json, lane.destination_no, lane.token, 0, null) part`,
      [
        lease.destinationNo,
        lease.owner,
        lease.token,
        draft.recordNos.length,
        draft.epochNo,
        draft.firstSeq,
        batchJson(draft),
      ],
    );
    return formed > 0;
  }

  completeBatch(lease: LaneLease, key: BatchKey, completion: Completion): Promise<SettleResult> {
    return completeBatch(this.#database, lease, key, completion);
  }

  replaceBatch(
    lease: LaneLease,
    key: BatchKey,
    parts: {
      readonly delivered?: { draft: BatchDraft; completion: Completion };
      readonly open: readonly BatchDraft[];
    },
  ): Promise<SettleResult> {
    return replaceBatch(this.#database, lease, key, parts);
  }

  noteFailedSend(lease: LaneLease, key: BatchKey, attempt: AttemptDraft): Promise<boolean> {
    return noteFailedSend(this.#database, lease, key, attempt);
  }

  markAwaitingAck(lease: LaneLease, key: BatchKey, ackId: number, sentAtMs: number): Promise<boolean> {
    return this.#mark(lease, key, 'awaiting_ack', ackId, Math.floor(sentAtMs));
  }

  markFormed(lease: LaneLease, key: BatchKey): Promise<boolean> {
    return this.#mark(lease, key, 'formed', null, null);
  }

  async reconcile(limits: ReconcileLimits): Promise<ReconcileReport> {
    await skipRowsOfDeleted(this.#database);
    const row = await this.#database.first('select * from @schema@.aegis_siem_reconcile($1, $2)', [
      limits.maxRecords,
      limits.maxMissed,
    ]);
    if (row === undefined) return { missedEnqueued: 0, repairedEnqueued: 0, more: false };
    return {
      missedEnqueued: integer(row, 'missed_enqueued'),
      repairedEnqueued: integer(row, 'repaired_enqueued'),
      more: boolean(row, 'more'),
    };
  }

  /** False when the lane is another's or the batch is gone: then nothing was written. */
  async #mark(
    lease: LaneLease,
    key: BatchKey,
    state: 'formed' | 'awaiting_ack',
    ackId: number | null,
    sentAtMs: number | null,
  ): Promise<boolean> {
    const marked = await this.#database.run(
      `update @schema@.aegis_siem_batches b set state = $6, ack_id = $7, sent_at = $8 from @schema@.aegis_siem_lanes l
       where l.destination_no = $1 and l.owner = $2 and l.token = $3 and b.destination_no = l.destination_no
         and b.epoch_no = $4 and b.first_seq = $5 and b.token = $3`,
      [lease.destinationNo, lease.owner, lease.token, key.epochNo, key.firstSeq, state, ackId, sentAtMs],
    );
    return marked > 0;
  }
}
