import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatApiKey, parseApiKey, sameDigest, SECRET_BYTES } from './api-key-text.ts';

const secretBytes = fc.uint8Array({ minLength: SECRET_BYTES, maxLength: SECRET_BYTES });

test('a key reads back as its id and the SHA-256 of its secret', () => {
  fc.assert(
    fc.property(fc.uuid(), secretBytes, (id, secret) => {
      const text = formatApiKey(id, secret);
      assert.match(text, /^aegis_[0-9a-f]{32}_[\w-]{43}[0-9a-f]{8}$/);
      const digest = createHash('sha256').update(Buffer.from(secret).toString('base64url')).digest('hex');
      assert.deepEqual(parseApiKey(text), { apiKeyId: id, secretSha256: digest });
    }),
  );
});

test('a key with any one character changed is told by its checksum', () => {
  fc.assert(
    fc.property(fc.uuid(), secretBytes, fc.nat(), (id, secret, place) => {
      const text = formatApiKey(id, secret);
      const at = place % text.length;
      const other = text[at] === 'a' ? 'b' : 'a';
      assert.equal(parseApiKey(text.slice(0, at) + other + text.slice(at + 1)), undefined);
    }),
  );
});

for (const text of ['', 'aegis_', 'Bearer x', 'aegis_zz_yy', `aegis_${'0'.repeat(32)}_${'A'.repeat(51)}`]) {
  test(`${JSON.stringify(text)} is no key`, () => {
    assert.equal(parseApiKey(text), undefined);
  });
}

test('digests are the same only when all of them is', () => {
  const digest = 'ab'.repeat(32);
  assert.equal(sameDigest(digest, digest), true);
  assert.equal(sameDigest(digest, `${digest.slice(2)}cd`), false);
  assert.equal(sameDigest(digest, digest.slice(2)), false);
  assert.equal(sameDigest('', ''), false);
});
