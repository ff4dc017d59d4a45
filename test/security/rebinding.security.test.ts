/** A name whose answers change between two look-ups: what is dialled is what was checked, each time. */
import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer } from 'node:net';
import { after, describe, it } from 'node:test';
import { createAddressPolicy } from '../../src/egress/address-policy.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { Egress, EgressResult } from '../../src/egress/egress.ts';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';
import { issueCertificate, makeAuthority } from '../fake-splunk/test-certificates.ts';
import { startStubDns, type StubDns } from './stub-dns.ts';

const FLIPS = 200;
const NAME = 'rebind.example.com';
/** Another address of this machine, which no list names: what a rebinding is after. */
const TRAP_ADDRESS = '127.0.0.2';
const PRIVATE = [
  TRAP_ADDRESS,
  '::1',
  '10.0.0.1',
  '169.254.169.254',
  '192.168.1.1',
  '::ffff:127.0.0.2',
  '0.0.0.0',
];

describe('DNS rebinding', () => {
  const servers = new LoopbackServers();
  const authority = makeAuthority('Test Authority');
  after(() => servers[Symbol.asyncDispose]());

  /** A server that is listed, and traps with the same port on the addresses that are not. */
  async function serve(scheme: 'http' | 'https'): Promise<{
    readonly port: number;
    readonly served: () => number;
    readonly trapped: () => number;
  }> {
    let served = 0;
    let trapped = 0;
    const { certificatePem, privateKeyPem } = issueCertificate(authority, { dnsName: NAME });
    const port =
      scheme === 'http'
        ? await servers.http((_request, response) => {
            served += 1;
            response.setHeader('connection', 'close').end('ok');
          })
        : await servers.listen(
            createHttpsServer({ cert: certificatePem, key: privateKeyPem }, (_request, response) => {
              served += 1;
              response.setHeader('connection', 'close').end('ok');
            }),
          );
    for (const host of [TRAP_ADDRESS, '::1']) {
      const trap = createTcpServer((socket) => {
        trapped += 1;
        socket.destroy();
      });
      const listening = Promise.withResolvers<void>();
      trap.once('error', listening.reject).listen({ port, host }, () => listening.resolve());
      await listening.promise;
      after(() => void trap.close());
    }
    return { port, served: () => served, trapped: () => trapped };
  }

  function client(dns: StubDns, port: number): Egress {
    const resolver = new Resolver({ timeout: 1_000, tries: 3 });
    resolver.setServers([`127.0.0.1:${dns.port}`]);
    const answers = async (asking: Promise<string[]>): Promise<string[]> => asking.catch(() => []);
    return createEgress({
      policy: createAddressPolicy(`http+127.0.0.1/32:${port}`),
      resolve: async (name) =>
        (await Promise.all([answers(resolver.resolve4(name)), answers(resolver.resolve6(name))])).flat(),
    });
  }

  function ask(egress: Egress, scheme: string, port: number): Promise<EgressResult> {
    return egress.request({
      method: 'POST',
      url: new URL(`${scheme}://${NAME}:${port}/`),
      headers: {},
      body: Buffer.from('body'),
      timeoutMs: 10_000,
      maxResponseBytes: 1_000,
      tls: { caPem: authority.certificatePem },
    });
  }

  for (const scheme of ['http', 'https'] as const) {
    it(`${scheme}: of ${FLIPS} answers that flip, ${FLIPS / 2} are served and no private one is dialled`, async (t) => {
      const { port, served, trapped } = await serve(scheme);
      let flip = 0;
      await using dns = await startStubDns(() => [
        flip % 2 === 0 ? '127.0.0.1' : (PRIVATE[(flip >> 1) % PRIVATE.length] ?? ''),
      ]);
      const egress = client(dns, port);
      for (; flip < FLIPS; flip += 1) {
        const result = await ask(egress, scheme, port);
        if (flip % 2 === 0) assert.equal(result.kind, 'response', JSON.stringify(result));
        else assert.equal(result.kind === 'failure' && result.phase, 'blocked', `flip ${flip}`);
      }
      await egress.close();
      assert.ok(dns.questions() >= FLIPS, 'each send asks anew');
      assert.deepEqual([served(), trapped()], [FLIPS / 2, 0]);
      t.diagnostic(`cases ${FLIPS}`);
    });

    it(`${scheme}: an answer with a good and a bad address is refused as a whole, in every order`, async (t) => {
      const { port, served, trapped } = await serve(scheme);
      let answers: readonly string[] = [];
      await using dns = await startStubDns(() => answers);
      const egress = client(dns, port);
      for (const bad of PRIVATE) {
        for (answers of [
          ['127.0.0.1', bad],
          [bad, '127.0.0.1'],
        ]) {
          const result = await ask(egress, scheme, port);
          assert.equal(result.kind === 'failure' && result.phase, 'blocked', answers.join());
        }
      }
      await egress.close();
      assert.deepEqual([served(), trapped()], [0, 0]);
      t.diagnostic(`cases ${PRIVATE.length * 2}`);
    });
  }

  it('uses no kept connection to an address that was denied after it was made', async () => {
    let requests = 0;
    const port = await servers.http((_request, response) => {
      requests += 1;
      response.end('ok');
    });
    const policy = createAddressPolicy(`http+127.0.0.1/32:${port}`);
    const egress = createEgress({ policy, resolve: () => Promise.resolve(['127.0.0.1']) });
    assert.equal((await ask(egress, 'http', port)).kind, 'response');
    policy.deny([{ address: '127.0.0.1', port }]);
    const result = await ask(egress, 'http', port);
    assert.deepEqual(result.kind === 'failure' && [result.phase, result.code, result.requestSent], [
      'blocked',
      'address_own_service',
      false,
    ]);
    await egress.close();
    assert.equal(requests, 1);
  });
});
