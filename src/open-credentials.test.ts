import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { openCredentials, openRedactionKey } from './open-credentials.ts';
import { createSealer } from './secrets/create-sealer.ts';
import { UnsealError } from './secrets/unseal-error.ts';
import { MemoryDeliveryStore } from './store/memory/memory-delivery-store.ts';
import { seedDestination } from './store/memory/memory-seed.ts';

const sealer = createSealer([{ keyId: 'k1', key: randomBytes(32) }]);
const { tables } = new MemoryDeliveryStore(() => 0);
const plain = seedDestination(tables, { destinationNo: 1 });
const seal = (field: string, value: string): string => sealer.seal(value, { ...plain, field });
const destination = {
  ...plain,
  sealed: { token: seal('token', 'the token'), redaction_key: seal('redaction_key', 'the key') },
};

test('a connector gets every credential but the redaction key, which is opened on its own', () => {
  assert.deepEqual(openCredentials(sealer, destination), { token: 'the token' });
  assert.equal(openRedactionKey(sealer, destination), 'the key');
  assert.equal(openRedactionKey(sealer, plain), undefined);
});

test('a redaction key that does not open costs no send its token, and is told where it is needed', () => {
  const moved = { ...destination, sealed: { ...destination.sealed, redaction_key: seal('token', 'x') } };
  assert.deepEqual(openCredentials(sealer, moved), { token: 'the token' });
  assert.throws(() => openRedactionKey(sealer, moved), UnsealError);
});
