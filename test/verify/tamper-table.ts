import type { SignedTip } from '../../src/proof/chain-tip.ts';
import type { Recorded } from '../store-contract/store-fixtures.ts';

/** What a tamperer knows of the store: eight records in two links, a number without a record between them, two receipts. */
export interface TamperScene {
  /** The link that covers the first four; before it is what making the destination recorded. */
  readonly firstLinkNo: number;
  /** What the chain said of its end before that link: a tamperer may have kept it. */
  readonly oldTip: SignedTip;
  readonly records: readonly Recorded[];
  /** A number that was given out and has no record. */
  readonly unusedNo: number;
  readonly dialect: 'sqlite' | 'postgres';
}

export interface TamperCase {
  readonly name: string;
  /** Statements that are run with every trigger out of the way; afterwards the triggers are put back as they were. */
  readonly sql: (scene: TamperScene) => readonly string[];
  /** Left as the tamperer leaves it: triggers are not put back. */
  readonly leavesTriggers?: boolean;
  readonly only?: TamperScene['dialect'];
  /** What must be found, all of it. */
  readonly found: (scene: TamperScene) => readonly string[];
}

const numberOf = ({ records }: TamperScene, index: number): number => records[index]?.recordNo ?? 0;
const bodyOf = ({ records }: TamperScene, index: number): string => `'${records[index]?.body ?? ''}'`;

const OTHER_ID = '00000000-0000-4000-8000-000000000001';

