import { integer } from '../column.ts';
import type { DeliveryFilter, WalkPlace } from '../delivery-look.ts';
import { type Candidate, type DeliveryWalk, walkBound } from '../list-deliveries.ts';
import { listedDeliveryOf, wordsOf } from '../listed-delivery-row.ts';
import type { Row, Statements } from './database.ts';

const word = (field: string): string => `@schema@.aegis_siem_word(a.body, '${field}')`;
const WORDS = `, ${word('tool_name')} as tool, ${word('agent_id')} as agent`;

const SCOPE = `
  select destination_no, workspace_id from @schema@.aegis_siem_destinations
  where ($1::text is null or workspace_id = $1) and ($2::text is null or destination_id::text = lower($2))`;

// By the index of the replays, one workspace after the other: newest first, within the times that are asked for.
const NEWEST = (words: boolean): string => `
  with w as (select distinct workspace_id from (${SCOPE}) t)
  select record_no, recorded_at${words ? ', tool, agent' : ''} from (
    (select x.* from w cross join lateral (
      select a.record_no, a.recorded_at${words ? WORDS : ''} from @schema@.aegis_siem_attestations a
      where a.workspace_id = w.workspace_id and (a.recorded_at, a.record_no) < ($3::bigint, $4::bigint)
        and a.recorded_at >= $5
      order by a.recorded_at desc, a.record_no desc limit $6) x)
    ${
      words
        ? ''
        : `union all
    (select x.* from w cross join lateral (
      select e.record_no, e.recorded_at from @schema@.aegis_siem_events e
      where e.workspace_id = w.workspace_id and (e.recorded_at, e.record_no) < ($3::bigint, $4::bigint)
        and e.recorded_at >= $5
      order by e.recorded_at desc, e.record_no desc limit $6) x)`
    }
  ) both_kinds order by recorded_at desc, record_no desc limit $6`;

// By the key of the table: newest number first.
const OF_TABLE = (table: string, only: string, words: boolean): string => `
  select o.record_no, coalesce(a.recorded_at, e.recorded_at, 0) as recorded_at${words ? WORDS : ''}
  from (
    select distinct x.record_no from (${SCOPE}) t cross join lateral (
      select record_no from @schema@.${table} where destination_no = t.destination_no and record_no < $3 ${only}
      order by record_no desc limit $4) x
    order by x.record_no desc limit $4
  ) o
  left join @schema@.aegis_siem_attestations a on a.record_no = o.record_no
  left join @schema@.aegis_siem_events e on e.record_no = o.record_no
  order by o.record_no desc`;

// The same words as the view `aegis_siem_deliveries`, for the records of one step: $3 names them, $4 and $5 bound their numbers.
const STORIES = `
  with t as materialized (${SCOPE}), stories as (
    select o.destination_no, o.record_no, case when b.record_no is null then 'pending' else 'in_flight' end as status,
      coalesce(b.attempts, 0) as attempts, b.last_answer, b.seq, null::bigint as finished_at, b.destination_version
    from t
    join @schema@.aegis_siem_outbox o on o.destination_no = t.destination_no and o.record_no = any ($3::bigint[])
    left join (
      select b.destination_no, m.record_no, b.attempts, b.last_answer, b.first_seq + m.place - 1 as seq, b.destination_version
      from @schema@.aegis_siem_batches b cross join lateral unnest(b.record_nos) with ordinality m (record_no, place)
      where m.record_no between $4 and $5
    ) b on b.destination_no = o.destination_no and b.record_no = o.record_no
    union all
    select r.destination_no, m.record_no, 'delivered', r.attempts, r.answer, r.first_seq + m.place - 1, r.delivered_at,
      r.destination_version
    from t
    join @schema@.aegis_siem_receipts r
      on r.destination_no = t.destination_no and r.max_record_no >= $4 and r.min_record_no <= $5
    cross join lateral unnest(r.record_nos) with ordinality m (record_no, place)
    where m.record_no = any ($3::bigint[]) and (r.tombstones is null or not exists (
      select 1 from json_array_elements(r.tombstones::json) s where (s.value ->> 'index')::bigint = m.place - 1))
    union all
    select r.destination_no, m.record_no, 'skipped', 0, null, null, r.delivered_at, r.destination_version
    from t
    join @schema@.aegis_siem_receipts r
      on r.destination_no = t.destination_no and r.max_record_no >= $4 and r.min_record_no <= $5
    cross join lateral unnest(r.left_out) m (record_no)
    where m.record_no = any ($3::bigint[])
    union all
    select l.destination_no, l.record_no, l.status, l.attempts, l.answer, null, l.dead_at, null
    from t
    join @schema@.aegis_siem_dead_letters l on l.destination_no = t.destination_no and l.record_no = any ($3::bigint[])
  )
  select d.destination_no, d.destination_id, d.name as destination_name, d.workspace_id, s.record_no, a.attestation_id,
    e.metadata_uid as event_uid, coalesce(a.recorded_at, e.recorded_at) as recorded_at, s.status, s.attempts, s.last_answer,
    s.seq, s.finished_at, s.destination_version, ${word('verdict')} as verdict, ${word('tool_name')} as tool,
    ${word('agent_id')} as agent
  from stories s
  join @schema@.aegis_siem_destinations d on d.destination_no = s.destination_no
  left join @schema@.aegis_siem_attestations a on a.record_no = s.record_no
  left join @schema@.aegis_siem_events e on e.record_no = s.record_no
  order by s.record_no, s.destination_no, s.finished_at nulls first, s.seq`;

/** The walk of one list. Which table leads follows from the status: few rows are open or dead, most are delivered. */
export function deliveryWalk(statements: Statements, filter: DeliveryFilter): DeliveryWalk {
  const scope = [filter.workspaceId ?? null, filter.destinationId ?? null];
  const words = filter.tool !== undefined || filter.agent !== undefined;
  const candidates = async (after: WalkPlace | undefined, count: number): Promise<Candidate[]> => {
    const beforeNo = after?.recordNo ?? Number.MAX_SAFE_INTEGER;
    switch (filter.status) {
      case 'pending':
      case 'in_flight': {
        const sql = OF_TABLE('aegis_siem_outbox', '', words);
        return (await statements.all(sql, [...scope, beforeNo, count])).map(candidateOf);
      }
      case 'dead': {
        const sql = OF_TABLE('aegis_siem_dead_letters', `and status = 'dead'`, words);
        return (await statements.all(sql, [...scope, beforeNo, count])).map(candidateOf);
      }
      case 'delivered':
      case 'skipped':
      case undefined: {
        const from = walkBound(after, filter.toMs);
        const values = [...scope, from.recordedAtMs, from.recordNo, filter.fromMs ?? 0, count];
        return (await statements.all(NEWEST(words), values)).map(candidateOf);
      }
      default:
        return filter.status satisfies never;
    }
  };
  return {
    candidates,
    storiesOf: async (recordNos) =>
      (
        await statements.all(STORIES, [...scope, recordNos, Math.min(...recordNos), Math.max(...recordNos)])
      ).map(listedDeliveryOf),
  };
}

function candidateOf(row: Row): Candidate {
  return {
    recordNo: integer(row, 'record_no'),
    recordedAtMs: integer(row, 'recorded_at'),
    ...wordsOf(row, ['tool', 'agent']),
  };
}
