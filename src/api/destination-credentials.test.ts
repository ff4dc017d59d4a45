import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCredentials, sealCredentials } from './destination-credentials.ts';
import { Problem } from './problem.ts';

const parts = {
  sealer: {
    keyId: 'k1',
    seal: (plain: string, { field }: { field: string }) => `sealed(${field}:${plain})`,
    open: () => assert.fail('nothing is opened here'),
  },
  fingerprint: (secret: string) => `print(${secret.length})`,
};
const owner = { workspaceId: 'w', destinationId: 'd' };
const stored = {
  sealed: { token: 'old', client_key_pem: 'old' },
  fingerprints: { token: 'p', client_key_pem: 'p' },
};
const problem = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test('given fields are sealed, the others keep what is stored, null removes', () => {
  const change = readCredentials({ token: 'new!', client_key_pem: null }, stored.sealed);
  assert.deepEqual(sealCredentials(parts, owner, stored, change, false), {
    sealed: { token: 'sealed(token:new!)' },
    fingerprints: { token: 'print(4)' },
  });
});

for (const echo of ['****', '••••••', 'xxxxxxxx', { set: true, fingerprint: 'p' }]) {
  test(`the echo ${JSON.stringify(echo)} keeps the stored value, and is refused where there is none`, () => {
    const change = readCredentials({ token: echo }, stored.sealed);
    assert.deepEqual(sealCredentials(parts, owner, stored, change, false), stored);
    assert.throws(() => readCredentials({ token: echo }, {}), problem('masked_secret'));
  });
}

test('a change of the address needs every stored credential again; an echo is not one', () => {
  const one = readCredentials({ token: 'new' }, stored.sealed);
  assert.throws(() => sealCredentials(parts, owner, stored, one, true), problem('credentials_required'));
  const echoed = readCredentials({ token: 'new', client_key_pem: '****' }, stored.sealed);
  assert.throws(() => sealCredentials(parts, owner, stored, echoed, true), problem('credentials_required'));
  const all = readCredentials({ token: 'new', client_key_pem: null }, stored.sealed);
  assert.deepEqual(Object.keys(sealCredentials(parts, owner, stored, all, true).sealed), ['token']);
});

test('a credential that is not text is refused without repeating it', () => {
  assert.throws(
    () => readCredentials({ token: 12_345 }, {}),
    (error) => problem('wrong_type')(error) && !String(error).includes('12345'),
  );
});
