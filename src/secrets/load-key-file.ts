import { readFileSync, statSync } from 'node:fs';
import { parseKeyText } from './key-text.ts';
import type { SealingKey } from './sealing-key.ts';

const MAX_KEY_FILE_BYTES = 64 * 1024;

/** What others than the owner may do with the file. */
const OTHERS = 0o077;
/** A file of root may be readable by a group: container platforms hand secrets to a service in this way. */
const OTHERS_OF_ROOT = 0o037;

/** Reads a key file (see `parseKeyText`). Throws an Error with one clear sentence; the content is never repeated. */
export function loadKeyFile(path: string): readonly SealingKey[] {
  const stats = statSync(path);
  if (!stats.isFile()) throw new Error('it is not a file');
  const { mode, size, uid } = stats;
  if (size > MAX_KEY_FILE_BYTES) throw new Error(`it has ${size} bytes; that is no key file`);
  const forbidden = uid === 0 ? OTHERS_OF_ROOT : OTHERS;
  if (process.platform !== 'win32' && (mode & forbidden) !== 0) {
    throw new Error(`others may use it (mode ${(mode & 0o777).toString(8)}); set it to 600`);
  }
  return parseKeyText(readFileSync(path, 'utf8'));
}
