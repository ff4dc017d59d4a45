import { createHash } from 'node:crypto';
import { SEALING_KEY_BYTES, type SealingKey } from './sealing-key.ts';

const LINE = /^(?:(?<form>fernet)[ \t]+)?(?<keyId>[A-Za-z0-9_-]{1,64})[ \t]+(?<key>[A-Za-z0-9+/=_-]+)$/;

/** Published in https://github.com/fernet/spec, and so in many test set-ups: everybody has it. */
const EXAMPLE_KEYS = new Set(['cw/0x689RpI+jtRR7oE8h/eQsKImvJapLeSbXpwF4e4=']);

/**
 * Reads keys from text: one `KEY_ID BASE64` a line; blank lines and lines that begin with `#` are passed over. The first
 * key seals, all open. `fernet KEY_ID BASE64` is a key of the original system, which only opens; it comes last in the answer.
 * Throws an Error that names the line and never repeats it.
 */
export function parseKeyText(text: string): readonly SealingKey[] {
  const keys: SealingKey[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const where = `line ${index + 1}`;
    const groups = LINE.exec(line)?.groups;
    if (groups === undefined) throw new Error(`${where} is not "KEY_ID BASE64"`);
    const keyText = groups['key'] ?? '';
    // Decoding stops at the first padding, and would leave out what follows.
    if (!/^[^=]*={0,2}$/.test(keyText)) throw new Error(`${where}: the key is not base64`);
    const key = Buffer.from(keyText, 'base64');
    checkKey(key, where);
    const keyId = groups['keyId'] ?? '';
    if (keys.some((known) => known.keyId === keyId)) throw new Error(`${where} repeats the key id ${keyId}`);
    keys.push({ keyId, key, ...(groups['form'] === undefined ? {} : { form: 'fernet' as const }) });
  }
  const sealing = keys.filter(({ form }) => form === undefined);
  if (sealing.length === 0) throw new Error('it holds no key');
  return [...sealing, ...keys.filter(({ form }) => form !== undefined)];
}

/** A short key, or one that somebody typed, is a placeholder and no key. */
function checkKey(key: Uint8Array, where: string): void {
  if (key.length !== SEALING_KEY_BYTES)
    throw new Error(`${where}: the key has ${key.length} bytes instead of ${SEALING_KEY_BYTES}`);
  const why = placeholderOf(key);
  if (why !== undefined)
    throw new Error(`${where}: the key is a placeholder (${why}); make one with: openssl rand -base64 32`);
}

/** None of these happens to 32 random bytes: the likeliest, text, once in some 10^16 keys. */
function placeholderOf(key: Uint8Array): string | undefined {
  if (EXAMPLE_KEYS.has(Buffer.from(key).toString('base64'))) return 'it is a published example';
  if (new Set(key).size < 8) return 'almost all bytes are the same';
  const step = (key[1] ?? 0) - (key[0] ?? 0);
  if (key.every((byte, index) => index === 0 || byte === (((key[index - 1] ?? 0) + step) & 0xff)))
    return 'its bytes count up or down';
  if (key.every((byte) => byte >= 0x20 && byte < 0x7f)) return 'it is readable text';
  return undefined;
}

export function formatKey({ keyId, key }: SealingKey): string {
  return `${keyId} ${Buffer.from(key).toString('base64')}\n`;
}

/** A key's id is made from the key, so that the same key has the same id everywhere. It tells nothing about the key. */
export function keyIdFor(key: Uint8Array): string {
  return `k-${createHash('sha256').update('aegis-siem/key-id').update(key).digest('hex').slice(0, 12)}`;
}
