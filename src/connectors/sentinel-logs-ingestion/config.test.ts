import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selfSignedCertificate } from '../../../test/fake-azure/self-signed-certificate.ts';
import type { JsonObject } from '../../json.ts';
import { ConnectorConfigError } from '../config-error.ts';
import {
  parseSentinelLogsIngestionConfig,
  sentinelLogsIngestionAddress,
  sentinelLogsIngestionConfigSchema,
  sentinelLogsIngestionHostVerdict,
} from './config.ts';
import {
  checkSentinelLogsIngestionCredentials,
  sentinelLogsIngestionCredentialsSchema,
} from './credentials.ts';

const TENANT = '6f1d2c3b-4a59-4687-9a0b-1c2d3e4f5061';
const CLIENT = '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';
const GOOD: JsonObject = {
  endpoint: 'https://aegis-1a2b.westeurope-1.ingest.monitor.azure.com',
  dcr_immutable_id: 'dcr-00112233445566778899aabbccddeeff',
  tenant_id: TENANT,
  client_id: CLIENT,
};

function refusal(config: JsonObject): ConnectorConfigError {
  try {
    parseSentinelLogsIngestionConfig(config);
  } catch (error) {
    assert.ok(error instanceof ConnectorConfigError);
    assert.equal(error.part, 'config');
    return error;
  }
  return assert.fail('the settings were taken');
}

test('four settings are enough: the others have their defaults', () => {
  const config = parseSentinelLogsIngestionConfig(GOOD);
  assert.deepEqual(config, {
    endpoint: new URL('https://aegis-1a2b.westeurope-1.ingest.monitor.azure.com/'),
    dcrImmutableId: 'dcr-00112233445566778899aabbccddeeff',
    stream: 'Custom-AegisOcsf',
    auth: 'client_secret',
    cloud: 'public',
    tenantId: TENANT,
    clientId: CLIENT,
    authority: new URL('https://login.microsoftonline.com/'),
    scope: 'https://monitor.azure.com/.default',
    tls: {},
  });
  assert.deepEqual(
    sentinelLogsIngestionHostVerdict(config, () => false),
    { ok: true },
  );
});

test('the cloud chooses sign-in address and scope', () => {
  const gov = parseSentinelLogsIngestionConfig({ ...GOOD, cloud: 'gov' });
  assert.equal(gov.authority.href, 'https://login.microsoftonline.us/');
  assert.equal(gov.scope, 'https://monitor.azure.us/.default');
  const china = parseSentinelLogsIngestionConfig({
    ...GOOD,
    cloud: 'china',
    authority_host: 'login.partner.microsoftonline.cn',
  });
  assert.equal(china.authority.href, 'https://login.partner.microsoftonline.cn/');
  assert.equal(china.scope, 'https://monitor.azure.cn/.default');
});

