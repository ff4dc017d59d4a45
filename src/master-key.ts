import { existsSync } from 'node:fs';
import { checkpointKeyContext } from './delivery/checkpoint-keyring.ts';
import { describeKeySource, type KeySource, readKeySource } from './key-source.ts';
import { contextsOf } from './sealed-contexts.ts';
import { createKeyFile } from './secrets/create-key-file.ts';
import { createSealer, FERNET_KEY_ID } from './secrets/create-sealer.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import { UnsealError } from './secrets/unseal-error.ts';
import { StartError } from './start-error.ts';
import type { SealedStore } from './store/sealed-store.ts';

export interface MasterKeyQuestion {
  readonly sealed: Pick<SealedStore, 'countSealed' | 'listSealed'>;
  /** Undefined when there is no default for this store and none was set. */
  readonly source: KeySource | undefined;
  /** Absent: a missing key file is not made. */
  readonly onMade?: (keyFile: string) => void;
}

/** Rows that are tried with each key: one that was tampered with must not look like a wrong key. */
const ROWS_TRIED = 20;

/**
 * The keys that seal and open credentials, proved on what the store holds. A key file is made only for a store that holds no
 * sealed value yet: a new key beside old values would look like a start and deliver nothing. Throws `StartError`.
 */
export async function masterKeys({
  sealed,
  source,
  onMade,
}: MasterKeyQuestion): Promise<readonly SealingKey[]> {
  if (source === undefined) {
    throw new StartError(
      'key_file_required',
      'AEGIS_SIEM_KEY_FILE (or AEGIS_SIEM_MASTER_KEY_COMMAND, or AEGIS_SIEM_MASTER_KEY) must be set with PostgreSQL: several processes share the store, and all need the same key',
    );
  }
  const needed = (await sealed.countSealed()).map(({ keyId }) => keyId);
  if (source.kind === 'file' && !isThere(source)) {
    if (needed.length > 0) {
      throw new StartError(
        'key_missing',
        `the key file ${source.path} is not there, and the store holds credentials sealed with ${needed.join(', ')}: put the file back`,
      );
    }
    if (onMade !== undefined) make(source, onMade);
  }
  const keys = await load(source);
  const missing = needed.filter((id) => !isHeld(id, keys));
  if (missing.length > 0) {
    throw new StartError(
      'key_missing',
      `${describeKeySource(source)} lacks ${missing.join(', ')}, with which credentials in the store are sealed: add the line of that key`,
    );
  }
  for (const id of needed) await prove(id, keys, source, sealed);
  return keys;
}

/** Under Node's permission model the question itself may be refused. */
function isThere(source: KeySource & { kind: 'file' }): boolean {
  try {
    return existsSync(source.path);
  } catch (error) {
    throw unusable(source, error);
  }
}

function isHeld(id: string, keys: readonly SealingKey[]): boolean {
  return keys.some(({ keyId, form }) =>
    id === FERNET_KEY_ID ? form === 'fernet' : form === undefined && keyId === id,
  );
}

/** An id is only a name: a wrong key under the right one would be found by the first send, and hold every destination. */
async function prove(
  id: string,
  keys: readonly SealingKey[],
  source: KeySource,
  sealed: MasterKeyQuestion['sealed'],
): Promise<void> {
  const sealer = createSealer(keys);
  const rows = await sealed.listSealed({ keyId: { of: id }, limit: ROWS_TRIED });
  const values = rows.flatMap((row) =>
    contextsOf(row, checkpointKeyContext).filter(({ keyId }) => keyId === id),
  );
  if (values.length === 0) return;
  const opens = values.some(({ value, context }) => {
    try {
      sealer.open(value, context);
      return true;
    } catch (error) {
      if (error instanceof UnsealError) return false;
      throw error;
    }
  });
  if (opens) return;
  throw new StartError(
    'key_wrong',
    `${describeKeySource(source)} has another key under the id ${id} than the one with which credentials in the store are sealed: put that key back`,
  );
}

function make(source: KeySource & { kind: 'file' }, onMade: (keyFile: string) => void): void {
  try {
    createKeyFile(source.path);
    onMade(source.path);
  } catch (error) {
    // Another process was faster: its key is as good.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw unusable(source, error);
  }
}

async function load(source: KeySource): Promise<readonly SealingKey[]> {
  try {
    return await readKeySource(source);
  } catch (error) {
    throw unusable(source, error);
  }
}

function unusable(source: KeySource, cause: unknown): StartError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StartError('key_file_unusable', `${describeKeySource(source)} cannot be used: ${why}`, {
    cause,
  });
}
