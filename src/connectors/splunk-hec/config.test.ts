import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeAuthority } from '../../../test/fake-splunk/test-certificates.ts';
import type { JsonObject } from '../../json.ts';
import { ConnectorConfigError } from '../config-error.ts';
import { parseSplunkHecConfig, splunkHecAddress } from './config.ts';
import { checkSplunkHecCredentials } from './credentials.ts';

const URL_TEXT = 'https://splunk.example.com:8088';

function faultOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof ConnectorConfigError);
    return `${error.part}${error.pointer}: ${error.message}`;
  }
  return 'none';
}

describe('parseSplunkHecConfig', () => {
  it('fills in every default', () => {
    const config = parseSplunkHecConfig({ url: URL_TEXT });
    assert.deepEqual(config, {
      eventUrl: new URL(`${URL_TEXT}/services/collector/event`),
      ackUrl: new URL(`${URL_TEXT}/services/collector/ack`),
      source: 'aegis-siem',
      sourcetype: 'ocsf:aegis',
      gzip: true,
      indexerAcknowledgement: false,
      tls: {},
    });
  });

  for (const [path, base] of [
    ['', ''],
    ['/', ''],
    ['/services/collector', ''],
    ['/services/collector/', ''],
    ['/services/collector/event', ''],
    ['/services/collector/event/1.0', ''],
    ['/services/collector/1.0', ''],
    ['//services//collector', ''],
    ['/proxy/splunk', '/proxy/splunk'],
    ['/proxy/splunk/services/collector/event/', '/proxy/splunk'],
    ['/a//b/', '/a/b'],
  ] as const) {
    it(`posts under ${base === '' ? 'the root' : base} for the path "${path}"`, () => {
      const { eventUrl, ackUrl } = parseSplunkHecConfig({ url: `${URL_TEXT}${path}` });
      assert.equal(eventUrl.pathname, `${base}/services/collector/event`);
      assert.equal(ackUrl.pathname, `${base}/services/collector/ack`);
    });
  }

  const BAD: readonly (readonly [what: string, config: JsonObject, fault: RegExp])[] = [
    ['no url', {}, /^config\/url: Is missing/],
    ['a url that is a number', { url: 5 }, /^config\/url: Is missing, or is no text/],
    [
      'another scheme',
      { url: 'ftp://splunk.example.com' },
      /^config\/url: Must be a URL that begins with https/,
    ],
    ['a user', { url: 'https://me:s3cret@splunk.example.com' }, /^config\/url: Must not hold a user/],
    ['a token in the query', { url: `${URL_TEXT}/?token=s3cret` }, /^config\/url: Must not hold a query/],
    ['a line break', { url: 'https://splunk.exa\nmple.com' }, /^config\/url: Holds a space/],
    ['the raw endpoint', { url: `${URL_TEXT}/services/collector/raw` }, /\/raw takes no events/],
    ['the ack endpoint', { url: `${URL_TEXT}/services/collector/ack/` }, /\/ack takes no events/],
    ['an unknown setting', { url: URL_TEXT, token: 's3cret' }, /^config\/token: There is no such setting/],
    ['an index in capitals', { url: URL_TEXT, index: 'Main' }, /^config\/index: Does not fit/],
    ['an index with a line break', { url: URL_TEXT, index: 'main\n' }, /^config\/index: Does not fit/],
    ['a source with a control character', { url: URL_TEXT, source: 'a\u0000' }, /^config\/source/],
    ['an endless host', { url: URL_TEXT, host: 'h'.repeat(256) }, /^config\/host: Is longer than 255/],
    ['an empty sourcetype', { url: URL_TEXT, sourcetype: '' }, /^config\/sourcetype: Does not fit/],
    ['gzip as a text', { url: URL_TEXT, gzip: 'no' }, /^config\/gzip: Must be true or false/],
    ['tls as a text', { url: URL_TEXT, tls: 'no' }, /^config\/tls: Must be an object/],
    [
      'checking turned off',
      { url: URL_TEXT, tls: { verify: false } },
      /^config\/tls: Has a setting that there is not/,
    ],
    [
      'an authority that is no PEM',
      { url: URL_TEXT, tls: { ca_pem: 's3cret' } },
      /^config\/tls\/ca_pem: Does not fit/,
    ],
  ];
  for (const [what, config, fault] of BAD) {
    it(`refuses ${what} by its place, and repeats nothing`, () => {
      const message = faultOf(() => parseSplunkHecConfig(config));
      assert.match(message, fault);
      assert.doesNotMatch(message, /s3cret/);
    });
  }
});

