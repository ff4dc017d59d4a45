import { keyIdOf } from './secrets/create-sealer.ts';
import { fieldOfSealed } from './secrets/next-credential.ts';
import type { SealContext } from './secrets/sealer.ts';
import { UnsealError } from './secrets/unseal-error.ts';
import type { SealedRow } from './store/sealed-store.ts';

export interface SealedValue {
  /** As the row names it. */
  readonly name: string;
  readonly value: string;
  /** Empty for a text that is no sealed value. */
  readonly keyId: string;
  readonly context: SealContext;
}

/** The sealed values of a row, each with what it is bound to. */
export function contextsOf(
  row: SealedRow,
  checkpointKeyContext: (keyId: string) => SealContext,
): readonly SealedValue[] {
  return Object.entries(row.sealed).map(([name, value]) => ({
    name,
    value,
    keyId: keyIdOrNone(value),
    context:
      row.kind === 'checkpoint_key'
        ? checkpointKeyContext(row.id)
        : { workspaceId: row.workspaceId, destinationId: row.id, field: fieldOfSealed(name) },
  }));
}

function keyIdOrNone(value: string): string {
  try {
    return keyIdOf(value);
  } catch (error) {
    if (error instanceof UnsealError) return '';
    throw error;
  }
}
