import type { OpenRow, OpenRowQuery } from '../../outbox/delivery-store.ts';
import { StoreError } from '../store-error.ts';
import type { Statements } from './database.ts';

// The reading that decides how fast a lane drains. Rows come as arrays: an object of each costs half of this process's time. One
// row with all the texts in it was measured too and lost, three to one: memory of a megabyte in one piece is dear, on the server
// and here. So did a function that answers the rows, since it keeps all of them before the first is sent.

/** Straight from the index (see `PLANNER_SETTINGS`): no sort of a backlog of millions for the first few hundred. */
const READ_OPEN = `
  select r.record_no, r.attestation_id, r.metadata_uid, r.replayed, r.body, r.source
  from (
    select q.record_no, q.attestation_id, e.metadata_uid, q.replayed, coalesce(a.body, e.body) as body, e.source,
      sum(octet_length(coalesce(a.body, e.body))) over (order by q.record_no rows unbounded preceding)
        - octet_length(coalesce(a.body, e.body)) as bytes_before
    from (
      select o.record_no, o.attestation_id, o.event_id, o.replayed from @schema@.aegis_siem_outbox o
      where o.destination_no = $1 and o.record_no > $2 and o.record_no <> all ($5::bigint[])
      order by o.record_no limit $3
    ) q
    left join @schema@.aegis_siem_attestations a on q.attestation_id is not null and a.record_no = q.record_no
    left join @schema@.aegis_siem_events e on q.event_id is not null and e.record_no = q.record_no
  ) r
  where r.bytes_before < $4 and r.body is not null
  order by r.record_no`;

const READ_RECORDS = `
  select a.record_no, a.attestation_id, null as metadata_uid, false as replayed, a.body, null as source
  from @schema@.aegis_siem_attestations a where a.record_no = any ($1::bigint[])
  union all
  select e.record_no, null, e.metadata_uid, false, e.body, e.source
  from @schema@.aegis_siem_events e where e.record_no = any ($1::bigint[])
  order by 1`;

/** A row whose record is missing (removed by hand) is passed over. */
export async function readOpenRows(statements: Statements, query: OpenRowQuery): Promise<OpenRow[]> {
  const { destinationNo, afterRecordNo, maxRows, maxBodyBytes } = query;
  // The cursor has passed most of what is in flight: only what lies ahead of it must be left out.
  const ahead = query.exclude.filter((recordNo) => recordNo > afterRecordNo);
  const rows = await statements.arrays(READ_OPEN, [
    destinationNo,
    afterRecordNo,
    maxRows,
    maxBodyBytes,
    ahead,
  ]);
  return rows.map(openRowOf);
}

/** The records of a batch by number; those that are missing are left out. `replayed` is the batch's to say, and false here. */
export async function readRecords(statements: Statements, recordNos: readonly number[]): Promise<OpenRow[]> {
  return (await statements.arrays(READ_RECORDS, [recordNos])).map(openRowOf);
}

function openRowOf(columns: readonly unknown[]): OpenRow {
  const [recordNo, attestationId, metadataUid, replayed, body, source] = columns;
  const recordId = attestationId ?? metadataUid;
  if (typeof recordNo !== 'string' || typeof recordId !== 'string' || typeof body !== 'string') {
    throw new StoreError('store_corrupt', 'A row of aegis_siem_outbox or its record has another shape');
  }
  return {
    recordNo: Number(recordNo),
    source: attestationId !== null ? 'attestation' : source === 'admin' ? 'admin' : 'event',
    recordId,
    body,
    replayed: replayed === true,
  };
}
