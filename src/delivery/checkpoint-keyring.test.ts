import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publicKeyBase64 } from '../proof/checkpoint-key.ts';
import { createSealer } from '../secrets/create-sealer.ts';
import { newStoredKey, openCheckpointKeys } from './checkpoint-keyring.ts';

const sealer = createSealer([{ keyId: 'k1', key: Buffer.alloc(32, 1) }]);

test('a signing key opens as the key that it was, from its own row only', async () => {
  const [one, two] = [newStoredKey(sealer, 1), newStoredKey(sealer, 2)];
  const opened = await openCheckpointKeys({ checkpointKeys: async () => [two, one] }, sealer);
  assert.deepEqual(
    opened.map((key) => [key.keyId, publicKeyBase64(key)]),
    [
      [two.keyId, two.publicKey],
      [one.keyId, one.publicKey],
    ],
  );
  const moved = { ...one, sealed: two.sealed };
  await assert.rejects(openCheckpointKeys({ checkpointKeys: async () => [moved] }, sealer), {
    code: 'wrong_context',
  });
});

test('the private part stands nowhere in what is stored', async () => {
  const stored = newStoredKey(sealer, 1);
  const [opened] = await openCheckpointKeys({ checkpointKeys: async () => [stored] }, sealer);
  const { d = '?' } = opened?.privateKey.export({ format: 'jwk' }) ?? {};
  const bytes = Buffer.from(d, 'base64url');
  for (const form of ['base64', 'base64url', 'hex'] as const)
    assert.equal(JSON.stringify(stored).includes(bytes.toString(form)), false);
});
