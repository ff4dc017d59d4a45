/**
 * Who may configure destinations but does not run the service learns from none of them which addresses there are behind it:
 * blocked, refused, timed out, name unknown and broken TLS are one answer, after one time. Whoever runs it is told apart.
 */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { UNREACHABLE_AFTER_MS } from '../../src/api/test-destination.ts';
import type { RunningService } from '../../src/service.ts';
import { callService, type ServiceReply } from '../api/call-service.ts';
import { Installation, record, WORKSPACE } from '../api/installation.ts';
import { startFakeAzure } from '../fake-azure/fake-azure.ts';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';
import { until } from './until.ts';

/** A timer is late on a busy machine; an answer of its own time would be earlier, or that of a deadline of 30 s. */
const LATE_MS = 4_000;
const BLOCKED_PORT = 1_025;
const TOKEN = '00000000-0000-4000-8000-0000000000aa';

describe('what cannot be reached', () => {
  const installation = new Installation();
  const servers = new LoopbackServers();
  let service: RunningService;
  let tenant: string;
  let attestation: string;
  /** By what is in the way. */
  const ids = new Map<string, string>();

  before(async () => {
    const closed = createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port: refused } = closed.address() as { port: number };
    closed.close();
    const silent = await servers.tcp(() => undefined);
    const garbage = await servers.tcp(
      (socket) => void socket.once('data', () => socket.end('hello\r\n\r\n')),
    );
    const hangsUp = await servers.tcp((socket) => void socket.once('data', () => socket.resetAndDestroy()));
    const azure = await startFakeAzure();
    await azure.close();
    service = await installation.start();
    const splunk = (url: string) => ({ type: 'splunk_hec', config: { url }, credentials: { token: TOKEN } });
    const settings = {
      blocked: splunk(`http://127.0.0.1:${BLOCKED_PORT}`),
      refused: splunk(`http://127.0.0.1:${refused}`),
      silent: splunk(`http://127.0.0.1:${silent}`),
      'name unknown': splunk('https://splunk.nowhere.invalid:8088'),
      'no TLS': splunk(`https://127.0.0.1:${garbage}`),
      'no HTTP': splunk(`http://127.0.0.1:${garbage}`),
      'hangs up': splunk(`http://127.0.0.1:${hangsUp}`),
      'sign-in refused': { type: 'sentinel_logs_ingestion', ...azure.logsIngestion },
    };
    for (const [name, more] of Object.entries(settings)) {
      const made = await callService(service.url, installation.key(), 'POST', '/v1/siem/destinations', {
        name,
        workspace_id: WORKSPACE,
        sources: ['attestations'],
        ...more,
      });
      assert.equal(made.status, 201, made.text);
      ids.set(name, made.body.destination_id);
    }
    await service.stop();
    service = await installation.start({ AEGIS_SIEM_EGRESS_ALLOW: 'http+127.0.0.1/32:2000-65535' });
    const made = await callService(service.url, installation.key(), 'POST', '/v1/api-keys', {
      name: 'tenant',
      workspace_id: WORKSPACE,
      scopes: ['admin'],
    });
    tenant = made.body.key;
    // It is on its way while the tests wait: its longest deadline ends in half a minute.
    [attestation = ''] = await record(service.url, installation.key(), 8_100, 1);
  });
  after(async () => {
    await service.stop();
    await servers[Symbol.asyncDispose]();
    installation.remove();
  });

  const at = (id: string, part: string): string => `/v1/siem/destinations/${id}${part}`;
  const ask = (method: string, path: string, key: string): Promise<ServiceReply> =>
    callService(service.url, key, method, path, method === 'POST' ? {} : undefined);

  it('is one verdict after one time to who may test it', { timeout: 120_000 }, async (t) => {
    const answers = new Map<string, string>();
    const all = [...ids];
    // No more tests run at once.
    for (const some of [all.slice(0, 4), all.slice(4)]) {
      await Promise.all(
        some.map(async ([name, id]) => {
          const startedMs = performance.now();
          const { status, text } = await ask('POST', at(id, '/test'), tenant);
          const tookMs = performance.now() - startedMs;
          assert.equal(status, 200, text);
          assert.ok(
            tookMs >= UNREACHABLE_AFTER_MS - 5 && tookMs < UNREACHABLE_AFTER_MS + LATE_MS,
            `${name}: ${tookMs} ms`,
          );
          const { event_uid: _, ...verdict } = JSON.parse(text) as Record<string, unknown>;
          answers.set(name, JSON.stringify(verdict));
        }),
      );
    }
    assert.equal(new Set(answers.values()).size, 1, [...answers].join('\n'));
    assert.match([...answers.values()][0] ?? '', /"verdict":"unreachable".*"code":"unreachable"/);
    const audit = await ask('GET', '/v1/audit?limit=50', tenant);
    const told = audit.body.items
      .filter(({ action }) => action === 'destination.tested')
      .map((entry) => JSON.stringify((entry as unknown as { after: unknown }).after));
    assert.deepEqual([told.length, new Set(told).size], [all.length, 1], 'and so it is kept');
    t.diagnostic(`cases ${all.length}`);
  });

  it('looks one way in health, overview, deliveries and attempts', { timeout: 120_000 }, async (t) => {
    const reasons = new Set<string>();
    const healths = new Set<string>();
    const operator = installation.key();
    for (const [name, id] of ids) {
      // The longest deadline of a send has to end first.
      const { body } = await until(
        () => ask('GET', at(id, '/health'), operator),
        ({ text }) => /"state":"(?:failing|held)"/.test(text),
        60_000,
      );
      reasons.add(String((body.health as unknown as { reason: unknown }).reason));
      const { body: seen, text } = await ask('GET', at(id, '/health'), tenant);
      const { since: _, ...health } = seen.health as unknown as Record<string, unknown>;
      const { paused_until: pause, failure_streak: streak } = seen as unknown as Record<string, unknown>;
      healths.add(JSON.stringify({ health, pause, streak }));
      assert.match(text, /"reason":"unreachable"/, name);
      const attempts = await ask('GET', at(id, '/attempts'), tenant);
      assert.deepEqual(attempts.body.items, [], name);
      if (body.health.state === 'failing')
        assert.notDeepEqual((await ask('GET', at(id, '/attempts'), operator)).body.items, [], name);
    }
    assert.equal(healths.size, 1, [...healths].join('\n'));
    assert.ok(reasons.size >= 5, `the operator sees ${[...reasons].join(', ')}`);
    const own = /address_|refused|timeout|name_not_found|name_lookup|tls_|not_http|"reset"|127\.0\.0\.1 /;
    for (const path of [
      '/v1/siem/overview',
      '/v1/siem/deliveries',
      '/v1/siem/outbox',
      `/v1/attestations/${attestation}`,
      `/v1/attestations/${attestation}/sent`,
    ]) {
      const reply = await ask('GET', path, tenant);
      assert.equal(reply.status, 200, `${path}: ${reply.text}`);
      const withoutNames = [...ids.keys()].reduce((text, name) => text.replaceAll(name, ''), reply.text);
      assert.doesNotMatch(withoutNames, own, path);
    }
    t.diagnostic(`cases ${ids.size}`);
  });

  it('is told apart to whoever runs the service', { timeout: 120_000 }, async (t) => {
    const words = new Set<string>();
    // Not the one that is waited for half a minute: health has shown it.
    const quick = [...ids].filter(([name]) => name !== 'silent');
    for (const [, id] of quick) {
      const { body } = await ask('POST', at(id, '/test'), installation.key());
      assert.notEqual(body.verdict, 'unreachable');
      words.add(`${body.verdict} ${String((body as unknown as { code: unknown }).code)}`);
    }
    assert.ok(words.size >= 5, [...words].join(', '));
    t.diagnostic(`cases ${quick.length}`);
  });
});
