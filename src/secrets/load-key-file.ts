import { readFileSync, statSync } from 'node:fs';
import { parseKeyText } from './key-text.ts';
import type { SealingKey } from './sealing-key.ts';

const MAX_KEY_FILE_BYTES = 64 * 1024;

/** Reads a key file (see `parseKeyText`). Throws an Error with one clear sentence; the content is never repeated. */
export function loadKeyFile(path: string): readonly SealingKey[] {
  const { mode, size } = statSync(path);
  if (size > MAX_KEY_FILE_BYTES) throw new Error(`it has ${size} bytes; that is no key file`);
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new Error(`others may read it (mode ${(mode & 0o777).toString(8)}); set it to 600`);
  }
  return parseKeyText(readFileSync(path, 'utf8'));
}
