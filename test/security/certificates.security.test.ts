/**
 * Broken certificates, made by openssl, at the real service: each is refused in the right words, nothing is sent, the events
 * are held, and a destination beside it gets its own.
 */
import assert from 'node:assert/strict';
import { createServer, type ServerOptions } from 'node:https';
import { after, before, describe, it } from 'node:test';
import type { JsonObject } from '../../src/json.ts';
import type { RunningService } from '../../src/service.ts';
import { callService, type ServiceReply } from '../api/call-service.ts';
import { Installation, record, startErrorOf, WORKSPACE } from '../api/installation.ts';
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
  before(async () => {
    splunk = await startFakeSplunk();
    service = await installation.start();
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    await servers[Symbol.asyncDispose]();
    installation.remove();
    openssl[Symbol.dispose]();
  });

  const call = (method: string, path: string, body?: object): Promise<ServiceReply> =>
    callService(service.url, installation.key(), method, path, body);

  function make(name: string, config: JsonObject, credentials: JsonObject = {}): Promise<ServiceReply> {
    return call('POST', '/v1/siem/destinations', {
      name,
      workspace_id: WORKSPACE,
      type: 'splunk_hec',
      config,
      credentials: { token: splunk.token, ...credentials },
    });
  }

  for (const [index, { what, server, code, says, client }] of CASES.entries()) {
    it(`a certificate ${what} is ${code}; nothing is sent and nothing is lost`, async () => {
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
      const made = await make(
        what,
        {
          url: `https://127.0.0.1:${port}`,
          tls: {
            ca_pem: authority.certificatePem,
            ...(client === undefined ? {} : { client_cert_pem: client.certificatePem }),
          },
        },
        client === undefined ? {} : { client_key_pem: client.privateKeyPem },
      );
      assert.equal(made.status, 201, made.text);
      const at = `/v1/siem/destinations/${made.body.destination_id}`;
      const tested = await call('POST', `${at}/test`, {});
      assert.equal(tested.body.verdict, code, tested.text);
      assert.match(tested.text, says);
      const [id = ''] = await record(service.url, installation.key(), 7_000 + index, 1);
      const health = await until(
        () => call('GET', `${at}/health`),
        ({ text }) => text.includes('"held"'),
      );
      assert.ok(health.text.includes(`"reason":"${code}"`), health.text);
      assert.equal(requests, 0);
      const story = await call('GET', `/v1/attestations/${id}`);
      const delivery = story.body.deliveries.find((row) => row.destination_id === made.body.destination_id);
      assert.ok(['pending', 'in_flight'].includes(delivery?.status ?? ''), story.text);
      assert.equal((await call('POST', `${at}/pause`)).status, 200);
    });
  }

  it('a good certificate beside them is taken, with ours shown to a server that wants it', async () => {
    let requests = 0;
    const port = await servers.listen(
      createServer(
        { ...serving(good), requestCert: true, ca: authority.certificatePem },
        (_request, response) => {
          requests += 1;
          response.end('{"text":"Success","code":0}');
        },
      ),
    );
    const tls = { ca_pem: authority.certificatePem, client_cert_pem: ours.certificatePem };
    const made = await make(
      'good',
      { url: `https://127.0.0.1:${port}`, tls },
      { client_key_pem: ours.privateKeyPem },
    );
    const tested = await call('POST', `/v1/siem/destinations/${made.body.destination_id}/test`, {});
    assert.equal(tested.body.verdict, 'delivered', tested.text);
    assert.equal(requests, 1);
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
    ['a switch to trust everybody', { verify: false }, undefined, '/config/tls/verify', /not known/],
  ];
  for (const [what, tls, key, pointer, says] of REFUSED) {
    it(`is refused when it is set: ${what}`, async () => {
      const reply = await make(
        `refused ${what}`,
        { url: 'https://splunk.example.com:8088', tls },
        key === undefined ? {} : { client_key_pem: key },
      );
      assert.equal(reply.status, 422, reply.text);
      assert.equal(reply.body.pointer, pointer, reply.text);
      assert.match(reply.text, says);
      for (const secret of [splunk.token, ...(key === undefined ? [] : [key.slice(60, 100)])])
        assert.ok(!reply.text.includes(secret), 'no secret is repeated');
    });
  }

  it('says when a certificate ends: in the destination, in the metrics, and once in the log', async () => {
    const made = await make('soon', {
      url: 'https://splunk.example.com:8088',
      tls: { ca_pem: `${authority.certificatePem}${soon.certificatePem}` },
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
