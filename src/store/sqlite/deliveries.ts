import type { Delivery, Page, PageQuery, WorkspaceScope } from '../admin-store.ts';
import { decodeCursor } from '../cursor.ts';
import { integer, maybeInteger } from '../column.ts';
import { deliveryOf } from '../delivery-row.ts';
import { pageOf } from '../page.ts';
import type { Statements } from './statements.ts';

export interface OpenFilter extends WorkspaceScope {
  readonly destinationId?: string;
  readonly status?: 'pending' | 'in_flight';
}

const NAMES = `d.destination_no, d.destination_id, d.name as destination_name, d.workspace_id, a.attestation_id,
  e.metadata_uid as event_uid, coalesce(a.recorded_at, e.recorded_at) as recorded_at`;

// The rows of open batches are few; the open rows may be millions, so those are walked by their key and cut by the limit.
const OPEN_PAGE = `
  with in_batch as materialized (
    select b.destination_no, m.value as record_no, b.first_seq + m.key as seq, b.attempts, b.last_answer,
      b.destination_version
    from aegis_siem_batches b, json_each(b.record_nos) m
    where m.type = 'integer'
  )
  select ${NAMES}, o.record_no, case when i.record_no is null then 'pending' else 'in_flight' end as status,
    coalesce(i.attempts, 0) as attempts, i.last_answer, i.seq, null as finished_at, i.destination_version
  from aegis_siem_outbox o
  join aegis_siem_destinations d on d.destination_no = o.destination_no
  left join in_batch i on i.destination_no = o.destination_no and i.record_no = o.record_no
  left join aegis_siem_attestations a on a.record_no = o.record_no
  left join aegis_siem_events e on e.record_no = o.record_no
  where (o.destination_no, o.record_no) > (?1, ?2)
    and (?3 is null or d.workspace_id = ?3) and (?4 is null or d.destination_id = ?4)
    and (?5 is null or (?5 = 'in_flight') = (i.record_no is not null))
  order by o.destination_no, o.record_no limit ?6`;

/** By destination and record number. */
export function listOpen(statements: Statements, filter: OpenFilter, page: PageQuery): Page<Delivery> {
  const [destinationNo, recordNo] =
    page.cursor === undefined ? [] : decodeCursor(page.cursor, ['number', 'number']);
  const rows = statements.all(
    OPEN_PAGE,
    destinationNo ?? firstDestinationNo(statements, filter),
    recordNo ?? 0,
    filter.workspaceId ?? null,
    filter.destinationId ?? null,
    filter.status ?? null,
    page.limit + 1,
  );
  return pageOf(rows, page, (row) => [integer(row, 'destination_no'), integer(row, 'record_no')], deliveryOf);
}

/** Where the walk begins: a filter by destination must not walk over the rows of the others before it. */
function firstDestinationNo(statements: Statements, filter: OpenFilter): number {
  const row = statements.first(
    `select min(destination_no) as destination_no from aegis_siem_destinations
     where (?1 is null or workspace_id = ?1) and (?2 is null or destination_id = ?2)`,
    filter.workspaceId ?? null,
    filter.destinationId ?? null,
  );
  return (row === undefined ? undefined : maybeInteger(row, 'destination_no')) ?? 0;
}

/** The same words as the view `aegis_siem_deliveries`, but for one record by its number: each part uses its own index. */
export function listDeliveriesOf(statements: Statements, attestationId: string): Delivery[] {
  const record = statements.first(
    'select record_no from aegis_siem_attestations where attestation_id = ?',
    attestationId,
  );
  if (record === undefined) return [];
  return statements.all(STORY, integer(record, 'record_no')).map(deliveryOf);
}

const STORY = `
  with stories as (
    select o.destination_no, o.record_no, case when b.first_seq is null then 'pending' else 'in_flight' end as status,
      coalesce(b.attempts, 0) as attempts, b.last_answer, b.first_seq + m.key as seq, null as finished_at,
      b.destination_version
    from aegis_siem_destinations t
    join aegis_siem_outbox o on o.destination_no = t.destination_no and o.record_no = ?1
    left join (aegis_siem_batches b join json_each(b.record_nos) m on m.value = ?1)
      on b.destination_no = o.destination_no
    union all
    select r.destination_no, ?1, 'delivered', r.attempts, r.answer, r.first_seq + m.key, r.delivered_at,
      r.destination_version
    from aegis_siem_destinations t
    join aegis_siem_receipts r on r.destination_no = t.destination_no and r.max_record_no >= ?1 and r.min_record_no <= ?1
    join json_each(r.record_nos) m on m.value = ?1
    where not exists (
      select 1 from json_each(coalesce(r.tombstones, '[]')) s where s.value ->> '$.index' = m.key)
    union all
    select r.destination_no, ?1, 'skipped', 0, null, null, r.delivered_at, r.destination_version
    from aegis_siem_destinations t
    join aegis_siem_receipts r on r.destination_no = t.destination_no and r.max_record_no >= ?1 and r.min_record_no <= ?1
    join json_each(r.left_out) m on m.value = ?1
    union all
    select l.destination_no, ?1, l.status, l.attempts, l.answer, null, l.dead_at, null
    from aegis_siem_destinations t
    join aegis_siem_dead_letters l on l.destination_no = t.destination_no and l.record_no = ?1
  )
  select ${NAMES}, s.record_no, s.status, s.attempts, s.last_answer, s.seq, s.finished_at, s.destination_version
  from stories s
  join aegis_siem_destinations d on d.destination_no = s.destination_no
  left join aegis_siem_attestations a on a.record_no = s.record_no
  left join aegis_siem_events e on e.record_no = s.record_no
  order by s.destination_no, s.finished_at, s.seq`;
