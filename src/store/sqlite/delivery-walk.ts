import { integer, text } from '../column.ts';
import type { DeliveryFilter, WalkPlace } from '../delivery-look.ts';
import { type Candidate, type DeliveryWalk, walkBound } from '../list-deliveries.ts';
import { listedDeliveryOf, wordsOf } from '../listed-delivery-row.ts';
import type { SqliteConnection } from './connection.ts';
import type { Row, Statements } from './statements.ts';

/** A text that is no JSON has no words. */
const word = (field: string): string => `case when json_valid(a.body) then a.body ->> '$.${field}' end`;

const SCOPE = `
  select destination_no, workspace_id from aegis_siem_destinations
  where (?1 is null or workspace_id = ?1) and (?2 is null or destination_id = ?2)`;

// By the index of the replays: newest first, within the times that are asked for.
const ATTESTATIONS = (words: boolean): string => `
  select a.record_no, a.recorded_at${words ? `, ${word('tool_name')} as tool, ${word('agent_id')} as agent` : ''}
  from aegis_siem_attestations a
  where a.workspace_id = ?1 and (a.recorded_at, a.record_no) < (?2, ?3) and a.recorded_at >= ?4
  order by a.recorded_at desc, a.record_no desc limit ?5`;

const EVENTS = `
  select e.record_no, e.recorded_at from aegis_siem_events e
  where e.workspace_id = ?1 and (e.recorded_at, e.record_no) < (?2, ?3) and e.recorded_at >= ?4
  order by e.recorded_at desc, e.record_no desc limit ?5`;

// By the key of the table: newest number first.
const OF_TABLE = (rows: string, words: boolean): string => `
  select o.record_no, coalesce(a.recorded_at, e.recorded_at, 0) as recorded_at
    ${words ? `, ${word('tool_name')} as tool, ${word('agent_id')} as agent` : ''}
  from (${rows}) o
  left join aegis_siem_attestations a on a.record_no = o.record_no
  left join aegis_siem_events e on e.record_no = o.record_no
  order by o.record_no desc`;

const OPEN = `select record_no from aegis_siem_outbox where destination_no = ?1 and record_no < ?2
  order by record_no desc limit ?3`;
const DEAD = `select record_no from aegis_siem_dead_letters where destination_no = ?1 and record_no < ?2 and status = 'dead'
  order by record_no desc limit ?3`;

// The same words as the view `aegis_siem_deliveries`, for the records of one step: ?3 names them, ?4 and ?5 bound their numbers.
const STORIES = `
  with t as materialized (${SCOPE}), wanted as materialized (select value as record_no from json_each(?3)),
  stories as (
    select o.destination_no, o.record_no, case when b.first_seq is null then 'pending' else 'in_flight' end as status,
      coalesce(b.attempts, 0) as attempts, b.last_answer, b.seq, null as finished_at, b.destination_version
    from t cross join wanted w
    join aegis_siem_outbox o on o.destination_no = t.destination_no and o.record_no = w.record_no
    left join (
      select b.destination_no, b.first_seq, m.value as record_no, b.attempts, b.last_answer, b.first_seq + m.key as seq,
        b.destination_version
      from aegis_siem_batches b join json_each(b.record_nos) m where m.value between ?4 and ?5
    ) b on b.destination_no = o.destination_no and b.record_no = o.record_no
    union all
    select r.destination_no, m.value, 'delivered', r.attempts, r.answer, r.first_seq + m.key, r.delivered_at,
      r.destination_version
    from t
    join aegis_siem_receipts r on r.destination_no = t.destination_no and r.max_record_no >= ?4 and r.min_record_no <= ?5
    join json_each(r.record_nos) m
    where m.value in (select record_no from wanted) and not exists (
      select 1 from json_each(coalesce(r.tombstones, '[]')) s where s.value ->> '$.index' = m.key)
    union all
    select r.destination_no, m.value, 'skipped', 0, null, null, r.delivered_at, r.destination_version
    from t
    join aegis_siem_receipts r on r.destination_no = t.destination_no and r.max_record_no >= ?4 and r.min_record_no <= ?5
    join json_each(r.left_out) m
    where m.value in (select record_no from wanted)
    union all
    select l.destination_no, l.record_no, l.status, l.attempts, l.answer, null, l.dead_at, null
    from t cross join wanted w
    join aegis_siem_dead_letters l on l.destination_no = t.destination_no and l.record_no = w.record_no
  )
  select d.destination_no, d.destination_id, d.name as destination_name, d.workspace_id, s.record_no, a.attestation_id,
    e.metadata_uid as event_uid, coalesce(a.recorded_at, e.recorded_at) as recorded_at, s.status, s.attempts, s.last_answer,
    s.seq, s.finished_at, s.destination_version, ${word('verdict')} as verdict, ${word('tool_name')} as tool,
    ${word('agent_id')} as agent
  from stories s
  join aegis_siem_destinations d on d.destination_no = s.destination_no
  left join aegis_siem_attestations a on a.record_no = s.record_no
  left join aegis_siem_events e on e.record_no = s.record_no
  order by s.record_no, s.destination_no, s.finished_at nulls first, s.seq`;

