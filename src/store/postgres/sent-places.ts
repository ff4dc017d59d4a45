import { attemptOf } from '../attempt-row.ts';
import { integer } from '../column.ts';
import type { SentPlace } from '../delivery-look.ts';
import { sentPlaceOf } from '../sent-place-row.ts';
import type { Statements } from './database.ts';
import { isUuid } from './uuid.ts';

const SHA256_BYTES = 32;

// The epoch's name is the lane's while it lasts; of an earlier one its checkpoints tell.
const PLACES = `
  select p.*, l.stream_id, case when l.epoch_no = p.epoch_no then l.epoch else (
      select c.body::json ->> 'epoch' from @schema@.aegis_siem_checkpoints c
      where c.destination_no = p.destination_no and c.epoch_no = p.epoch_no limit 1) end as epoch
  from (
    select b.destination_no, b.epoch_no, b.first_seq, m.place - 1 as place, b.places, b.state,
      substring(b.hashes from ((m.place - 1) * ${SHA256_BYTES} + 1)::integer for ${SHA256_BYTES}) as sha256, b.tombstones,
      ((m.place - 1) = any (coalesce(b.replayed, '{}')))::integer as is_replayed, b.destination_version, b.attempts,
      b.last_answer as answer, b.ack_id, null::bigint as delivered_at
    from @schema@.aegis_siem_batches b cross join lateral unnest(b.record_nos) with ordinality m (record_no, place)
    where m.record_no = $1
    union all
    select r.destination_no, r.epoch_no, r.first_seq, m.place - 1, r.places, 'finished',
      substring(r.hashes from ((m.place - 1) * ${SHA256_BYTES} + 1)::integer for ${SHA256_BYTES}), r.tombstones,
      ((m.place - 1) = any (coalesce(r.replayed, '{}')))::integer, r.destination_version, r.attempts,
      r.answer, r.ack_id, r.delivered_at
    from @schema@.aegis_siem_destinations t
    join @schema@.aegis_siem_receipts r on r.destination_no = t.destination_no and r.max_record_no >= $1 and r.min_record_no <= $1
    cross join lateral unnest(r.record_nos) with ordinality m (record_no, place)
    where m.record_no = $1
  ) p
  join @schema@.aegis_siem_lanes l on l.destination_no = p.destination_no
  order by p.destination_no, p.epoch_no, p.first_seq + p.place`;

const FAILED_SENDS = `
  select outcome, answer, events, bytes, first_seq, at from @schema@.aegis_siem_attempts
  where destination_no = $1 and first_seq <= $2 and first_seq + events > $2 and at >= $3 order by attempt_no`;

/** See `DeliveryLook.readPlaces`. */
export async function readPlaces(statements: Statements, attestationId: string): Promise<SentPlace[]> {
  if (!isUuid(attestationId)) return [];
  const record = await statements.first(
    'select record_no, recorded_at from @schema@.aegis_siem_attestations where attestation_id = $1',
    [attestationId],
  );
  if (record === undefined) return [];
  // Numbers of an earlier epoch are met again in a later one: what failed before the record was there is not of it.
  const recordedAtMs = integer(record, 'recorded_at');
  const places: SentPlace[] = [];
  for (const row of await statements.all(PLACES, [integer(record, 'record_no')])) {
    const seq = integer(row, 'first_seq') + integer(row, 'place');
    const failed = await statements.all(FAILED_SENDS, [integer(row, 'destination_no'), seq, recordedAtMs]);
    places.push(sentPlaceOf(row, failed.map(attemptOf)));
  }
  return places;
}
