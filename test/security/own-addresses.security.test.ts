/**
 * Everybody who calls out, at everything that must not be called, under a list that allows all there is: the API, the metrics
 * of a worker, the database and the metadata address are never dialled.
 */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { OidcProvider } from '../../src/api/sign-in/oidc/oidc-provider.ts';
import type { Egress } from '../../src/egress/egress.ts';
import { probeAddress } from '../../src/egress/probe-address.ts';
import { webhookChannel } from '../../src/notices/webhook.ts';
import type { Outbound } from '../../src/outbound.ts';
import { serviceOutbound } from '../../src/service-outbound.ts';
import { Installation } from '../api/installation.ts';
import { type ConnectorName, sendByEach } from '../connectors/three-connectors.ts';
import { type FakeAzure, startFakeAzure } from '../fake-azure/fake-azure.ts';
import { AUDIENCE, FakeProvider } from '../fake-oidc/fake-provider.ts';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const ALL_THERE_IS = 'http+0.0.0.0/0,http+[::/0]';
const WITHIN_MS = 5_000;

interface Ground {
  readonly outbound: Outbound;
  readonly azure: FakeAzure;
  readonly provider: FakeProvider;
}

/** Calls an address, and answers the code of what became of it. */
type Caller = (target: string, ground: Ground) => Promise<string | undefined>;

/** Each file of `src/` that makes a request over the egress client, and how it is brought to call an address. */
const CALLERS: readonly { readonly who: string; readonly file: string; readonly call: Caller }[] = [
  {
    who: 'delivery to Splunk',
    file: 'src/connectors/splunk-hec/connector.ts',
    call: sends('splunk-hec'),
  },
  {
    who: 'delivery by the Logs Ingestion API',
    file: 'src/connectors/sentinel-logs-ingestion/connector.ts',
    call: sends('sentinel-logs-ingestion'),
  },
  {
    who: 'delivery by the Data Collector API',
    file: 'src/connectors/sentinel-data-collector/connector.ts',
    call: sends('sentinel-data-collector'),
  },
  {
    who: 'sign-in at Entra',
    file: 'src/connectors/entra/entra-tokens.ts',
    call: async (target, { outbound, azure }) => {
      const { logsIngestion } = azure;
      const config = { ...logsIngestion.config, authority_host: target };
      const elsewhere = { ...azure, logsIngestion: { ...logsIngestion, config } };
      const outcomes = await sendByEach({ address: azure.url, egress: outbound.egress, azure: elsewhere });
      return codeOf(outcomes['sentinel-logs-ingestion']);
    },
  },
  {
    who: 'webhook of notices',
    file: 'src/notices/webhook.ts',
    call: async (target, { outbound }) => {
      const channel = webhookChannel({
        url: new URL(`${target}/hook`),
        key: randomBytes(32),
        egress: outbound.egress,
      });
      try {
        await channel.send({ notices: [], leftOut: 0 }, 'msg-1', Date.now());
        return undefined;
      } catch (error) {
        return /^(?<code>[a-z_]+): /.exec((error as Error).message)?.groups?.['code'];
      }
    },
  },
  {
    who: 'discovery of the identity provider',
    file: 'src/api/sign-in/oidc/oidc-provider.ts',
    call: (target, { outbound }) => askProvider(target, outbound, (provider) => provider.metadata()),
  },
  {
    who: 'keys of the identity provider',
    file: 'src/api/sign-in/oidc/oidc-provider.ts',
    call: async (target, { outbound, provider }) => {
      provider.metadata = { jwks_uri: `${target}/keys` };
      const token = await provider.token({ aud: AUDIENCE, sub: 'mia-1' });
      return askProvider(provider.issuer, outbound, (asked) => asked.verify(token, AUDIENCE));
    },
  },
  {
    who: 'tokens of the identity provider',
    file: 'src/api/sign-in/oidc/oidc-provider.ts',
    call: (target, { outbound, provider }) =>
      askProvider(provider.issuer, outbound, (asked) =>
        asked.call(new URL(`${target}/token`), { body: new URLSearchParams(), headers: {} }),
      ),
  },
  {
    who: 'doctor, which asks a destination for its clock',
    file: 'src/cli/doctor/examine-destination.ts',
    call: async (target, { outbound }) => {
      const request = { url: new URL(target), headers: {}, timeoutMs: WITHIN_MS, maxResponseBytes: 1_000 };
      const result = await outbound.egress.request({ method: 'GET', ...request });
      return result.kind === 'failure' ? result.code : undefined;
    },
  },
  {
    who: 'handshake for the end of a certificate',
    file: 'src/egress/probe-address.ts',
    call: async (target, { outbound: { policy } }) => {
      const probe = await probeAddress(new URL(target), undefined, { policy, timeoutMs: WITHIN_MS });
      return probe.ok ? undefined : probe.code;
    },
  },
];

function sends(name: ConnectorName): Caller {
  return async (address, { outbound: { egress }, azure }) =>
    codeOf((await sendByEach({ address, egress, azure }))[name]);
}