const WRONG: readonly (readonly [name: string, change: JsonObject, pointer: string, hint: RegExp])[] = [
  ['an unknown setting', { gzip: true }, '/gzip', /Known are endpoint/],
  ['an endpoint of another form', { endpoint: 'ftp://x.example.com' }, '/endpoint', /https/],
  ['an endpoint without scheme', { endpoint: '//x.example.com' }, '/endpoint', /https/],
  ['an endpoint without host', { endpoint: 'https:///x.example.com' }, '/endpoint', /host/],
  [
    'an endpoint with a path',
    { endpoint: 'https://x.example.com/dataCollectionRules/dcr-1' },
    '/endpoint',
    /path/,
  ],
  ['an endpoint with a query', { endpoint: 'https://x.example.com?sig=s3cretvalue' }, '/endpoint', /query/],
  ['an endpoint with a user', { endpoint: 'https://u:s3cretvalue@x.example.com' }, '/endpoint', /password/],
  ['an endpoint with a line break', { endpoint: 'https://x.exa\nmple.com' }, '/endpoint', /line break/],
  [
    'an endpoint with a backslash',
    { endpoint: 'https://x.example.com\\@127.0.0.1/' },
    '/endpoint',
    /backslash/,
  ],
  ['an endpoint of wide letters', { endpoint: 'https://１２７.0.0.1' }, '/endpoint', /character/],
  ['an empty endpoint', { endpoint: '' }, '/endpoint', /not empty/],
  ['an endless endpoint', { endpoint: `https://${'a'.repeat(3_000)}.example.com` }, '/endpoint', /longer/],
  [
    'a rule id without prefix',
    { dcr_immutable_id: '00112233445566778899aabbccddeeff' },
    '/dcr_immutable_id',
    /dcr-/,
  ],
  [
    'a resource id of a rule',
    { dcr_immutable_id: '/subscriptions/1/dcr' },
    '/dcr_immutable_id',
    /immutableId/,
  ],
  ['a rule id with a path', { dcr_immutable_id: 'dcr-0011/../x' }, '/dcr_immutable_id', /32 hex/],
  ['a stream of a built-in table', { stream: 'Microsoft-ASimAgentEventLogs' }, '/stream', /Custom-/],
  ['a stream with a path', { stream: 'Custom-../../x' }, '/stream', /letter/],
  ['a tenant that is a URL', { tenant_id: 'https://login.example.com/x' }, '/tenant_id', /authority_host/],
  ['a tenant that is none', { tenant_id: 'common' }, '/tenant_id', /GUID/],
  ['a tenant with a path', { tenant_id: '..' }, '/tenant_id', /GUID/],
  ['a client that is no GUID', { client_id: 'my app' }, '/client_id', /GUID/],
  ['an unknown cloud', { cloud: 'germany' }, '/cloud', /public, gov, china/],
  ['an unknown way to sign in', { auth: 'password' }, '/auth', /client_secret/],
  [
    'a sign-in address with a path',
    { authority_host: 'https://login.example.com/x' },
    '/authority_host',
    /path/,
  ],
  ['a scope without default', { scope: 'https://monitor.azure.com' }, '/scope', /\.default/],
  ['a scope that is no URL', { scope: 'api' }, '/scope', /URL/],
  ['a number as a setting', { tenant_id: 12 }, '/tenant_id', /text/],
];
for (const [name, change, pointer, hint] of WRONG) {
  test(`${name} is refused with its place and a hint`, () => {
    const error = refusal({ ...GOOD, ...change });
    assert.equal(error.pointer, pointer);
    assert.match(error.message, hint);
    assert.ok(!error.message.includes('s3cretvalue'));
  });
}

for (const name of ['endpoint', 'dcr_immutable_id', 'tenant_id', 'client_id']) {
  test(`without ${name} the message says where it is found`, () => {
    const { [name]: _left, ...rest } = GOOD;
    const error = refusal(rest);
    assert.equal(error.pointer, `/${name}`);
    assert.match(error.message, /missing/);
  });
}

test('the identity of the machine needs neither tenant nor client', () => {
  const { endpoint, dcr_immutable_id } = GOOD;
  for (const auth of ['workload_identity', 'managed_identity']) {
    const config = parseSentinelLogsIngestionConfig({ endpoint, dcr_immutable_id, auth } as JsonObject);
    assert.ok(!('tenantId' in config) && !('clientId' in config));
  }
});

test('the schema names every setting that the parser takes, and no other', () => {
  assert.equal(sentinelLogsIngestionConfigSchema.additionalProperties, false);
  for (const name of Object.keys(sentinelLogsIngestionConfigSchema.properties)) {
    const error = (() => {
      try {
        parseSentinelLogsIngestionConfig({ ...GOOD, [name]: 'x' });
        return undefined;
      } catch (caught) {
        return caught instanceof ConnectorConfigError ? caught : undefined;
      }
    })();
    assert.ok(error === undefined || !error.message.startsWith('There is no such setting'), name);
  }
});

const MOVES: readonly JsonObject[] = [
  { endpoint: 'https://other.westeurope-1.ingest.monitor.azure.com' },
  { endpoint: 'http://aegis-1a2b.westeurope-1.ingest.monitor.azure.com' },
  { endpoint: 'https://aegis-1a2b.westeurope-1.ingest.monitor.azure.com:8443' },
  { tenant_id: '7f1d2c3b-4a59-4687-9a0b-1c2d3e4f5061' },
  { authority_host: 'https://login.example.com' },
  { scope: 'https://other.example.com/.default' },
  { cloud: 'gov' },
];
for (const change of MOVES) {
  test(`${JSON.stringify(change)} changes where the credentials go`, () => {
    assert.notEqual(sentinelLogsIngestionAddress({ ...GOOD, ...change }), sentinelLogsIngestionAddress(GOOD));
  });
}

