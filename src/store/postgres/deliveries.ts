import type { Delivery, Page, PageQuery, WorkspaceScope } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { integer } from '../column.ts';
import type { Statements } from './database.ts';
import { deliveryOf } from '../delivery-row.ts';
import { pageOf } from '../page.ts';
import { isUuid } from './uuid.ts';

export interface OpenFilter extends WorkspaceScope {
  readonly destinationId?: string;
  readonly status?: 'pending' | 'in_flight';
}

const NAMES = `d.destination_no, d.destination_id, d.name as destination_name, d.workspace_id, a.attestation_id,
  e.metadata_uid as event_uid, coalesce(a.recorded_at, e.recorded_at) as recorded_at`;

// The rows of open batches are few; the open rows may be millions, so those are walked by their key, one destination after the
// other, and cut by the limit.
const OPEN_PAGE = `
  with in_batch as materialized (
    select b.destination_no, m.record_no, b.first_seq + m.place - 1 as seq, b.attempts, b.last_answer, b.destination_version
    from @schema@.aegis_siem_batches b, unnest(b.record_nos) with ordinality m (record_no, place)
    where m.record_no is not null
  ), page as materialized (
    select o.destination_no, o.record_no, i.record_no is not null as is_in_batch, i.seq, i.attempts, i.last_answer,
      i.destination_version
    from @schema@.aegis_siem_destinations t
    cross join lateral (
      select x.destination_no, x.record_no from @schema@.aegis_siem_outbox x
      where x.destination_no = t.destination_no and x.record_no > case when t.destination_no = $1 then $2::bigint else 0 end
        and ($5::text is null or ($5 = 'in_flight') = exists (
          select 1 from in_batch f where f.destination_no = x.destination_no and f.record_no = x.record_no))
      order by x.record_no limit $6
    ) o
    left join in_batch i on i.destination_no = o.destination_no and i.record_no = o.record_no
    where t.destination_no >= $1 and ($3::text is null or t.workspace_id = $3)
      and ($4::text is null or t.destination_id::text = lower($4))
    order by o.destination_no, o.record_no limit $6
  )
  select ${NAMES}, p.record_no, case when p.is_in_batch then 'in_flight' else 'pending' end as status,
    coalesce(p.attempts, 0) as attempts, p.last_answer, p.seq, null::bigint as finished_at, p.destination_version
  from page p
  join @schema@.aegis_siem_destinations d on d.destination_no = p.destination_no
  left join @schema@.aegis_siem_attestations a on a.record_no = p.record_no
  left join @schema@.aegis_siem_events e on e.record_no = p.record_no
  order by p.destination_no, p.record_no`;

/** By destination and record number. */
export async function listOpen(
  statements: Statements,
  filter: OpenFilter,
  page: PageQuery,
): Promise<Page<Delivery>> {
  const [destinationNo, recordNo] =
    page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'number']);
  const rows = await statements.all(OPEN_PAGE, [
    destinationNo ?? 0,
    recordNo ?? 0,
    filter.workspaceId ?? null,
    filter.destinationId ?? null,
    filter.status ?? null,
    page.limit + 1,
  ]);
  return pageOf(rows, page, (row) => [integer(row, 'destination_no'), integer(row, 'record_no')], deliveryOf);
}

// The same words as the view `aegis_siem_deliveries`, but for one record by its number: each part uses its own index.
const STORY = `
  with stories as (
    select o.destination_no, o.record_no, case when b.first_seq is null then 'pending' else 'in_flight' end as status,
      coalesce(b.attempts, 0) as attempts, b.last_answer, b.first_seq + array_position(b.record_nos, $1::bigint) - 1 as seq,
      null::bigint as finished_at, b.destination_version
    from @schema@.aegis_siem_destinations t
    join @schema@.aegis_siem_outbox o on o.destination_no = t.destination_no and o.record_no = $1
    left join @schema@.aegis_siem_batches b on b.destination_no = o.destination_no and $1 = any (b.record_nos)
    union all
    select r.destination_no, $1, 'delivered', r.attempts, r.answer, r.first_seq + m.place - 1, r.delivered_at,
      r.destination_version
    from @schema@.aegis_siem_destinations t
    join @schema@.aegis_siem_receipts r
      on r.destination_no = t.destination_no and r.max_record_no >= $1 and r.min_record_no <= $1
    cross join lateral unnest(r.record_nos) with ordinality m (record_no, place)
    where m.record_no = $1 and (r.tombstones is null or not exists (
      select 1 from json_array_elements(r.tombstones::json) s where (s.value ->> 'index')::bigint = m.place - 1))
    union all
    select r.destination_no, $1, 'skipped', 0, null, null, r.delivered_at, r.destination_version
    from @schema@.aegis_siem_destinations t
    join @schema@.aegis_siem_receipts r
      on r.destination_no = t.destination_no and r.max_record_no >= $1 and r.min_record_no <= $1
    where $1 = any (r.left_out)
    union all
    select l.destination_no, $1, l.status, l.attempts, l.answer, null, l.dead_at, null
    from @schema@.aegis_siem_destinations t
    join @schema@.aegis_siem_dead_letters l on l.destination_no = t.destination_no and l.record_no = $1
  )
  select ${NAMES}, s.record_no, s.status, s.attempts, s.last_answer, s.seq, s.finished_at, s.destination_version
  from stories s
  join @schema@.aegis_siem_destinations d on d.destination_no = s.destination_no
  left join @schema@.aegis_siem_attestations a on a.record_no = s.record_no
  left join @schema@.aegis_siem_events e on e.record_no = s.record_no
  order by s.destination_no, s.finished_at nulls first, s.seq`;

export async function listDeliveriesOf(statements: Statements, attestationId: string): Promise<Delivery[]> {
  if (!isUuid(attestationId)) return [];
  const record = await statements.first(
    'select record_no from @schema@.aegis_siem_attestations where attestation_id = $1',
    [attestationId],
  );
  if (record === undefined) return [];
  return (await statements.all(STORY, [integer(record, 'record_no')])).map(deliveryOf);
}
