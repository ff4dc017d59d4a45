/** Every way in which a certificate can be wrong, at each connector: all rows are held, and the advice says what to do. */
import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import { after, before, describe, it } from 'node:test';
import { createAddressPolicy } from '../../src/egress/address-policy.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { Egress } from '../../src/egress/egress.ts';
import { type FakeAzure, startFakeAzure } from '../fake-azure/fake-azure.ts';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';
import { issueCertificate, makeAuthority, type TestCertificate } from '../fake-splunk/test-certificates.ts';
import { sendByEach } from './three-connectors.ts';

const NAME = 'siem.example.com';
const DAY_MS = 86_400_000;
const authority = makeAuthority('Test Authority');

const WRONG: readonly (readonly [reason: string, certificate: () => TestCertificate])[] = [
  [
    'certificate_expired',
    () => issueCertificate(authority, { dnsName: NAME, notAfter: new Date(Date.now() - DAY_MS) }),
  ],
  [
    'certificate_not_yet_valid',
    () => issueCertificate(authority, { dnsName: NAME, notBefore: new Date(Date.now() + DAY_MS) }),
  ],
  ['certificate_name_mismatch', () => issueCertificate(authority, { dnsName: 'other.example.com' })],
  ['certificate_self_signed', () => makeAuthority(NAME)],
  ['certificate_untrusted', () => issueCertificate(makeAuthority('Unknown'), { dnsName: NAME })],
  ['certificate_weak', () => issueCertificate(authority, { dnsName: NAME, hash: 'sha1' })],
];

describe('a wrong certificate', () => {
  const servers = new LoopbackServers();
  const real = createEgress({
    policy: createAddressPolicy('http+127.0.0.1/32:1024-65535'),
    resolve: () => Promise.resolve(['127.0.0.1']),
  });
  // The authority stands in for one of the system's list.
  const trusting: Egress = {
    request: (request) =>
      real.request({ ...request, tls: { ...request.tls, caPem: authority.certificatePem } }),
    close: () => real.close(),
  };
  let azure: FakeAzure;
  before(async () => {
    azure = await startFakeAzure();
  });
  after(async () => {
    await real.close();
    await azure.close();
    await servers[Symbol.asyncDispose]();
  });

  for (const [reason, certificate] of WRONG) {
    it(`holds as ${reason}, and nothing is sent`, async () => {
      let requests = 0;
      const { certificatePem, privateKeyPem } = certificate();
      const port = await servers.listen(
        createServer(
          { cert: certificatePem, key: privateKeyPem, ciphers: 'DEFAULT@SECLEVEL=0' },
          (_request, response) => {
            requests += 1;
            response.end();
          },
        ),
      );
      const outcomes = await sendByEach({ address: `https://${NAME}:${port}`, egress: trusting, azure });
      for (const [connector, outcome] of Object.entries(outcomes)) {
        assert.ok(outcome.kind === 'configuration', `${connector}: ${outcome.kind}`);
        assert.equal(outcome.reason, reason, connector);
        assert.match(outcome.advice, /certificate/, connector);
      }
      assert.equal(requests, 0);
    });
  }
});