test('writing out a default, or another stream, does not change where the credentials go', () => {
  const same = {
    ...GOOD,
    endpoint: 'HTTPS://AEGIS-1a2b.westeurope-1.ingest.monitor.azure.com:443/',
    authority_host: 'https://login.microsoftonline.com',
    scope: 'https://monitor.azure.com/.default',
    stream: 'Custom-Other',
  };
  assert.equal(sentinelLogsIngestionAddress(same), sentinelLogsIngestionAddress(GOOD));
});

function credentialsRefusal(
  auth: 'client_secret' | 'certificate' | 'managed_identity',
  given: Record<string, string>,
) {
  try {
    checkSentinelLogsIngestionCredentials(auth, given);
  } catch (error) {
    assert.ok(error instanceof ConnectorConfigError && error.part === 'credentials');
    for (const value of Object.values(given)) assert.ok(value.length < 6 || !error.message.includes(value));
    return error;
  }
  return undefined;
}

const pair = selfSignedCertificate('aegis');
const PAIR = { certificate_pem: pair.certificatePem, private_key_pem: pair.privateKeyPem };

test('the right credentials are taken', () => {
  assert.equal(credentialsRefusal('client_secret', { client_secret: 'abc~def&ghi' }), undefined);
  assert.equal(credentialsRefusal('certificate', PAIR), undefined);
  assert.equal(credentialsRefusal('managed_identity', {}), undefined);
  assert.equal(sentinelLogsIngestionCredentialsSchema.additionalProperties, false);
});

const other = selfSignedCertificate('other');
const WRONG_CREDENTIALS = [
  ['a secret that is missing', 'client_secret', {}, '/client_secret', /missing/],
  ['a secret that is empty', 'client_secret', { client_secret: '' }, '/client_secret', /missing/],
  [
    'a secret with a line break',
    'client_secret',
    { client_secret: 'abcdefgh\n' },
    '/client_secret',
    /copying/,
  ],
  ['the id of a secret', 'client_secret', { client_secret: CLIENT }, '/client_secret', /its value/],
  [
    'a secret and a key',
    'client_secret',
    { client_secret: 'abcdefgh', private_key_pem: 'x' },
    '/private_key_pem',
    /not used/,
  ],
  ['an unknown credential', 'client_secret', { password: 'abcdefgh' }, '/password', /no such setting/],
  [
    'a certificate alone',
    'certificate',
    { certificate_pem: pair.certificatePem },
    '/private_key_pem',
    /missing/,
  ],
  [
    'a certificate that is none',
    'certificate',
    { ...PAIR, certificate_pem: 'abcdefgh' },
    '/certificate_pem',
    /PEM/,
  ],
  ['a key that is none', 'certificate', { ...PAIR, private_key_pem: 'abcdefgh' }, '/private_key_pem', /PEM/],
  [
    'the key of another certificate',
    'certificate',
    { ...PAIR, private_key_pem: other.privateKeyPem },
    '/private_key_pem',
    /not the key/,
  ],
  [
    'a key with a passphrase',
    'certificate',
    { ...PAIR, private_key_pem: '-----BEGIN ENCRYPTED PRIVATE KEY-----' },
    '/private_key_pem',
    /passphrase/,
  ],
  [
    'a secret beside the identity of the machine',
    'managed_identity',
    { client_secret: 'abcdefgh' },
    '/client_secret',
    /not used/,
  ],
] as const;
for (const [name, auth, given, pointer, hint] of WRONG_CREDENTIALS) {
  test(`${name} is refused without repeating it`, () => {
    const error = credentialsRefusal(auth, given);
    assert.equal(error?.pointer, pointer);
    assert.match(error?.message ?? '', hint);
  });
}
