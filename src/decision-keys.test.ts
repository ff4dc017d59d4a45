import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readDecisionKeys } from './decision-keys.ts';

const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-decision-keys-'));
after(() => rmSync(folder, { recursive: true }));

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};
const pem = file('public.pem', publicKey.export({ type: 'spki', format: 'pem' }));
const secret = file('private.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }));

test('pinned keys are read by name and without one; an empty setting pins none', () => {
  assert.deepEqual(readDecisionKeys(''), []);
  const keys = readDecisionKeys(`aegis-1=${pem}, ${pem}`);
  assert.deepEqual(
    keys.map(({ keyId }) => keyId),
    ['aegis-1', undefined],
  );
  assert.ok(keys.every(({ key }) => key.equals(publicKey)));
});

for (const [what, path, why] of [
  ['a file that is not there', join(folder, 'none.pem'), /none\.pem: it cannot be read$/],
  ['a file that is no key', file('text.pem', 'hello'), /text\.pem: this is no public key in PEM$/],
  ['a private key', secret, /private\.pem: this is a private key; give the public one$/],
] as const) {
  test(`${what} is refused at the start, by setting and file`, () => {
    assert.throws(
      () => readDecisionKeys(`a=${path}`),
      (error: Error) => {
        assert.match(error.message, /^AEGIS_SIEM_DECISION_KEYS: /);
        assert.match(error.message, why);
        assert.doesNotMatch(error.message, /PRIVATE KEY-----/);
        return true;
      },
    );
  });
}
