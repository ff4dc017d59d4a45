import { DatabaseSync } from 'node:sqlite';

const CHECKPOINT = `r.places = 1 and r.record_nos = '[null]' and r.tombstones is null`;
const RECEIPT_COLUMNS = `destination_no, epoch_no, first_seq, places, min_record_no, max_record_no, record_nos, hashes,
  tombstones, left_out, replayed, destination_version, attempts, http_status, answer, ack_id, delivered_at`;

/**
 * Tells a restored database how far each stream had come in the store that it replaces: the place of its lane, and the last
 * checkpoint that was delivered. The first checkpoint of the new epoch then names that one, and `verify` sees one unbroken
 * chain in place of a fork. Answers how many streams were linked; throws when the replaced store cannot be read.
 */
export function linkRestored(restored: string, replaced: string): number {
  const db = new DatabaseSync(restored);
  try {
    db.prepare('attach database ? as replaced').run(replaced);
    db.exec('begin immediate');
    // Of the same stream only: a destination's small number may be another one's in another store.
    const lanes = db
      .prepare(
        `update main.aegis_siem_lanes as m set epoch_no = o.epoch_no, epoch = o.epoch, next_seq = o.next_seq
         from replaced.aegis_siem_lanes o
         where o.destination_no = m.destination_no and o.stream_id = m.stream_id
           and (o.epoch_no, o.next_seq) > (m.epoch_no, m.next_seq)
         returning destination_no`,
      )
      .all();
    for (const lane of lanes) {
      const destinationNo = Number(lane['destination_no']);
      const last = db
        .prepare(
          `select r.receipt_no, c.epoch_no, c.seq from replaced.aegis_siem_checkpoints c
           join replaced.aegis_siem_receipts r
             on r.destination_no = c.destination_no and r.epoch_no = c.epoch_no and r.first_seq = c.seq
           where c.destination_no = ? and ${CHECKPOINT} order by c.epoch_no desc, c.seq desc limit 1`,
        )
        .get(destinationNo);
      if (last === undefined) continue;
      db.prepare(
        `insert or ignore into main.aegis_siem_checkpoints (destination_no, epoch_no, seq, body, made_at)
         select destination_no, epoch_no, seq, body, made_at from replaced.aegis_siem_checkpoints
         where destination_no = ? and epoch_no = ? and seq = ?`,
      ).run(destinationNo, Number(last['epoch_no']), Number(last['seq']));
      db.prepare(
        `insert into main.aegis_siem_receipts (${RECEIPT_COLUMNS})
         select ${RECEIPT_COLUMNS} from replaced.aegis_siem_receipts r where r.receipt_no = ? and not exists (
           select 1 from main.aegis_siem_receipts m where m.destination_no = r.destination_no
             and m.epoch_no = r.epoch_no and m.first_seq = r.first_seq)`,
      ).run(Number(last['receipt_no']));
    }
    db.exec('commit');
    return lanes.length;
  } finally {
    db.close();
  }
}
