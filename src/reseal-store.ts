import { checkpointKeyContext } from './delivery/checkpoint-keyring.ts';
import { contextsOf } from './sealed-contexts.ts';
import type { Sealer } from './secrets/sealer.ts';
import { UnsealError } from './secrets/unseal-error.ts';
import type { ResealedRow, SealedRow, SealedStore } from './store/sealed-store.ts';

/** Rows of one step: a transaction of some milliseconds. */
const ROWS_PER_STEP = 50;
/** A row that somebody changes in each step is left for the next call, not waited for without end. */
const MAX_ROUNDS = 10;

export interface ResealParts {
  readonly store: SealedStore;
  /** Seals under the key that all values are to have, opens with those that they have. */
  readonly sealer: Sealer;
  readonly fingerprint: (secret: string) => string;
  /** After each step: rows written so far. */
  readonly onStep?: (rows: number) => void;
  readonly signal?: AbortSignal;
}

export interface ResealReport {
  /** Rows that were written. */
  readonly rows: number;
  /** Values that no loaded key opens, by row: they stay as they are. */
  readonly unopened: readonly {
    readonly kind: SealedRow['kind'];
    readonly id: string;
    readonly code: string;
  }[];
}

/**
 * Seals every value of a store anew under the sealer's key, in small steps beside running services. What it did is in the rows
 * themselves: killed at any moment and called again, it goes on where it was.
 */
export async function resealStore(parts: ResealParts): Promise<ResealReport> {
  const unopened = new Map<string, ResealReport['unopened'][number]>();
  let rows = 0;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { read, written } = await walk(parts, unopened, rows);
    rows += written;
    // Some were changed between reading and writing, by somebody who may have used the old key.
    if (read === written || parts.signal?.aborted === true) break;
  }
  return { rows, unopened: [...unopened.values()] };
}

async function walk(
  { store, sealer, fingerprint, onStep, signal }: ResealParts,
  unopened: Map<string, ResealReport['unopened'][number]>,
  before: number,
): Promise<{ read: number; written: number }> {
  let read = 0;
  let written = 0;
  let after: Pick<SealedRow, 'kind' | 'id'> | undefined;
  for (;;) {
    if (signal?.aborted === true) break;
    const found = await store.listSealed({
      keyId: { otherThan: sealer.keyId },
      limit: ROWS_PER_STEP,
      ...(after === undefined ? {} : { after }),
    });
    const last = found.at(-1);
    if (last === undefined) break;
    after = { kind: last.kind, id: last.id };
    const changes: ResealedRow[] = [];
    for (const row of found) {
      try {
        changes.push(resealRow(row, sealer, fingerprint));
      } catch (error) {
        if (!(error instanceof UnsealError)) throw error;
        unopened.set(`${row.kind} ${row.id}`, { kind: row.kind, id: row.id, code: error.code });
      }
    }
    read += changes.length;
    if (changes.length > 0) written += await store.reseal(changes);
    onStep?.(before + written);
  }
  return { read, written };
}

function resealRow(row: SealedRow, sealer: Sealer, fingerprint: (secret: string) => string): ResealedRow {
  const sealed: Record<string, string> = {};
  const fingerprints: Record<string, string> = { ...row.fingerprints };
  for (const { name, value, keyId, context } of contextsOf(row, checkpointKeyContext)) {
    if (keyId === sealer.keyId) {
      sealed[name] = value;
      continue;
    }
    const plain = sealer.open(value, context);
    sealed[name] = sealer.seal(plain, context);
    // Fingerprints are keyed with the master key: the same secret must show the same one after the change.
    if (name in fingerprints) fingerprints[name] = fingerprint(plain);
  }
  return { row, sealed, fingerprints };
}