/** The walk of one list. Which table leads follows from the status: few rows are open or dead, most are delivered. */
export function deliveryWalk(connection: SqliteConnection, filter: DeliveryFilter): DeliveryWalk {
  const scope = [filter.workspaceId ?? null, filter.destinationId ?? null] as const;
  return {
    candidates: async (after, count) =>
      connection.read((statements) => candidates(statements, filter, after, count)),
    storiesOf: async (recordNos) =>
      connection.read((statements) =>
        statements
          .all(STORIES, ...scope, JSON.stringify(recordNos), Math.min(...recordNos), Math.max(...recordNos))
          .map(listedDeliveryOf),
      ),
  };
}

function candidates(
  statements: Statements,
  filter: DeliveryFilter,
  after: WalkPlace | undefined,
  count: number,
): Candidate[] {
  const words = filter.tool !== undefined || filter.agent !== undefined;
  const scope = statements.all(SCOPE, filter.workspaceId ?? null, filter.destinationId ?? null);
  switch (filter.status) {
    case 'pending':
    case 'in_flight':
    case 'dead': {
      const sql = OF_TABLE(filter.status === 'dead' ? DEAD : OPEN, words);
      const before = after?.recordNo ?? Number.MAX_SAFE_INTEGER;
      const rows = scope.flatMap((row) => statements.all(sql, integer(row, 'destination_no'), before, count));
      return newestOnce(rows.map(candidateOf), (one, other) => other.recordNo - one.recordNo, count);
    }
    case 'delivered':
    case 'skipped':
    case undefined: {
      const from = walkBound(after, filter.toMs);
      const bounds = [from.recordedAtMs, from.recordNo, filter.fromMs ?? 0, count] as const;
      const rows = [...new Set(scope.map((row) => text(row, 'workspace_id')))].flatMap((workspaceId) => [
        ...statements.all(ATTESTATIONS(words), workspaceId, ...bounds),
        ...(words ? [] : statements.all(EVENTS, workspaceId, ...bounds)),
      ]);
      return newestOnce(
        rows.map(candidateOf),
        (one, other) => other.recordedAtMs - one.recordedAtMs || other.recordNo - one.recordNo,
        count,
      );
    }
    default:
      return filter.status satisfies never;
  }
}

/** The first `count` of several lists that were cut at `count` themselves, each record once. */
function newestOnce(
  found: readonly Candidate[],
  order: (one: Candidate, other: Candidate) => number,
  count: number,
): Candidate[] {
  return found
    .toSorted(order)
    .filter((one, index, all) => one.recordNo !== all[index - 1]?.recordNo)
    .slice(0, count);
}

function candidateOf(row: Row): Candidate {
  return {
    recordNo: integer(row, 'record_no'),
    recordedAtMs: integer(row, 'recorded_at'),
    ...wordsOf(row, ['tool', 'agent']),
  };
}
