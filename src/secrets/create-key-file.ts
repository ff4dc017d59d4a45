import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { formatKey, keyIdFor } from './key-text.ts';
import { SEALING_KEY_BYTES, type SealingKey } from './sealing-key.ts';

const HEADER = `# Keys of aegis-siem that seal credentials: KEY_ID BASE64, the first one seals, all open.
# Without this file stored credentials cannot be read. Keep a copy apart from backups of the store.
`;

/** Makes a key file with one new key, readable by its owner only. Throws `EEXIST` where a file is already. */
export function createKeyFile(path: string): SealingKey {
  const key = randomBytes(SEALING_KEY_BYTES);
  const made: SealingKey = { keyId: keyIdFor(key), key };
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, `${HEADER}${formatKey(made)}`, { mode: 0o600, flag: 'wx', flush: true });
  syncFolder(dirname(path));
  return made;
}

/** The file's name must outlive a power cut too: values are sealed with this key from now on. */
function syncFolder(folder: string): void {
  // Windows opens no folders.
  if (process.platform === 'win32') return;
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
