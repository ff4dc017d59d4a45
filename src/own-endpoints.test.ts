import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createAddressPolicy } from './egress/address-policy.ts';
import { databaseEndpoints, type OwnEndpointParts, serviceEndpoints } from './own-endpoints.ts';

const PARTS: OwnEndpointParts = {
  addressesOf: async (host) => (host === 'db.example.com' ? ['10.1.2.3', 'fd00::3'] : []),
  ownAddresses: () => ['192.0.2.7'],
};

const addresses = (endpoints: readonly { address: string; port: number }[]): string[] =>
  endpoints.map(({ address, port }) => `${address} ${port}`);

const databases: readonly (readonly [string, readonly string[]])[] = [
  ['sqlite:./data/aegis.db', []],
  ['postgres://aegis@db.example.com/aegis', ['10.1.2.3 5432', 'fd00::3 5432']],
  ['postgresql://aegis:secret@10.9.9.9:6000/aegis', ['10.9.9.9 6000']],
  ['postgres://aegis@[fd00::9]:6000/aegis', ['fd00::9 6000']],
  ['postgres://aegis@ignored.example.com/aegis?host=10.9.9.8&port=7000', ['10.9.9.8 7000']],
  ['postgres:///aegis?host=/run/postgresql', []],
  ['postgres://aegis@unknown.example.com/aegis', []],
];
for (const [url, expected] of databases) {
  test(`the database of ${url} listens at ${expected.join(', ') || 'no address'}`, async () => {
    assert.deepEqual(addresses(await databaseEndpoints(url, PARTS)), expected);
  });
}

test('a service that listens everywhere is denied at every address of its machine, at its port only', async () => {
  const denied = await serviceEndpoints({ host: '0.0.0.0', port: 8_600 }, PARTS);
  const policy = createAddressPolicy('http+0.0.0.0/0,http+::/0', { denied });
  for (const url of ['http://192.0.2.7:8600', 'http://127.0.0.1:8600', 'http://[::1]:8600']) {
    const verdict = policy.checkUrl(url);
    assert.equal(verdict.ok ? 'ok' : verdict.verdict, 'own_service', url);
  }
  assert.ok(policy.checkUrl('http://192.0.2.7:8088').ok);
});

test('a port that the system chooses is denied once it is known', async () => {
  assert.deepEqual(await serviceEndpoints({ host: '127.0.0.1', port: 0 }, PARTS), []);
  const policy = createAddressPolicy('http+127.0.0.1/32');
  assert.ok(policy.checkUrl('http://127.0.0.1:8601').ok);
  policy.deny(await serviceEndpoints({ host: '127.0.0.1', port: 8_601 }, PARTS));
  const verdict = policy.checkUrl('http://127.0.0.1:8601');
  assert.equal(verdict.ok ? 'ok' : verdict.verdict, 'own_service');
});
