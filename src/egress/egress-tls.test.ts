import assert from 'node:assert/strict';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { after, describe, it } from 'node:test';
import { LoopbackServers } from '../../test/fake-splunk/loopback-servers.ts';
import {
  issueCertificate,
  makeAuthority,
  type TestCertificate,
} from '../../test/fake-splunk/test-certificates.ts';
import { createAddressPolicy } from './address-policy.ts';
import { createEgress } from './create-egress.ts';
import type { EgressResult, TlsSettings } from './egress.ts';

const NAME = 'splunk.example.com';
const DAY_MS = 86_400_000;

describe('TLS of the egress client', () => {
  const authority = makeAuthority('Test Authority');
  const trusted: TlsSettings = { caPem: authority.certificatePem };
  const good = issueCertificate(authority, { dnsName: NAME });
  const servers = new LoopbackServers();
  const egress = createEgress({
    policy: createAddressPolicy('http+127.0.0.1/32:1024-65535'),
    resolve: () => Promise.resolve(['127.0.0.1']),
  });
  after(async () => {
    await egress.close();
    await servers[Symbol.asyncDispose]();
  });

  function serve(
    { certificatePem, privateKeyPem }: TestCertificate,
    more: ServerOptions = {},
  ): Promise<number> {
    return servers.listen(
      createTlsServer({ cert: certificatePem, key: privateKeyPem, ...more }, (request, response) => {
        response.end(`${(request.socket as TLSSocket).servername}`);
      }),
    );
  }

  function ask(port: number, tls: TlsSettings = trusted, host = NAME): Promise<EgressResult> {
    return egress.request({
      method: 'POST',
      url: new URL(`https://${host}:${port}/`),
      headers: {},
      body: Buffer.from('body'),
      timeoutMs: 5_000,
      maxResponseBytes: 1_000,
      tls,
    });
  }

  async function codeOf(asking: Promise<EgressResult>): Promise<string> {
    const result = await asking;
    return result.kind === 'failure' ? `${result.phase} ${result.code}` : `status ${result.status}`;
  }

  it('trusts an authority of the settings, for the name in the certificate, with or without a final dot', async () => {
    const port = await serve(good);
    for (const host of [NAME, `${NAME}.`]) {
      const result = await ask(port, trusted, host);
      // The name that was asked for in the handshake.
      assert.equal(result.kind === 'response' && Buffer.from(result.body).toString(), NAME, host);
    }
  });

  const WRONG: readonly (readonly [what: string, code: string, certificate: () => TestCertificate])[] = [
    [
      'an expired certificate',
      'certificate_expired',
      () => issueCertificate(authority, { dnsName: NAME, notAfter: new Date(Date.now() - DAY_MS) }),
    ],
    [
      'a certificate of tomorrow',
      'certificate_not_yet_valid',
      () => issueCertificate(authority, { dnsName: NAME, notBefore: new Date(Date.now() + DAY_MS) }),
    ],
    [
      'a certificate for another name',
      'certificate_name_mismatch',
      () => issueCertificate(authority, { dnsName: 'other.example.com' }),
    ],
    ['a certificate that signed itself', 'certificate_self_signed', () => makeAuthority(NAME)],
    [
      'a certificate of an unknown authority',
      'certificate_untrusted',
      () => issueCertificate(makeAuthority('Another Authority'), { dnsName: NAME }),
    ],
    [
      'a certificate signed with SHA-1',
      'certificate_weak',
      () => issueCertificate(authority, { dnsName: NAME, hash: 'sha1' }),
    ],
  ];
  for (const [what, code, certificate] of WRONG) {
    it(`refuses ${what} as ${code}, and sends nothing`, async () => {
      let requests = 0;
      const { certificatePem, privateKeyPem } = certificate();
      const port = await servers.listen(
        createTlsServer(
          { cert: certificatePem, key: privateKeyPem, ciphers: 'DEFAULT@SECLEVEL=0' },
          (_request, response) => {
            requests += 1;
            response.end();
          },
        ),
      );
      const result = await ask(port);
      assert.equal(await codeOf(Promise.resolve(result)), `tls ${code}`);
      assert.equal(result.kind === 'failure' && result.requestSent, false);
      assert.equal(requests, 0);
    });
  }

  it('speaks no TLS below 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    assert.equal(await codeOf(ask(await serve(good, old))), 'tls tls_protocol');
  });

  it('says of a server that speaks plain http, or something else, that it speaks no TLS', async () => {
    const http = await servers.http((_request, response) => response.end());
    const ssh = await servers.tcp((socket) => socket.end('SSH-2.0-example\r\n'));
    for (const port of [http, ssh]) assert.equal(await codeOf(ask(port)), 'tls tls_protocol_absent');
  });

  it('shows its own certificate where one is wanted, and names a server that wanted one in vain', async () => {
    const ours = issueCertificate(authority, { dnsName: 'sender.example.com' });
    const refusals = [
      ['TLSv1.2', 'tls_protocol_refused'],
      ['TLSv1.3', 'certificate_client_refused'],
    ] as const;
    for (const [maxVersion, code] of refusals) {
      const port = await serve(good, { requestCert: true, ca: authority.certificatePem, maxVersion });
      const tls = { ...trusted, clientCertPem: ours.certificatePem, clientKeyPem: ours.privateKeyPem };
      assert.equal(await codeOf(ask(port, tls)), 'status 200', maxVersion);
      assert.equal(await codeOf(ask(port)), `tls ${code}`, maxVersion);
      const stranger = makeAuthority('sender.example.com');
      const unknown = {
        ...trusted,
        clientCertPem: stranger.certificatePem,
        clientKeyPem: stranger.privateKeyPem,
      };
      assert.match(
        await codeOf(ask(port, unknown)),
        /^tls certificate_client_refused|^\w+ reset/,
        maxVersion,
      );
    }
  });

  it('dials nothing when its own settings cannot be used, and does not repeat them', async () => {
    let connections = 0;
    const port = await servers.tcp((socket) => {
      connections += 1;
      socket.destroy();
    });
    for (const tls of [
      { caPem: '-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----' },
      { clientCertPem: good.certificatePem, clientKeyPem: authority.privateKeyPem },
      { clientCertPem: good.certificatePem, clientKeyPem: 'secret' },
    ]) {
      const result = await ask(port, tls);
      assert.equal(await codeOf(Promise.resolve(result)), 'tls certificate_settings_unusable');
      assert.doesNotMatch(JSON.stringify(result), /c2VjcmV0|secret/);
    }
    assert.equal(connections, 0);
  });

  it('lends no connection of one TLS identity to another', async () => {
    const port = await serve(good);
    assert.equal(await codeOf(ask(port)), 'status 200');
    assert.equal(await codeOf(ask(port, {})), 'tls certificate_untrusted');
  });
});
