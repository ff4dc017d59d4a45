import type { ChainHead, ChainStore, RecordRange } from '../../outbox/chain-store.ts';
import type { SignedLink } from '../../proof/chain-link.ts';
import type { SignedTip } from '../../proof/chain-tip.ts';
import type { SignedPruneMark } from '../../proof/prune-mark.ts';
import type { ChainedRecord } from '../../proof/record-text.ts';
import { chainedRecordOf, linkOf, nextKeyColumn, pruneMarkOf, tipOf } from '../chain-rows.ts';
import { integer, present } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import type { Statements } from './statements.ts';

/** The chain over the records, on a connection of the delivery thread. */
export class SqliteChainStore implements ChainStore {
  readonly #connection: SqliteConnection;

  constructor(connection: SqliteConnection) {
    this.#connection = connection;
  }

  async readHead(): Promise<ChainHead> {
    return this.#connection.read((statements) => {
      const link = statements.first('select * from aegis_siem_chain order by link_no desc limit 1');
      const tip = statements.first('select * from aegis_siem_chain_tip where one = 1');
      return {
        ...present('lastLink', link === undefined ? undefined : linkOf(link)),
        ...present('tip', tip === undefined ? undefined : tipOf(tip)),
        lastGivenNo: lastGivenNo(statements),
      };
    });
  }

  /** There is one writer at a time, and the counter is written with the record: what it says is committed. */
  async settledRecordNo(): Promise<number> {
    return this.#connection.read(lastGivenNo);
  }

  async readRecords({
    afterRecordNo,
    toRecordNo,
    maxRecords,
  }: RecordRange): Promise<readonly ChainedRecord[]> {
    // As bytes: a text that is no UTF-8 would be read as another one.
    return this.#connection.read((statements) =>
      statements
        .all(
          `select record_no, 'attestation' as kind, attestation_id as id, null as uid, workspace_id, recorded_at,
             cast(body as blob) as body
           from aegis_siem_attestations where record_no > ?1 and record_no <= ?2
           union all
           select record_no, source, event_id, metadata_uid, workspace_id, recorded_at, cast(body as blob)
           from aegis_siem_events where record_no > ?1 and record_no <= ?2
           order by record_no, kind limit ?3`,
          afterRecordNo,
          toRecordNo,
          maxRecords,
        )
        .map(chainedRecordOf),
    );
  }

  async readLinks(afterLinkNo: number, maxLinks: number): Promise<readonly SignedLink[]> {
    return this.#connection.read((statements) =>
      statements
        .all(
          'select * from aegis_siem_chain where link_no > ? order by link_no limit ?',
          afterLinkNo,
          maxLinks,
        )
        .map(linkOf),
    );
  }

  async readPruneMarks(): Promise<readonly SignedPruneMark[]> {
    return this.#connection.read((statements) =>
      statements.all('select * from aegis_siem_prune_marks order by mark_no').map(pruneMarkOf),
    );
  }

  async append(lastLinkNo: number, tip: SignedTip, link?: SignedLink): Promise<boolean> {
    return this.#connection.write((statements) => {
      const last = statements.first('select coalesce(max(link_no), 0) as link_no from aegis_siem_chain');
      if (last === undefined || integer(last, 'link_no') !== lastLinkNo) return false;
      if (link !== undefined) insertLink(statements, link);
      statements.run(
        `insert into aegis_siem_chain_tip (one, link_no, sha256, to_record_no, made_at, next_due, key_id, signature)
         values (1, ?, ?, ?, ?, ?, ?, ?)
         on conflict (one) do update set link_no = excluded.link_no, sha256 = excluded.sha256,
           to_record_no = excluded.to_record_no, made_at = excluded.made_at, next_due = excluded.next_due,
           key_id = excluded.key_id, signature = excluded.signature`,
        tip.linkNo,
        tip.sha256,
        tip.toRecordNo,
        tip.madeAtMs,
        tip.nextDueMs ?? null,
        tip.keyId,
        tip.signature,
      );
      return true;
    });
  }
}

function lastGivenNo(statements: Statements): number {
  const row = statements.first('select last_record_no from aegis_siem_record_counter where one = 1');
  return row === undefined ? 0 : integer(row, 'last_record_no');
}

function insertLink(statements: Statements, link: SignedLink): void {
  statements.run(
    `insert into aegis_siem_chain (link_no, previous, from_record_no, to_record_no, records, root, record_index, made_at,
       key_id, next_key, signature) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    link.linkNo,
    link.previous ?? null,
    link.fromRecordNo,
    link.toRecordNo,
    link.records,
    link.root,
    link.index,
    link.madeAtMs,
    link.keyId,
    nextKeyColumn(link),
    link.signature,
  );
}
