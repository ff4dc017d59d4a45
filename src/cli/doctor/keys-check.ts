import { existsSync } from 'node:fs';
import { describeKeySource, keySource, type KeySource } from '../../key-source.ts';
import { masterKeys } from '../../master-key.ts';
import type { SealingKey } from '../../secrets/sealing-key.ts';
import type { Settings } from '../../settings/settings-schema.ts';
import { StartError, type StartErrorCode } from '../../start-error.ts';
import type { SealedStore } from '../../store/sealed-store.ts';
import { type Finding, ok } from './finding.ts';

export interface KeysReport {
  readonly findings: readonly Finding[];
  /** Empty when the keys cannot be used. */
  readonly keys: readonly SealingKey[];
}

/** Whether the master key opens what the store has sealed. Makes no file. */
export async function checkKeys(
  settings: Pick<Settings, 'keyFile' | 'masterKey' | 'masterKeyCommand'>,
  defaultFile: string | undefined,
  sealed: Pick<SealedStore, 'countSealed' | 'listSealed'>,
): Promise<KeysReport> {
  try {
    const source = keySource(settings, defaultFile);
    if (await isFirstStart(source, sealed)) {
      return { findings: [ok('keys', 'No master key yet; the first start makes one')], keys: [] };
    }
    const keys = await masterKeys({ sealed, source });
    const ids = keys.map(({ keyId }) => keyId).join(', ');
    const from = source === undefined || source.kind === 'file' ? '' : `, from ${describeKeySource(source)}`;
    return { findings: [ok('keys', `The master key opens what is sealed (${ids}${from})`)], keys };
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    const message = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}`;
    const fix = FIXES[error.code] ?? 'Put the key back that the store was sealed with';
    return { findings: [{ check: 'keys', status: 'fail', message, fix, runbook: 'lost-key' }], keys: [] };
  }
}

async function isFirstStart(
  source: KeySource | undefined,
  sealed: Pick<SealedStore, 'countSealed'>,
): Promise<boolean> {
  if (source?.kind !== 'file' || existsSync(source.path)) return false;
  return (await sealed.countSealed()).length === 0;
}

const FIXES: Partial<Record<StartErrorCode, string>> = {
  key_file_required: 'Set one of them: with PostgreSQL all processes need the same key',
  key_file_unusable: 'Mend the source of the key, or put a backup of the key file in place',
  key_missing: 'Add the line of that key from the backup of the key',
  key_source_ambiguous: 'Set one of them',
  key_wrong: 'Put the key back under its id from the backup of the key',
};
