import type { LaneLease } from '../../outbox/delivery-store.ts';
import type {
  FinishedQuery,
  FinishedReceipt,
  ProofStore,
  StoredCheckpoint,
  StoredCheckpointKey,
} from '../../outbox/proof-store.ts';
import { checkpointKeyOf, checkpointOf, finishedReceiptOf, sealText } from '../checkpoint-rows.ts';
import type { Database } from './database.ts';

/** Checkpoints on PostgreSQL. */
export class PostgresProofStore implements ProofStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async checkpointKeys(): Promise<readonly StoredCheckpointKey[]> {
    const rows = await this.#database.all(
      `select key_id, sealed, public_key, created_at from @schema@.aegis_siem_keys
       where purpose = 'checkpoint' order by created_at desc, key_id`,
    );
    return rows.map(checkpointKeyOf);
  }

  async lastCheckpoint(destinationNo: number): Promise<StoredCheckpoint | undefined> {
    const row = await this.#database.first(
      `select * from @schema@.aegis_siem_checkpoints c where destination_no = $1 and exists (
         select 1 from @schema@.aegis_siem_receipts r where r.destination_no = c.destination_no
           and r.epoch_no = c.epoch_no and r.first_seq = c.seq and r.places = 1 and r.record_nos[1] is null
           and r.tombstones is null)
       order by epoch_no desc, seq desc limit 1`,
      [destinationNo],
    );
    return row === undefined ? undefined : checkpointOf(row);
  }

  async readCheckpoint(
    destinationNo: number,
    epochNo: number,
    seq: number,
  ): Promise<StoredCheckpoint | undefined> {
    const row = await this.#database.first(
      'select * from @schema@.aegis_siem_checkpoints where destination_no = $1 and epoch_no = $2 and seq = $3',
      [destinationNo, epochNo, seq],
    );
    return row === undefined ? undefined : checkpointOf(row);
  }

  async saveCheckpoint(
    lease: LaneLease,
    checkpoint: StoredCheckpoint,
    keepSinceMs: number,
  ): Promise<boolean> {
    const { destinationNo, epochNo, seq, body, madeAtMs, seal } = checkpoint;
    const last = await this.lastCheckpoint(destinationNo);
    const saved = await this.#database.run(
      `with lane as (
         select destination_no from @schema@.aegis_siem_lanes
         where destination_no = $1 and owner = $8 and token = $9 and epoch_no = $2 and next_seq = $3
         for update
       )
       insert into @schema@.aegis_siem_checkpoints
         (destination_no, epoch_no, seq, body, made_at, receipt_seal, receipt_index)
       select destination_no, $2, $3, $4, $5::bigint, $6, $7::bytea from lane
       on conflict (destination_no, epoch_no, seq) do update set body = excluded.body, made_at = excluded.made_at,
         receipt_seal = excluded.receipt_seal, receipt_index = excluded.receipt_index`,
      [
        destinationNo,
        epochNo,
        seq,
        body,
        Math.floor(madeAtMs),
        seal === undefined ? null : sealText(seal),
        seal === undefined ? null : Buffer.from(seal.index),
        lease.owner,
        lease.token,
      ],
    );
    if (saved === 0) return false;
    // The newest of the old ones stays: it says that what is before went by age.
    await this.#database.run(
      `delete from @schema@.aegis_siem_checkpoints
       where destination_no = $1 and made_at < $2 and (epoch_no, seq) < ($3, $4)
         and (epoch_no, seq) < (
           select epoch_no, seq from @schema@.aegis_siem_checkpoints where destination_no = $1 and made_at < $2
           order by epoch_no desc, seq desc limit 1)`,
      [destinationNo, Math.floor(keepSinceMs), last?.epochNo ?? 0, last?.seq ?? 0],
    );
    return true;
  }

  async finishedPlaces(query: FinishedQuery): Promise<readonly FinishedReceipt[]> {
    const { destinationNo, epochNo, fromSeq, after, maxReceipts } = query;
    const rows = await this.#database.all(
      `select receipt_no, epoch_no, first_seq, places, min_record_no, max_record_no, hashes, tombstones,
         destination_version, attempts, http_status, answer, ack_id, delivered_at,
         array_to_string(record_nos, ',', 'null') as record_list, array_to_string(left_out, ',') as left_out_list,
         array_to_string(replayed, ',') as replayed_list,
         (places = 1 and record_nos[1] is null and tombstones is null)::integer as is_checkpoint,
         coalesce(cardinality(left_out), 0) as left_out
       from @schema@.aegis_siem_receipts
       where destination_no = $1 and epoch_no = $2 and first_seq >= coalesce((
           select max(first_seq) from @schema@.aegis_siem_receipts
           where destination_no = $1 and epoch_no = $2 and first_seq <= $3), $3)
         and (first_seq >= $3 or first_seq + places > $3) and (first_seq, receipt_no) > ($4::bigint, $5::bigint)
       order by first_seq, receipt_no limit $6`,
      [destinationNo, epochNo, fromSeq, after?.firstSeq ?? -1, after?.receiptNo ?? -1, maxReceipts],
    );
    return rows.map(finishedReceiptOf);
  }
}