describe('splunkHecAddress', () => {
  it('changes with scheme, host and port, and with nothing else', () => {
    const address = splunkHecAddress({ url: URL_TEXT });
    for (const same of [
      `${URL_TEXT}/`,
      `${URL_TEXT}/base`,
      'https://SPLUNK.example.com:8088/services/collector',
    ]) {
      assert.equal(splunkHecAddress({ url: same, index: 'other', gzip: false }), address);
    }
    for (const other of [
      'http://splunk.example.com:8088',
      'https://splunk.example.com',
      'https://splunk.example.org:8088',
      'https://splunk.example.com:8089',
    ]) {
      assert.notEqual(splunkHecAddress({ url: other }), address);
    }
    assert.equal(
      splunkHecAddress({ url: 'https://splunk.example.com:443' }),
      splunkHecAddress({ url: 'https://splunk.example.com' }),
    );
  });
});

describe('checkSplunkHecCredentials', () => {
  const ours = makeAuthority('ours');
  const theirs = makeAuthority('theirs');
  const plain = parseSplunkHecConfig({ url: URL_TEXT });
  const mutual = parseSplunkHecConfig({ url: URL_TEXT, tls: { client_cert_pem: ours.certificatePem } });

  it('takes a token as Splunk shows it, and the key of the client certificate', () => {
    checkSplunkHecCredentials(plain, { token: 'fa4e0000-0000-4000-8000-00000000c0de' });
    checkSplunkHecCredentials(mutual, { token: 'x', client_key_pem: ours.privateKeyPem });
  });

  const BAD: readonly (readonly [what: string, run: () => void, fault: RegExp])[] = [
    [
      'a token with the word Splunk',
      () => checkSplunkHecCredentials(plain, { token: 'Splunk s3cret' }),
      /^credentials\/token: Leave out the word/,
    ],
    [
      'a token with a line break',
      () => checkSplunkHecCredentials(plain, { token: 's3cret\r\nx-evil: 1' }),
      /^credentials\/token: Has a space, line break/,
    ],
    [
      'a token that is not ASCII',
      () => checkSplunkHecCredentials(plain, { token: 's3cretä' }),
      /^credentials\/token: Has a space, line break/,
    ],
    [
      'a credential that there is not',
      () => checkSplunkHecCredentials(plain, { password: 's3cret' }),
      /^credentials\/password: There is no such setting/,
    ],
    [
      'a key without a certificate',
      () => checkSplunkHecCredentials(plain, { client_key_pem: 's3cret' }),
      /^credentials\/client_key_pem: There is no tls.client_cert_pem/,
    ],
    [
      'a key that is none',
      () => checkSplunkHecCredentials(mutual, { client_key_pem: 's3cret' }),
      /^credentials\/client_key_pem: Is not a private key/,
    ],
    [
      'the key of another certificate',
      () => checkSplunkHecCredentials(mutual, { client_key_pem: theirs.privateKeyPem }),
      /^credentials\/client_key_pem: Does not belong to the certificate/,
    ],
    [
      'an authority that cannot be read',
      () =>
        checkSplunkHecCredentials(
          parseSplunkHecConfig({
            url: URL_TEXT,
            tls: { ca_pem: '-----BEGIN CERTIFICATE-----\ns3cret\n-----END CERTIFICATE-----' },
          }),
          { token: 'x' },
        ),
      /^config\/tls\/ca_pem: Is not a certificate/,
    ],
  ];
  for (const [what, run, fault] of BAD) {
    it(`refuses ${what}, and repeats nothing`, () => {
      const message = faultOf(run);
      assert.match(message, fault);
      assert.doesNotMatch(message, /s3cret/);
    });
  }
});
