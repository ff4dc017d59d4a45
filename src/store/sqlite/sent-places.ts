import { attemptOf } from '../attempt-row.ts';
import { integer } from '../column.ts';
import type { SentPlace } from '../delivery-look.ts';
import { sentPlaceOf } from '../sent-place-row.ts';
import type { Statements } from './statements.ts';

const SHA256_BYTES = 32;

// The epoch's name is the lane's while it lasts; of an earlier one its checkpoints tell.
const PLACES = `
  select p.*, l.stream_id, case when l.epoch_no = p.epoch_no then l.epoch else (
      select c.body ->> '$.epoch' from aegis_siem_checkpoints c
      where c.destination_no = p.destination_no and c.epoch_no = p.epoch_no limit 1) end as epoch
  from (
    select b.destination_no, b.epoch_no, b.first_seq, m.key as place, b.places, b.state,
      substr(b.hashes, m.key * ${SHA256_BYTES} + 1, ${SHA256_BYTES}) as sha256, b.tombstones,
      m.key in (select value from json_each(coalesce(b.replayed, '[]'))) as is_replayed, b.destination_version, b.attempts,
      b.last_answer as answer, b.ack_id, null as delivered_at
    from aegis_siem_batches b join json_each(b.record_nos) m on m.value = ?1
    union all
    select r.destination_no, r.epoch_no, r.first_seq, m.key, r.places, 'finished',
      substr(r.hashes, m.key * ${SHA256_BYTES} + 1, ${SHA256_BYTES}), r.tombstones,
      m.key in (select value from json_each(coalesce(r.replayed, '[]'))), r.destination_version, r.attempts,
      r.answer, r.ack_id, r.delivered_at
    from aegis_siem_destinations t
    join aegis_siem_receipts r on r.destination_no = t.destination_no and r.max_record_no >= ?1 and r.min_record_no <= ?1
    join json_each(r.record_nos) m on m.value = ?1
  ) p
  join aegis_siem_lanes l on l.destination_no = p.destination_no
  order by p.destination_no, p.epoch_no, p.first_seq + p.place`;

const FAILED_SENDS = `
  select outcome, answer, events, bytes, first_seq, at from aegis_siem_attempts
  where destination_no = ?1 and first_seq <= ?2 and first_seq + events > ?2 and at >= ?3 order by attempt_no`;

/** See `DeliveryLook.readPlaces`. */
export function readPlaces(statements: Statements, attestationId: string): SentPlace[] {
  const record = statements.first(
    'select record_no, recorded_at from aegis_siem_attestations where attestation_id = ?',
    attestationId,
  );
  if (record === undefined) return [];
  // Numbers of an earlier epoch are met again in a later one: what failed before the record was there is not of it.
  const recordedAtMs = integer(record, 'recorded_at');
  return statements.all(PLACES, integer(record, 'record_no')).map((row) => {
    const seq = integer(row, 'first_seq') + integer(row, 'place');
    const failed = statements.all(FAILED_SENDS, integer(row, 'destination_no'), seq, recordedAtMs);
    return sentPlaceOf(row, failed.map(attemptOf));
  });
}
