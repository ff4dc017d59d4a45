import { integer, json, text, type StoredRow } from './column.ts';
import type { ResealedRow, SealedCount, SealedRow } from './sealed-store.ts';

/** The one field of a checkpoint key's row. */
const CHECKPOINT_KEY_FIELD = 'private_key';

export function sealedDestinationOf(row: StoredRow): SealedRow {
  return {
    kind: 'destination',
    id: text(row, 'destination_id'),
    workspaceId: text(row, 'workspace_id'),
    sealed: json(row, 'sealed') as SealedRow['sealed'],
    fingerprints: json(row, 'fingerprints') as SealedRow['fingerprints'],
    stored: text(row, 'sealed'),
  };
}

export function sealedCheckpointKeyOf(row: StoredRow): SealedRow {
  const stored = text(row, 'sealed');
  return {
    kind: 'checkpoint_key',
    id: text(row, 'key_id'),
    workspaceId: '',
    sealed: { [CHECKPOINT_KEY_FIELD]: stored },
    fingerprints: {},
    stored,
  };
}

export function sealedCountOf(row: StoredRow): SealedCount {
  return { keyId: text(row, 'key_id'), values: integer(row, 'sealed_values') };
}

/** In one order: two that walk at once never wait for each other crosswise. */
export function inLockOrder(rows: readonly ResealedRow[]): readonly ResealedRow[] {
  return rows.toSorted((a, b) => (`${a.row.kind} ${a.row.id}` < `${b.row.kind} ${b.row.id}` ? -1 : 1));
}

export function newCheckpointKeyText({ sealed }: ResealedRow): string {
  const value = sealed[CHECKPOINT_KEY_FIELD];
  if (value === undefined) throw new TypeError('a checkpoint key needs its sealed value');
  return value;
}