export const TAMPER_CASES: readonly TamperCase[] = [
  {
    name: 'a decision is changed',
    sql: (scene) => [
      `update aegis_siem_attestations set body = replace(body, 'deny', 'allow') where record_no = ${numberOf(scene, 1)}`,
    ],
    found: (scene) => [`edited record ${numberOf(scene, 1)}`],
  },
  {
    name: 'the time of a record is changed',
    sql: (scene) => [
      `update aegis_siem_attestations set recorded_at = recorded_at - 1 where record_no = ${numberOf(scene, 1)}`,
    ],
    found: (scene) => [`edited record ${numberOf(scene, 1)}`],
  },
  {
    name: 'a record is moved to another workspace',
    sql: (scene) => [
      `update aegis_siem_attestations set workspace_id = 'ws-other' where record_no = ${numberOf(scene, 7)}`,
    ],
    found: (scene) => [`edited record ${numberOf(scene, 7)}`],
  },
  {
    name: 'another event is changed',
    sql: (scene) => [`update aegis_siem_events set body = '{}' where record_no = ${numberOf(scene, 7) + 1}`],
    found: (scene) => [`edited record ${numberOf(scene, 7) + 1}`],
  },
  {
    name: 'a record is deleted',
    sql: (scene) => [`delete from aegis_siem_attestations where record_no = ${numberOf(scene, 2)}`],
    found: (scene) => [`gap record ${numberOf(scene, 2)}`],
  },
  {
    name: 'a record is put in under a number that was never used',
    sql: (scene) => [
      `insert into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
       values (${scene.unusedNo}, '${OTHER_ID}', 'ws-1', 1, '{}')`,
    ],
    found: (scene) => [`inserted record ${scene.unusedNo}`],
  },
  {
    name: 'a record is replaced by another one',
    sql: (scene) => [
      scene.dialect === 'sqlite'
        ? `insert or replace into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
           values (${numberOf(scene, 3)}, '${OTHER_ID}', 'ws-1', 1, '{}')`
        : `with gone as (delete from aegis_siem_attestations where record_no = ${numberOf(scene, 3)} returning record_no)
           insert into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
           select record_no + 1000000, '${OTHER_ID}', 'ws-1', 1, '{}' from gone`,
      `update aegis_siem_attestations set record_no = ${numberOf(scene, 3)} where attestation_id = '${OTHER_ID}'`,
    ],
    found: (scene) => [`edited record ${numberOf(scene, 3)}`],
  },
  {
    name: 'all records are removed',
    sql: ({ dialect }) => [
      dialect === 'sqlite'
        ? 'delete from aegis_siem_attestations'
        : 'truncate aegis_siem_attestations cascade',
      dialect === 'sqlite' ? 'delete from aegis_siem_events' : 'truncate aegis_siem_events cascade',
    ],
    found: (scene) => [
      `gap record 1-${numberOf(scene, 3)}`,
      `truncated record ${numberOf(scene, 4)}-${numberOf(scene, 7) + 1}`,
    ],
  },
  {
    name: 'two records exchange their bodies',
    sql: (scene) => [
      `update aegis_siem_attestations set body = case record_no when ${numberOf(scene, 1)} then ${bodyOf(scene, 6)}
         else ${bodyOf(scene, 1)} end where record_no in (${numberOf(scene, 1)}, ${numberOf(scene, 6)})`,
    ],
    found: (scene) => [`edited record ${numberOf(scene, 1)}`, `edited record ${numberOf(scene, 6)}`],
  },
  {
    name: 'two records exchange their numbers',
    sql: (scene) => [
      `update aegis_siem_attestations set record_no = 900001 where record_no = ${numberOf(scene, 0)}`,
      `update aegis_siem_attestations set record_no = ${numberOf(scene, 0)} where record_no = ${numberOf(scene, 5)}`,
      `update aegis_siem_attestations set record_no = ${numberOf(scene, 5)} where record_no = 900001`,
    ],
    found: (scene) => [`reordered record ${numberOf(scene, 0)}`, `reordered record ${numberOf(scene, 5)}`],
  },
  {
    name: 'a row of the chain is removed',
    sql: ({ firstLinkNo }) => [`delete from aegis_siem_chain where link_no = ${firstLinkNo}`],
    found: (scene) => [
      `gap link ${scene.firstLinkNo}`,
      `unproven record ${numberOf(scene, 0)}-${numberOf(scene, 3)}`,
    ],
  },
  {
    name: 'a row of the chain is edited',
    sql: ({ firstLinkNo }) => [
      `update aegis_siem_chain set records = records + 1 where link_no = ${firstLinkNo}`,
    ],
    found: (scene) => [
      `wrong_key link ${scene.firstLinkNo}`,
      `unproven record ${numberOf(scene, 0)}-${numberOf(scene, 3)}`,
    ],
  },
  {
    name: 'the last records are removed with their link',
    sql: (scene) => [
      `delete from aegis_siem_attestations where record_no > ${scene.unusedNo}`,
      `delete from aegis_siem_events where record_no > ${scene.unusedNo}`,
      'delete from aegis_siem_chain where link_no = (select max(link_no) from aegis_siem_chain)',
    ],
    found: (scene) => [
      `truncated record ${numberOf(scene, 4)}-${numberOf(scene, 7)}`,
      `truncated link ${scene.firstLinkNo + 2}`,
      `truncated link ${scene.firstLinkNo + 2}`,
    ],
  },
  {
    name: 'the last records, their links and the word of the end are removed',
    sql: (scene) => [
      `delete from aegis_siem_attestations where record_no > ${scene.unusedNo}`,
      `delete from aegis_siem_events where record_no > ${scene.unusedNo}`,
      `delete from aegis_siem_chain where link_no > ${scene.firstLinkNo}`,
      'delete from aegis_siem_chain_tip',
    ],
    found: ({ firstLinkNo }) => ['tip_mismatch tip', `truncated link ${firstLinkNo + 2}`],
  },
  {
    name: 'the last records, their links and the word of the end are put back to what they were',
    sql: (scene) => [
      `delete from aegis_siem_attestations where record_no >= ${numberOf(scene, 0)}`,
      `delete from aegis_siem_events where record_no >= ${numberOf(scene, 0)}`,
      `delete from aegis_siem_chain where link_no >= ${scene.firstLinkNo}`,
      `update aegis_siem_chain_tip set link_no = ${scene.oldTip.linkNo}, sha256 = '${scene.oldTip.sha256}',
         to_record_no = ${scene.oldTip.toRecordNo}, made_at = ${scene.oldTip.madeAtMs},
         next_due = ${scene.oldTip.nextDueMs ?? 'null'}, signature = '${scene.oldTip.signature}'`,
    ],
    // Only the checkpoints, and so the SIEM, have seen more.
    found: ({ firstLinkNo }) => [`truncated link ${firstLinkNo + 2}`],
  },
  {
    name: 'everything is removed, the chain too',
    sql: () => [
      'delete from aegis_siem_attestations',
      'delete from aegis_siem_events',
      'delete from aegis_siem_chain',
      'delete from aegis_siem_chain_tip',
    ],
    found: ({ firstLinkNo }) => ['truncated record', `truncated link ${firstLinkNo + 2}`],
  },
  {
    name: 'the chain is removed and the records are kept',
    sql: () => ['delete from aegis_siem_chain', 'delete from aegis_siem_chain_tip'],
    found: ({ firstLinkNo }) => ['unproven record', `truncated link ${firstLinkNo + 2}`],
  },
  {
    name: 'the word of the end is edited',
    sql: () => ['update aegis_siem_chain_tip set link_no = link_no - 1'],
    found: () => ['wrong_key tip'],
  },
  {
    name: 'a trigger is dropped',
    sql: ({ dialect }) => [
      dialect === 'sqlite'
        ? 'drop trigger aegis_siem_attestations_no_update'
        : 'drop trigger aegis_siem_attestations_append_only on aegis_siem_attestations',
    ],
    leavesTriggers: true,
    found: () => ['trigger_dropped trigger'],
  },
  {
    name: 'a trigger is put in place of another',
    sql: () => [
      'drop trigger aegis_siem_attestations_no_delete',
      'create trigger aegis_siem_attestations_no_delete before delete on aegis_siem_attestations begin select 1; end',
    ],
    leavesTriggers: true,
    only: 'sqlite',
    found: () => ['trigger_dropped trigger'],
  },
  {
    name: 'a trigger is disabled',
    sql: () => ['alter table aegis_siem_chain disable trigger aegis_siem_chain_append_only'],
    leavesTriggers: true,
    only: 'postgres',
    found: () => ['trigger_dropped trigger'],
  },
  {
    name: 'a trigger no longer holds for replicas',
    sql: () => ['alter table aegis_siem_chain enable trigger aegis_siem_chain_append_only'],
    leavesTriggers: true,
    only: 'postgres',
    found: () => ['trigger_dropped trigger'],
  },
  {
    name: 'the function of the triggers refuses nothing any more',
    sql: () => [
      `create or replace function aegis_siem_refuse_change() returns trigger language plpgsql as
         $$ begin return coalesce(new, old); end $$`,
    ],
    leavesTriggers: true,
    only: 'postgres',
    found: () => ['trigger_dropped trigger'],
  },
  {
    name: 'the hash of an event is changed in a receipt',
    sql: ({ dialect }) => [
      `update aegis_siem_receipts set hashes = ${dialect === 'sqlite' ? 'zeroblob(96)' : `decode(repeat('00', 96), 'hex')`}
       where first_seq = 1`,
    ],
    found: () => ['edited number 1', 'edited number 1', 'edited number 2', 'edited number 3'],
  },
  {
    name: 'a receipt names another record',
    sql: ({ dialect }) => [
      `update aegis_siem_receipts set record_nos = ${dialect === 'sqlite' ? `'[7]'` : `array[7]`} where first_seq = 5`,
    ],
    found: () => ['edited number 5'],
  },
  {
    name: 'a receipt has another answer and another time',
    sql: () => [
      'update aegis_siem_receipts set http_status = 201, delivered_at = delivered_at - 60000 where first_seq = 1',
    ],
    found: () => ['edited number 1'],
  },
  {
    name: 'a receipt is removed',
    sql: () => ['delete from aegis_siem_receipts where first_seq = 1'],
    found: () => ['gap number 4', 'gap number 1'],
  },
  {
    name: 'the last receipt is removed',
    sql: () => ['delete from aegis_siem_receipts where first_seq = 6'],
    found: () => ['truncated number 6'],
  },
  {
    name: 'a receipt is put in that says that a record was left out by the filter',
    sql: ({ dialect }) => [
      `insert into aegis_siem_receipts (destination_no, epoch_no, first_seq, places, min_record_no, max_record_no,
         record_nos, hashes, left_out, destination_version, attempts, answer, delivered_at)
       select destination_no, epoch_no, 2, 0, 1, 1, ${dialect === 'sqlite' ? `'[]', x'', '[1]'` : `'{}', '', '{1}'`},
         destination_version, attempts, answer, delivered_at from aegis_siem_receipts where first_seq = 1`,
    ],
    found: () => ['edited number 2'],
  },
  {
    name: 'a checkpoint is edited',
    sql: () => [`update aegis_siem_checkpoints set body = replace(body, '"delivered":3', '"delivered":4')`],
    found: () => ['unsigned number 4', 'gap number 6'],
  },
  {
    name: 'a checkpoint is edited so that it can still be read',
    sql: () => [
      `update aegis_siem_checkpoints set body = replace(body, '"left_out":0', '"left_out":1') where seq = 6`,
    ],
    found: () => ['wrong_key number 6'],
  },
  {
    name: 'a checkpoint is removed',
    sql: () => ['delete from aegis_siem_checkpoints where seq = 4'],
    found: () => ['gap number 6'],
  },
  {
    name: 'the last checkpoint is removed',
    sql: () => ['delete from aegis_siem_checkpoints where seq = 6'],
    found: () => ['unproven number 6'],
  },
  {
    name: 'a seal of receipts is removed',
    sql: () => ['update aegis_siem_checkpoints set receipt_seal = null where seq = 6'],
    found: () => ['unsigned number 6'],
  },
  {
    name: 'a seal of receipts is edited',
    sql: () => [
      "update aegis_siem_checkpoints set receipt_seal = replace(receipt_seal, '1 ', '2 ') where seq = 4",
    ],
    found: () => ['wrong_key number 4'],
  },
];
