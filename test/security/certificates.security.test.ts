/**
 * Broken certificates, made by openssl, at the real service, before each kind of destination and before the sign-in service: each
 * is refused in the right words, nothing is sent, the events are held, and a destination beside it gets its own.
 */
import assert from 'node:assert/strict';
import { createServer, type ServerOptions } from 'node:https';
import { after, before, describe, it } from 'node:test';
import type { JsonObject } from '../../src/json.ts';
import type { RunningService } from '../../src/service.ts';
import { callService, type ServiceReply } from '../api/call-service.ts';
import { Installation, record, startErrorOf, WORKSPACE } from '../api/installation.ts';
import { type FakeAzure, startFakeAzure } from '../fake-azure/fake-azure.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';
import { hasOpenssl, OpensslAuthority } from './openssl-authority.ts';
import { until } from './until.ts';

const HERE = 'IP:127.0.0.1';
/** What a broken server offers so that the certificate, and nothing else, is what is wrong. */
const ANY_CIPHER = 'DEFAULT@SECLEVEL=0';

// The certificates of the cases are made as the suite is defined, and its folder goes with its last test.
describe('certificates', { skip: hasOpenssl() ? false : 'openssl is not on this machine' }, () => {
  const openssl = new OpensslAuthority();
  const authority = openssl.selfSigned('Test Authority');
  const stranger = openssl.selfSigned('Unknown Authority');
  const middle = openssl.issue(authority, { name: 'Middle Authority' });
  const good = openssl.issue(authority, { name: 'splunk', alternatives: HERE });
  const ours = openssl.issue(authority, { name: 'sender', alternatives: 'DNS:sender.example.com' });
  const theirs = openssl.issue(stranger, { name: 'sender', alternatives: 'DNS:sender.example.com' });
  const oldAuthority = openssl.issue(authority, { name: 'Old Authority', daysFrom: -30, daysTo: -1 });
  const protectedKey = openssl.encrypted(ours);
  const soon = openssl.issue(authority, { name: 'Soon', daysFrom: -30, daysTo: 5 });

  interface Case {
    readonly what: string;
    /** Its options, or the port of one that is there. */
    readonly server: ServerOptions | (() => Promise<number>);
    readonly code: string;
    readonly says: RegExp;
    readonly client?: { readonly certificatePem: string; readonly privateKeyPem: string };
  }

  function serving(certificate: { certificatePem: string; privateKeyPem: string }): ServerOptions {
    return { cert: certificate.certificatePem, key: certificate.privateKeyPem, ciphers: ANY_CIPHER };
  }

  const issued = (more: object): ServerOptions =>
    serving(openssl.issue(authority, { name: 'splunk', alternatives: HERE, ...more }));
  const CASES: readonly Case[] = [
    {
      what: 'that has expired',
      server: issued({ daysFrom: -10, daysTo: -1 }),
      code: 'certificate_expired',
      says: /must renew it/,
    },
    {
      what: 'that is not valid yet',
      server: issued({ daysFrom: 1 }),
      code: 'certificate_not_yet_valid',
      says: /clock of this machine/,
    },
    {
      what: 'for another host',
      server: issued({ alternatives: 'IP:127.0.0.9,DNS:other.example.com' }),
      code: 'certificate_name_mismatch',
      says: /another name/,
    },
    {
      what: 'that signed itself',
      server: serving(openssl.selfSigned('splunk', HERE)),
      code: 'certificate_self_signed',
      says: /tls\.ca_pem/,
    },
    {
      what: 'of an unknown authority',
      server: serving(openssl.issue(stranger, { name: 'splunk', alternatives: HERE })),
      code: 'certificate_untrusted',
      says: /tls\.ca_pem/,
    },
    {
      what: 'whose chain is cut',
      server: serving(openssl.issue(middle, { name: 'splunk', alternatives: HERE })),
      code: 'certificate_untrusted',
      says: /no authority that is trusted/,
    },
    {
      what: 'signed with SHA-1',
      server: issued({ digest: 'sha1' }),
      code: 'certificate_weak',
      says: /must let it speak TLS 1\.2/,
    },
    {
      what: 'with a key of 1024 bits',
      server: issued({ rsaBits: 1024 }),
      code: 'certificate_weak',
      says: /must let it speak TLS 1\.2/,
    },
    {
      what: 'over TLS 1.1',
      server: { ...serving(good), minVersion: 'TLSv1', maxVersion: 'TLSv1.1' },
      code: 'tls_protocol',
      says: /TLS 1\.2 or later/,
    },
    {
      what: 'of a server that wants ours, which is not set',
      server: { ...serving(good), requestCert: true, ca: authority.certificatePem, maxVersion: 'TLSv1.2' },
      code: 'tls_protocol_refused',
      says: /tls\.client_cert_pem/,
    },
    ...(['-tls1_2', '-tls1_3'] as const).map((version) => ({
      what: `of a server that takes ours from another authority (${version})`,
      server: () => openssl.serveClientsOf(authority, good, version),
      client: theirs,
      code: 'certificate_client_refused',
      says: /one that it accepts/,
    })),
  ];

  const servers = new LoopbackServers();
  const installation = new Installation();
  let service: RunningService;
  let splunk: FakeSplunk;
  let azure: FakeAzure;
  before(async () => {
    splunk = await startFakeSplunk();
    azure = await startFakeAzure();
    service = await installation.start();
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    await azure.close();
    await servers[Symbol.asyncDispose]();
    installation.remove();
    openssl[Symbol.dispose]();
  });

  const call = (method: string, path: string, body?: object): Promise<ServiceReply> =>
    callService(service.url, installation.key(), method, path, body);

  interface Settings {
    readonly config: JsonObject;
    readonly credentials: JsonObject;
  }

  /** A destination whose server at `address` is the one that is looked at. */
  interface Way {
    readonly what: string;
    readonly type: string;
    readonly settings: (address: string) => Settings;
  }

  const WAYS: readonly Way[] = [
    {
      what: 'Splunk',
      type: 'splunk_hec',
      settings: (url) => ({ config: { url }, credentials: { token: splunk.token } }),
    },
    {
      what: 'Logs Ingestion',
      type: 'sentinel_logs_ingestion',
      settings: (endpoint) => ({
        config: { ...azure.logsIngestion.config, endpoint },
        credentials: azure.logsIngestion.credentials,
      }),
    },
    {
      what: 'the sign-in of Logs Ingestion',
      type: 'sentinel_logs_ingestion',
      settings: (authority) => ({
        config: { ...azure.logsIngestion.config, authority_host: authority },
        credentials: azure.logsIngestion.credentials,
      }),
    },
    {
      what: 'Data Collector',
      type: 'sentinel_data_collector',
      settings: (endpoint) => ({
        config: { ...azure.dataCollector.config, endpoint },
        credentials: azure.dataCollector.credentials,
      }),
    },
  ];

  function make(
    name: string,
    type: string,
    { config, credentials }: Settings,
    tls: JsonObject,
    key?: string,
  ): Promise<ServiceReply> {
    return call('POST', '/v1/siem/destinations', {
      name,
      workspace_id: WORKSPACE,
      type,
      config: { ...config, tls },
      // Without what the service tells of itself, so that requests can be counted.
      sources: ['attestations'],
      credentials: { ...credentials, ...(key === undefined ? {} : { client_key_pem: key }) },
    });
  }

  for (const [index, { what, server, code, says, client }] of CASES.entries()) {
    it(`a certificate ${what} is ${code}; nothing is sent and nothing is lost`, async (t) => {
      let requests = 0;
      const port =
        typeof server === 'function'
          ? await server()
          : await servers.listen(
              createServer(server, (_request, response) => {
                requests += 1;
                response.end();
              }),
            );
      const tls = {
        ca_pem: authority.certificatePem,
        ...(client === undefined ? {} : { client_cert_pem: client.certificatePem }),
      };
      const made = await Promise.all(
        WAYS.map(({ what: way, type, settings }) =>
          make(
            `${what}, ${way}`,
            type,
            settings(`https://127.0.0.1:${port}`),
            tls,
            ...(client === undefined ? [] : [client.privateKeyPem]),
          ),
        ),
      );
      for (const [way, { text, status, body }] of made.entries()) {
        assert.equal(status, 201, text);
        const tested = await call('POST', `/v1/siem/destinations/${body.destination_id}/test`, {});
        assert.equal(tested.body.verdict, code, `${WAYS[way]?.what}: ${tested.text}`);
        assert.match(tested.text, says);
      }
      const [id = ''] = await record(service.url, installation.key(), 7_000 + index, 1);
      for (const [way, { body }] of made.entries()) {
        const at = `/v1/siem/destinations/${body.destination_id}`;
        const health = await until(
          () => call('GET', `${at}/health`),
          ({ text }) => text.includes('"held"'),
        );
        assert.ok(health.text.includes(`"reason":"${code}"`), `${WAYS[way]?.what}: ${health.text}`);
        const story = await call('GET', `/v1/attestations/${id}`);
        const delivery = story.body.deliveries.find((row) => row.destination_id === body.destination_id);
        assert.ok(['pending', 'in_flight'].includes(delivery?.status ?? ''), story.text);
        assert.equal((await call('POST', `${at}/pause`)).status, 200);
      }
      assert.equal(requests, 0);
      assert.equal(azure.requests('logs_ingestion').length, 0, 'without a token nothing is sent');
      t.diagnostic(`cases ${WAYS.length}`);
    });
  }

  it('a good certificate beside them is taken, with ours shown to a server that wants it', async (t) => {
    const wants = { ...serving(good), requestCert: true, ca: authority.certificatePem };
    let requests = 0;
    const port = await servers.listen(
      createServer(wants, (_request, response) => {
        requests += 1;
        response.end('{"text":"Success","code":0}');
      }),
    );
    const secured = await startFakeAzure({ tls: wants });
    t.after(() => secured.close());
    const tls = { ca_pem: authority.certificatePem, client_cert_pem: ours.certificatePem };
    for (const [type, settings] of [
      ['splunk_hec', { config: { url: `https://127.0.0.1:${port}` }, credentials: { token: splunk.token } }],
      ['sentinel_logs_ingestion', secured.logsIngestion],
      ['sentinel_data_collector', secured.dataCollector],
    ] as const) {
      const made = await make(`good ${type}`, type, settings, tls, ours.privateKeyPem);
      const tested = await call('POST', `/v1/siem/destinations/${made.body.destination_id}/test`, {});
      assert.equal(tested.body.verdict, 'delivered', `${type}: ${tested.text}`);
    }
    assert.equal(requests, 1);
    const asked = secured.requests().map(({ service: of }) => of);
    assert.deepEqual(asked, ['token', 'logs_ingestion', 'data_collector'], 'the sign-in service too');
    t.diagnostic('cases 3');
  });

  it('two destinations that sign in alike share no token when they trust other authorities', async (t) => {
    const secured = await startFakeAzure({ tls: serving(good) });
    t.after(() => secured.close());
    for (const [{ name, certificatePem }, verdict] of [
      [authority, 'delivered'],
      [stranger, 'certificate_untrusted'],
    ] as const) {
      const made = await make(`shared ${name}`, 'sentinel_logs_ingestion', secured.logsIngestion, {
        ca_pem: certificatePem,
      });
      const tested = await call('POST', `/v1/siem/destinations/${made.body.destination_id}/test`, {});
      assert.equal(tested.body.verdict, verdict, tested.text);
    }
  });

  const certificate = (bytes: number): string =>
    `-----BEGIN CERTIFICATE-----\n${'A'.repeat(bytes)}\n-----END CERTIFICATE-----\n`;
  const REFUSED: readonly (readonly [
    what: string,
    tls: JsonObject,
    key: string | undefined,
    pointer: string,
    says: RegExp,
  ])[] = [
    ['no PEM', { ca_pem: 'hello' }, undefined, '/config/tls/ca_pem', /BEGIN CERTIFICATE/],
    [
      'PEM of nothing',
      { ca_pem: certificate(40) },
      undefined,
      '/config/tls/ca_pem',
      /not a certificate in PEM/,
    ],
    [
      'an authority of 200 KB',
      { ca_pem: certificate(200_000) },
      undefined,
      '/config/tls/ca_pem',
      /65536 characters/,
    ],
    [
      'an authority that has ended',
      { ca_pem: oldAuthority.certificatePem },
      undefined,
      '/config/tls/ca_pem',
      /ended on \d{4}-/,
    ],
    [
      'the certificate of a server as authority',
      { ca_pem: good.certificatePem },
      undefined,
      '/config/tls/ca_pem',
      /not of the authority/,
    ],
    [
      'a certificate without its key',
      { client_cert_pem: ours.certificatePem },
      undefined,
      '/credentials/client_key_pem',
      /missing/i,
    ],
    [
      'the key of another certificate',
      { client_cert_pem: ours.certificatePem },
      theirs.privateKeyPem,
      '/credentials/client_key_pem',
      /Does not belong/,
    ],
    [
      'a key with a passphrase',
      { client_cert_pem: ours.certificatePem },
      protectedKey,
      '/credentials/client_key_pem',
      /passphrase/,
    ],
    [
      'a key without a certificate',
      {},
      ours.privateKeyPem,
      '/credentials/client_key_pem',
      /no tls\.client_cert_pem/,
    ],
    [
      'the certificate of a server behind that of an authority',
      { ca_pem: `${authority.certificatePem}${good.certificatePem}` },
      undefined,
      '/config/tls/ca_pem',
      /not of the authority/,
    ],
    ['a switch to trust everybody', { verify: false }, undefined, '/config/tls/verify', /not known/],
  ];
  for (const [what, tls, key, pointer, says] of REFUSED) {
    it(`is refused when it is set: ${what}`, async (t) => {
      for (const [type, settings] of [
        [
          'splunk_hec',
          { config: { url: 'https://splunk.example.com:8088' }, credentials: { token: splunk.token } },
        ],
        ['sentinel_logs_ingestion', azure.logsIngestion],
        ['sentinel_data_collector', azure.dataCollector],
      ] as const) {
        const reply = await make(`refused ${what}`, type, settings, tls, key);
        assert.equal(reply.status, 422, `${type}: ${reply.text}`);
        assert.equal(reply.body.pointer, pointer, `${type}: ${reply.text}`);
        assert.match(reply.text, says);
        for (const secret of [
          ...Object.values(settings.credentials),
          ...(key === undefined ? [] : [key.slice(60, 100)]),
        ])
          assert.ok(!reply.text.includes(secret), 'no secret is repeated');
      }
      t.diagnostic('cases 3');
    });
  }

  it('says when a certificate ends: in the destination, in the metrics, and once in the log', async () => {
    const made = await make('soon', 'sentinel_data_collector', azure.dataCollector, {
      ca_pem: `${authority.certificatePem}${soon.certificatePem}`,
    });
    assert.match(made.text, /"certificates":\[\{"pointer":"\/config\/tls\/ca_pem","subject":"CN=Soon"/);
    for (let scrape = 0; scrape < 2; scrape += 1) {
      const metrics = await call('GET', '/metrics');
      assert.match(
        metrics.text,
        /aegis_siem_certificate_expires_timestamp_seconds\{[^}]*name="soon"[^}]*\} \d{10}/,
      );
    }
    const said = installation.logs.split('\n').filter((line) => line.includes('expires within 7 days'));
    assert.equal(said.length, 1, said.join('\n'));
  });

  it('does not start where certificates are not to be checked', async (t) => {
    const other = new Installation();
    t.after(() => {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
      other.remove();
    });
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
    await assert.rejects(
      () => other.start(),
      startErrorOf('tls_checking_off', /NODE_TLS_REJECT_UNAUTHORIZED=0/),
    );
  });
});