/** The word of the guard, somewhere in an outcome. */
function codeOf(outcome: object): string | undefined {
  return /"(?<code>address_(?!blocked")[a-z_]+)"/.exec(JSON.stringify(outcome))?.groups?.['code'];
}

async function askProvider(
  issuer: string,
  { egress }: { readonly egress: Egress },
  ask: (provider: OidcProvider) => Promise<unknown>,
): Promise<string | undefined> {
  let code: string | undefined;
  const logger = { warn: (fields: object) => void (code = (fields as { code?: string }).code) };
  const provider = new OidcProvider({ issuer, egress, nowMs: () => Date.now(), logger });
  await assert.rejects(ask(provider), { code: 'sign_in_unavailable' });
  return code;
}

describe('what must never be called', () => {
  const servers = new LoopbackServers();
  const installation = new Installation();
  const ports: Record<string, number> = {};
  let connections = 0;
  let ground: Ground;
  const trap = (): Promise<number> =>
    servers.http((_request, response) => {
      connections += 1;
      response.end('{"text":"Success","code":0}');
    });

  before(async () => {
    for (const what of ['API', 'metrics of a worker', 'database', 'port that the system chose'])
      ports[what] = await trap();
    const settings = installation.settings({
      AEGIS_SIEM_EGRESS_ALLOW: ALL_THERE_IS,
      AEGIS_SIEM_HOST: '127.0.0.1',
      AEGIS_SIEM_PORT: String(ports['API']),
      AEGIS_SIEM_WORKER_PORT: String(ports['metrics of a worker']),
      AEGIS_SIEM_STORE: `postgres://aegis@127.0.0.1:${ports['database']}/aegis`,
    });
    const chosen = { address: '127.0.0.1', port: ports['port that the system chose'] ?? 0 };
    ground = {
      outbound: await serviceOutbound(settings, [chosen]),
      azure: await startFakeAzure(),
      provider: await FakeProvider.start(),
    };
  });
  after(async () => {
    await ground.outbound.close();
    await Promise.all([ground.azure.close(), ground.provider[Symbol.asyncDispose]()]);
    await servers[Symbol.asyncDispose]();
    installation.remove();
  });

  for (const { who, call } of CALLERS) {
    for (const what of ['API', 'metrics of a worker', 'database', 'port that the system chose'])
      it(`is not called by the ${who}: the ${what}`, async () => {
        for (const host of ['127.0.0.1', '[::ffff:127.0.0.1]', 'localhost'])
          assert.equal(await call(`http://${host}:${ports[what]}`, ground), 'address_own_service', host);
        assert.equal(connections, 0, 'nothing was dialled');
      });

    it(`is not called by the ${who}: the metadata addresses of clouds`, async () => {
      for (const target of ['http://169.254.169.254', 'http://[fd00:ec2::254]', 'http://[::ffff:a9fe:a9fe]'])
        assert.equal(await call(target, ground), 'address_metadata', target);
    });
  }

  it('would be called if it were not ours: the list allows it', async () => {
    const settings = installation.settings({ AEGIS_SIEM_EGRESS_ALLOW: ALL_THERE_IS });
    const elsewhere = { ...ground, outbound: await serviceOutbound(settings) };
    for (const { call } of CALLERS)
      await call(`http://127.0.0.1:${ports['API']}`, elsewhere).catch(() => undefined);
    assert.ok(connections >= CALLERS.length, `${connections} connections`);
    await elsewhere.outbound.close();
    connections = 0;
  });
});

describe('the callers of this table', () => {
  const sources = globSync('src/**/*.ts', { cwd: ROOT })
    .filter((file) => !file.endsWith('.test.ts'))
    .map((file) => ({ file: file.replaceAll('\\', '/'), text: readFileSync(join(ROOT, file), 'utf8') }));
  const having = (pattern: RegExp): readonly string[] =>
    sources.flatMap(({ file, text }) => (pattern.test(text) ? [file] : [])).toSorted();

  it('are all there are: whatever makes a request over the egress client is in it', () => {
    const callers = having(/\begress\s*\.request\(|\begress\.request\b(?!\s*:)/u).filter(
      (file) => file !== 'src/outbound.ts',
    );
    const known = new Set(CALLERS.map(({ file }) => file));
    known.delete('src/egress/probe-address.ts');
    assert.deepEqual(callers, [...known].toSorted());
  });

  it('have one of two clients: that of the service, or that of the delivery, which is given the same addresses', () => {
    assert.deepEqual(having(/\bcreateOutbound\(/u), [
      'src/delivery-engine.ts',
      'src/outbound.ts',
      'src/service-outbound.ts',
    ]);
    assert.deepEqual(having(/\bcreateEgress\(/u), ['src/egress/create-egress.ts', 'src/outbound.ts']);
    const delivery = sources.find(({ file }) => file === 'src/service-delivery.ts')?.text ?? '';
    assert.match(delivery, /denied: \[\.\.\.denied, \.\.\.\(await ownEndpoints\(settings\)\)\]/);
  });
});
