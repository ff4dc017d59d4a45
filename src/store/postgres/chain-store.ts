import type { ChainHead, ChainStore, RecordRange } from '../../outbox/chain-store.ts';
import type { SignedLink } from '../../proof/chain-link.ts';
import type { SignedTip } from '../../proof/chain-tip.ts';
import type { SignedPruneMark } from '../../proof/prune-mark.ts';
import type { ChainedRecord } from '../../proof/record-text.ts';
import { chainedRecordOf, linkOf, nextKeyColumn, pruneMarkOf, tipOf } from '../chain-rows.ts';
import { integer, present } from '../column.ts';
import type { Database } from './database.ts';

/** The chain over the records on PostgreSQL. */
export class PostgresChainStore implements ChainStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async readHead(): Promise<ChainHead> {
    // A sequence that was never used has 1 as its last value.
    const given = await this.#database.first(
      'select case when is_called then last_value else 0 end as last_given from @schema@.aegis_siem_record_no',
    );
    const tip = await this.#database.first('select * from @schema@.aegis_siem_chain_tip where one = 1');
    // After the tip: a link that came in between is then newer than the tip, and never the other way round.
    const link = await this.#database.first(
      'select * from @schema@.aegis_siem_chain order by link_no desc limit 1',
    );
    return {
      ...present('lastLink', link === undefined ? undefined : linkOf(link)),
      ...present('tip', tip === undefined ? undefined : tipOf(tip)),
      lastGivenNo: given === undefined ? 0 : integer(given, 'last_given'),
    };
  }

  async settledRecordNo(): Promise<number> {
    const row = await this.#database.first('select @schema@.aegis_siem_settle() as settled');
    return row === undefined ? 0 : integer(row, 'settled');
  }

  async readRecords({
    afterRecordNo,
    toRecordNo,
    maxRecords,
  }: RecordRange): Promise<readonly ChainedRecord[]> {
    const rows = await this.#database.all(
      `select * from (
         (select record_no, 'attestation' as kind, attestation_id::text as id, null as uid, workspace_id, recorded_at,
            convert_to(body, 'UTF8') as body
          from @schema@.aegis_siem_attestations where record_no > $1 and record_no <= $2 order by record_no limit $3)
         union all
         (select record_no, source, event_id::text, metadata_uid, workspace_id, recorded_at, convert_to(body, 'UTF8')
          from @schema@.aegis_siem_events where record_no > $1 and record_no <= $2 order by record_no limit $3)
       ) r order by record_no, kind limit $3`,
      [afterRecordNo, toRecordNo, maxRecords],
    );
    return rows.map(chainedRecordOf);
  }

  async readLinks(afterLinkNo: number, maxLinks: number): Promise<readonly SignedLink[]> {
    const rows = await this.#database.all(
      'select * from @schema@.aegis_siem_chain where link_no > $1 order by link_no limit $2',
      [afterLinkNo, maxLinks],
    );
    return rows.map(linkOf);
  }

  async readPruneMarks(): Promise<readonly SignedPruneMark[]> {
    const rows = await this.#database.all('select * from @schema@.aegis_siem_prune_marks order by mark_no');
    return rows.map(pruneMarkOf);
  }

  async append(lastLinkNo: number, tip: SignedTip, link?: SignedLink): Promise<boolean> {
    return this.#database.transaction(async (statements) => {
      // Two that append at once wait for each other here, never for one who records.
      await statements.first(
        `select pg_advisory_xact_lock(hashtext('aegis_siem_chain'), hashtext('@schema@'))`,
      );
      const last = await statements.first(
        'select coalesce(max(link_no), 0) as link_no from @schema@.aegis_siem_chain',
      );
      if (last === undefined || integer(last, 'link_no') !== lastLinkNo) return false;
      if (link !== undefined) {
        await statements.run(
          `insert into @schema@.aegis_siem_chain (link_no, previous, from_record_no, to_record_no, records, root,
             record_index, made_at, key_id, next_key, signature) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
          [
            link.linkNo,
            link.previous ?? null,
            link.fromRecordNo,
            link.toRecordNo,
            link.records,
            link.root,
            Buffer.from(link.index),
            link.madeAtMs,
            link.keyId,
            nextKeyColumn(link),
            link.signature,
          ],
        );
      }
      await statements.run(
        `insert into @schema@.aegis_siem_chain_tip as t
           (one, link_no, sha256, to_record_no, made_at, next_due, key_id, signature)
         values (1, $1, $2, $3, $4, $5, $6, $7)
         on conflict (one) do update set link_no = excluded.link_no, sha256 = excluded.sha256,
           to_record_no = excluded.to_record_no, made_at = excluded.made_at, next_due = excluded.next_due,
           key_id = excluded.key_id, signature = excluded.signature`,
        [
          tip.linkNo,
          tip.sha256,
          tip.toRecordNo,
          tip.madeAtMs,
          tip.nextDueMs ?? null,
          tip.keyId,
          tip.signature,
        ],
      );
      return true;
    });
  }
}
