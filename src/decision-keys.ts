import { readFileSync } from 'node:fs';
import { type DecisionKey, readDecisionKey, splitKeyName } from './proof/decision-signature.ts';
import { StartError } from './start-error.ts';

/** The pinned keys of those who sign decisions, from `[KEY_ID=]FILE, ...`. Throws `StartError` that names the file. */
export function readDecisionKeys(setting: string): readonly DecisionKey[] {
  return setting
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(readNamedKey);
}

function readNamedKey(value: string): DecisionKey {
  const { keyId, path } = splitKeyName(value);
  try {
    const key = readDecisionKey(readFileSync(path, 'utf8'), 'public');
    return keyId === undefined ? { key } : { keyId, key };
  } catch (cause) {
    const why = cause instanceof TypeError ? cause.message : 'it cannot be read';
    throw new StartError('decision_keys_unusable', `AEGIS_SIEM_DECISION_KEYS: ${path}: ${why}`, { cause });
  }
}
