import {
  MAX_OPEN_ROWS_TO_PRUNE,
  type PruneAudit,
  type PruneObstacle,
  type PruningStore,
} from '../../outbox/pruning-store.ts';
import type { SignedPruneMark } from '../../proof/prune-mark.ts';
import { pruneMarkValues } from '../chain-rows.ts';
import { integer } from '../column.ts';
import { appendAudit } from './audit.ts';
import type { Database, Statements } from './database.ts';

/** Removing records on purpose, on PostgreSQL: no role of ours may but the owner. */
export class PostgresPruningStore implements PruningStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async mayPrune(): Promise<boolean> {
    const row = await this.#database.first(
      `select has_table_privilege('@schema@.aegis_siem_attestations', 'delete')
         and has_table_privilege('@schema@.aegis_siem_events', 'delete')
         and has_table_privilege('@schema@.aegis_siem_prune_marks', 'insert') as may`,
    );
    return row?.['may'] === true;
  }

  obstacles(toRecordNo: number): Promise<readonly PruneObstacle[]> {
    return obstaclesOf(this.#database, toRecordNo);
  }

  async addMark(mark: SignedPruneMark, audit: PruneAudit): Promise<boolean> {
    return this.#database.transaction(async (statements) => {
      await statements.first(
        `select pg_advisory_xact_lock(hashtext('aegis_siem_prune_marks'), hashtext('@schema@'))`,
      );
      const last = await statements.first(
        `select coalesce(max(mark_no), 0) as mark_no, coalesce(max(to_record_no), 0) as to_record_no
         from @schema@.aegis_siem_prune_marks`,
      );
      const follows =
        last !== undefined &&
        integer(last, 'mark_no') === mark.markNo - 1 &&
        integer(last, 'to_record_no') === mark.fromRecordNo - 1;
      if (!follows || (await obstaclesOf(statements, mark.toRecordNo)).length > 0) return false;
      await statements.run(
        `insert into @schema@.aegis_siem_prune_marks (mark_no, from_record_no, to_record_no, records, link_no, link_sha256,
           recorded_before, made_at, actor, key_id, signature) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
        pruneMarkValues(mark),
      );
      await appendAudit(statements, audit);
      return true;
    });
  }

  async removeMarked(maxRecords: number): Promise<number> {
    return this.#database.transaction(async (statements) => {
      const attestations = await statements.run(REMOVE_ATTESTATIONS, [maxRecords]);
      return attestations + (await statements.run(REMOVE_EVENTS, [maxRecords - attestations]));
    });
  }
}

/** Below the mark, and without an open row: a replay that was begun meanwhile may have made one. */
const REMOVABLE = `record_no <= (select coalesce(max(to_record_no), 0) from @schema@.aegis_siem_prune_marks)
  and not exists (select 1 from @schema@.aegis_siem_destinations d join @schema@.aegis_siem_outbox o using (destination_no)
    where o.record_no = r.record_no)
  order by record_no limit $1))`;

const REMOVE_ATTESTATIONS = `delete from @schema@.aegis_siem_attestations where record_no = any (array(
  select record_no from @schema@.aegis_siem_attestations r where ${REMOVABLE}`;

const REMOVE_EVENTS = `delete from @schema@.aegis_siem_events where record_no = any (array(
  select record_no from @schema@.aegis_siem_events r where ${REMOVABLE}`;

const COUNTS = `select
  (select count(*) from @schema@.aegis_siem_destinations d join @schema@.aegis_siem_outbox o using (destination_no)
    where o.record_no <= $1) as open_rows,
  (select count(*) from @schema@.aegis_siem_dead_letters where status = 'dead' and record_no <= $1) as dead_letters,
  (select count(*) from @schema@.aegis_siem_missed where record_no <= $1) as missed,
  (select count(*) from @schema@.aegis_siem_destinations d left join @schema@.aegis_siem_reconciler m using (destination_no)
    where d.state in ('active', 'paused') and coalesce(m.mark, 0) < $1) as not_reconciled,
  (select count(*) from @schema@.aegis_siem_replays where status in ('running', 'paused')) as replays,
  (select count(*) from (select 1 from @schema@.aegis_siem_outbox limit $2) q) as backlog`;

async function obstaclesOf(statements: Statements, toRecordNo: number): Promise<PruneObstacle[]> {
  const row = (await statements.first(COUNTS, [toRecordNo, MAX_OPEN_ROWS_TO_PRUNE + 1])) ?? {};
  const kinds = ['open_rows', 'dead_letters', 'missed', 'not_reconciled', 'replays', 'backlog'] as const;
  return kinds
    .map((kind) => ({ kind, count: integer(row, kind) }))
    .filter(({ kind, count }) => count > (kind === 'backlog' ? MAX_OPEN_ROWS_TO_PRUNE : 0));
}
