import assert from 'node:assert/strict';
import { test } from 'node:test';
import { twinConfig } from './migration-twin.ts';

const OLD = { name: 'old', config: { workspace_id: 'w', tls: { ca_pem: 'A' } } };
const OLD_MUTUAL = { name: 'old', config: { tls: { ca_pem: 'A', client_cert_pem: 'C' } } };

test('the twin trusts whom the old destination trusts, where its own settings say nothing of it', () => {
  assert.deepEqual(twinConfig(OLD, { config: { endpoint: 'e' } }), { endpoint: 'e', tls: { ca_pem: 'A' } });
  assert.deepEqual(twinConfig({ name: 'old', config: {} }, { config: { endpoint: 'e' } }), { endpoint: 'e' });
});

test('TLS that is given for the twin stands, also none at all', () => {
  const config = { endpoint: 'e', tls: {} };
  assert.deepEqual(twinConfig(OLD_MUTUAL, { config }), config);
});

test('a client certificate is taken over with its key, and asked for without', () => {
  const credentials = { client_secret: 's', client_key_pem: 'K' };
  assert.deepEqual(twinConfig(OLD_MUTUAL, { config: {}, credentials }), { tls: OLD_MUTUAL.config.tls });
  assert.throws(
    () => twinConfig(OLD_MUTUAL, { config: {}, credentials: { client_secret: 's' } }),
    /"old" has a client certificate .* add its key to --credentials as client_key_pem/,
  );
});
