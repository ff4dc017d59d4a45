import type { LaneLease } from '../../outbox/delivery-store.ts';
import type {
  FinishedQuery,
  FinishedReceipt,
  ProofStore,
  StoredCheckpoint,
  StoredCheckpointKey,
} from '../../outbox/proof-store.ts';
import { checkpointKeyOf, checkpointOf, finishedReceiptOf, sealText } from '../checkpoint-rows.ts';
import type { SqliteConnection } from './connection.ts';

/** Checkpoints on a connection of the delivery thread. */
export class SqliteProofStore implements ProofStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async checkpointKeys(): Promise<readonly StoredCheckpointKey[]> {
    return this.#connection.read((statements) =>
      statements
        .all(
          `select key_id, sealed, public_key, created_at from aegis_siem_keys
           where purpose = 'checkpoint' order by created_at desc, key_id`,
        )
        .map(checkpointKeyOf),
    );
  }

  async lastCheckpoint(destinationNo: number): Promise<StoredCheckpoint | undefined> {
    const row = this.#connection.read((statements) =>
      statements.first(
        `select * from aegis_siem_checkpoints c where destination_no = ? and exists (
           select 1 from aegis_siem_receipts r where r.destination_no = c.destination_no and r.epoch_no = c.epoch_no
             and r.first_seq = c.seq and r.places = 1 and r.record_nos = '[null]' and r.tombstones is null)
         order by epoch_no desc, seq desc limit 1`,
        destinationNo,
      ),
    );
    return row === undefined ? undefined : checkpointOf(row);
  }

  async readCheckpoint(
    destinationNo: number,
    epochNo: number,
    seq: number,
  ): Promise<StoredCheckpoint | undefined> {
    const row = this.#connection.read((statements) =>
      statements.first(
        'select * from aegis_siem_checkpoints where destination_no = ? and epoch_no = ? and seq = ?',
        destinationNo,
        epochNo,
        seq,
      ),
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
    const keepSince = Math.floor(keepSinceMs);
    return this.#connection.write((statements) => {
      const lane = statements.first(
        `select 1 as held from aegis_siem_lanes
         where destination_no = ? and token = ? and owner = ? and epoch_no = ? and next_seq = ?`,
        destinationNo,
        lease.token,
        lease.owner,
        epochNo,
        seq,
      );
      if (lane === undefined) return false;
      // The newest of the old ones stays: it says that what is before went by age.
      statements.run(
        `delete from aegis_siem_checkpoints
         where destination_no = ?1 and made_at < ?2 and (epoch_no, seq) < (?3, ?4)
           and (epoch_no, seq) < (
             select epoch_no, seq from aegis_siem_checkpoints where destination_no = ?1 and made_at < ?2
             order by epoch_no desc, seq desc limit 1)`,
        destinationNo,
        keepSince,
        last?.epochNo ?? 0,
        last?.seq ?? 0,
      );
      statements.run(
        `insert into aegis_siem_checkpoints (destination_no, epoch_no, seq, body, made_at, receipt_seal, receipt_index)
         values (?, ?, ?, ?, ?, ?, ?)
         on conflict (destination_no, epoch_no, seq) do update set body = excluded.body, made_at = excluded.made_at,
           receipt_seal = excluded.receipt_seal, receipt_index = excluded.receipt_index`,
        destinationNo,
        epochNo,
        seq,
        body,
        Math.floor(madeAtMs),
        seal === undefined ? null : sealText(seal),
        seal?.index ?? null,
      );
      return true;
    });
  }

  async finishedPlaces(query: FinishedQuery): Promise<readonly FinishedReceipt[]> {
    const { destinationNo, epochNo, fromSeq, after, maxReceipts } = query;
    return this.#connection.read((statements) =>
      statements
        .all(
          `select receipt_no, epoch_no, first_seq, places, min_record_no, max_record_no, hashes, tombstones,
             destination_version, attempts, http_status, answer, ack_id, delivered_at, trim(record_nos, '[]') as record_list,
             trim(left_out, '[]') as left_out_list, trim(replayed, '[]') as replayed_list,
             places = 1 and record_nos = '[null]' and tombstones is null as is_checkpoint,
             coalesce(json_array_length(left_out), 0) as left_out
           from aegis_siem_receipts
           where destination_no = ?1 and epoch_no = ?2 and first_seq >= coalesce((
               select max(first_seq) from aegis_siem_receipts
               where destination_no = ?1 and epoch_no = ?2 and first_seq <= ?3), ?3)
             and (first_seq >= ?3 or first_seq + places > ?3) and (first_seq, receipt_no) > (?4, ?5)
           order by first_seq, receipt_no limit ?6`,
          destinationNo,
          epochNo,
          fromSeq,
          after?.firstSeq ?? -1,
          after?.receiptNo ?? -1,
          maxReceipts,
        )
        .map(finishedReceiptOf),
    );
  }
}
