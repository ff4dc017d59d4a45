import type { ChainedRecord } from '../proof/record-text.ts';
import type { SignedLink } from '../proof/chain-link.ts';
import type { SignedTip } from '../proof/chain-tip.ts';
import type { SignedPruneMark } from '../proof/prune-mark.ts';
import {
  bytes,
  integer,
  maybeInteger,
  maybeText,
  present,
  type StoredRow,
  text,
  unexpected,
} from './column.ts';

const NEXT_KEY = /^(?<keyId>[0-9a-f]+)\/(?<publicKey>[A-Za-z0-9+/=]+)$/;

export function linkOf(row: StoredRow): SignedLink {
  return {
    linkNo: integer(row, 'link_no'),
    ...present('previous', maybeText(row, 'previous')),
    fromRecordNo: integer(row, 'from_record_no'),
    toRecordNo: integer(row, 'to_record_no'),
    records: integer(row, 'records'),
    root: text(row, 'root'),
    index: bytes(row, 'record_index'),
    madeAtMs: integer(row, 'made_at'),
    keyId: text(row, 'key_id'),
    ...nextKeyOf(maybeText(row, 'next_key')),
    signature: text(row, 'signature'),
  };
}

/** As the statement has it. Something else was put there by hand: the link is then read without it, and its signature does not fit. */
function nextKeyOf(nextKey: string | undefined): Pick<SignedLink, 'nextKey'> {
  const { keyId, publicKey } = NEXT_KEY.exec(nextKey ?? '')?.groups ?? {};
  return keyId === undefined || publicKey === undefined ? {} : { nextKey: { keyId, publicKey } };
}

export function nextKeyColumn({ nextKey }: SignedLink): string | null {
  return nextKey === undefined ? null : `${nextKey.keyId}/${nextKey.publicKey}`;
}

export function tipOf(row: StoredRow): SignedTip {
  return {
    linkNo: integer(row, 'link_no'),
    sha256: text(row, 'sha256'),
    toRecordNo: integer(row, 'to_record_no'),
    madeAtMs: integer(row, 'made_at'),
    ...present('nextDueMs', maybeInteger(row, 'next_due')),
    keyId: text(row, 'key_id'),
    signature: text(row, 'signature'),
  };
}

export function pruneMarkOf(row: StoredRow): SignedPruneMark {
  return {
    markNo: integer(row, 'mark_no'),
    fromRecordNo: integer(row, 'from_record_no'),
    toRecordNo: integer(row, 'to_record_no'),
    records: integer(row, 'records'),
    linkNo: integer(row, 'link_no'),
    linkSha256: text(row, 'link_sha256'),
    recordedBeforeMs: integer(row, 'recorded_before'),
    madeAtMs: integer(row, 'made_at'),
    actor: text(row, 'actor'),
    keyId: text(row, 'key_id'),
    signature: text(row, 'signature'),
  };
}

/** In the order of the columns of both stores. */
export function pruneMarkValues(mark: SignedPruneMark): (string | number)[] {
  return [
    mark.markNo,
    mark.fromRecordNo,
    mark.toRecordNo,
    mark.records,
    mark.linkNo,
    mark.linkSha256,
    mark.recordedBeforeMs,
    mark.madeAtMs,
    mark.actor,
    mark.keyId,
    mark.signature,
  ];
}

export function chainedRecordOf(row: StoredRow): ChainedRecord {
  return {
    recordNo: integer(row, 'record_no'),
    kind: kindOf(text(row, 'kind')),
    id: text(row, 'id'),
    ...present('uid', maybeText(row, 'uid')),
    workspaceId: text(row, 'workspace_id'),
    recordedAtMs: integer(row, 'recorded_at'),
    body: bytes(row, 'body'),
  };
}

function kindOf(kind: string): ChainedRecord['kind'] {
  if (kind === 'attestation' || kind === 'admin' || kind === 'external') return kind;
  throw unexpected('source', 'admin or external');
}
