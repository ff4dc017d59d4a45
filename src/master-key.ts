import { existsSync } from 'node:fs';
import { createKeyFile } from './secrets/create-key-file.ts';
import { loadKeyFile } from './secrets/load-key-file.ts';
import type { SealingKey } from './secrets/sealing-key.ts';
import { StartError } from './start-error.ts';
import type { AdminStore } from './store/admin-store.ts';

export interface MasterKeyQuestion {
  readonly admin: Pick<AdminStore, 'sealedKeyIds'>;
  /** Undefined when there is no default for this store and none was set. */
  readonly keyFile: string | undefined;
  readonly onMade: (keyFile: string) => void;
}

/**
 * The keys that seal and open credentials. A key file is made only for a store that holds no sealed value yet: a new key
 * beside old values would look like a start and deliver nothing. Throws `StartError`.
 */
export async function masterKeys({
  admin,
  keyFile,
  onMade,
}: MasterKeyQuestion): Promise<readonly SealingKey[]> {
  if (keyFile === undefined) {
    throw new StartError(
      'key_file_required',
      'AEGIS_SIEM_KEY_FILE must be set with PostgreSQL: several processes share the store, and all need the same key',
    );
  }
  const needed = await admin.sealedKeyIds();
  if (!existsSync(keyFile)) {
    if (needed.length > 0) {
      throw new StartError(
        'key_missing',
        `the key file ${keyFile} is not there, and the store holds credentials sealed with ${needed.join(', ')}: put the file back`,
      );
    }
    make(keyFile, onMade);
  }
  const keys = load(keyFile);
  const missing = needed.filter((id) => !keys.some(({ keyId }) => keyId === id));
  if (missing.length > 0) {
    throw new StartError(
      'key_missing',
      `the key file ${keyFile} lacks ${missing.join(', ')}, with which credentials in the store are sealed: add the line of that key`,
    );
  }
  return keys;
}

function make(keyFile: string, onMade: (keyFile: string) => void): void {
  try {
    createKeyFile(keyFile);
    onMade(keyFile);
  } catch (error) {
    // Another process was faster: its key is as good.
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return;
    throw unusable(keyFile, error);
  }
}

function load(keyFile: string): readonly SealingKey[] {
  try {
    return loadKeyFile(keyFile);
  } catch (error) {
    throw unusable(keyFile, error);
  }
}

function unusable(keyFile: string, cause: unknown): StartError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StartError('key_file_unusable', `the key file ${keyFile} cannot be used: ${why}`, { cause });
}
