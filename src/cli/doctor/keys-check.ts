import { existsSync } from 'node:fs';
import { loadKeyFile } from '../../secrets/load-key-file.ts';
import type { SealingKey } from '../../secrets/sealing-key.ts';
import type { AdminStore } from '../../store/admin-store.ts';
import { type Finding, ok } from './finding.ts';

export interface KeysReport {
  readonly findings: readonly Finding[];
  /** Empty when the key file cannot be used. */
  readonly keys: readonly SealingKey[];
}

/** Whether the master key opens what the store has sealed. Makes no file. */
export async function checkKeys(
  keyFile: string | undefined,
  admin: Pick<AdminStore, 'sealedKeyIds'>,
): Promise<KeysReport> {
  const fail = (message: string, fix: string, keys: readonly SealingKey[] = []): KeysReport => ({
    findings: [{ check: 'keys', status: 'fail', message, fix, runbook: 'lost-key' }],
    keys,
  });
  if (keyFile === undefined) {
    return fail(
      'No key file is set',
      'Set AEGIS_SIEM_KEY_FILE: with PostgreSQL all processes need the same key',
    );
  }
  const needed = await admin.sealedKeyIds();
  if (!existsSync(keyFile)) {
    if (needed.length === 0) {
      return { findings: [ok('keys', 'No master key yet; the first start makes one')], keys: [] };
    }
    return fail(
      `The key file ${keyFile} is not there, and the store holds values sealed with ${needed.join(', ')}`,
      'Put the file back from its own backup',
    );
  }
  let keys: readonly SealingKey[];
  try {
    keys = loadKeyFile(keyFile);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return fail(
      `The key file ${keyFile} cannot be used: ${why}`,
      'Mend the file, or put its backup in place',
    );
  }
  const missing = needed.filter((id) => !keys.some(({ keyId }) => keyId === id));
  if (missing.length > 0) {
    return fail(
      `The key file lacks ${missing.join(', ')}, with which values in the store are sealed`,
      'Add the line of that key from the backup of the key file',
      keys,
    );
  }
  const ids = keys.map(({ keyId }) => keyId).join(', ');
  return { findings: [ok('keys', `The master key opens what is sealed (${ids})`)], keys };
}
