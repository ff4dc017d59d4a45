import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { Client } from 'pg';
import type { ServiceReply } from '../../api/call-service.ts';
import { WORKSPACE } from '../../api/installation.ts';
import type { BadInput } from './bad-input.ts';
import { type BadInputWorld, isRefused } from './bad-input-world.ts';

const URL_OF = (host: string): string => `https://${host}:8088`;
const SECRET = 'secret-of-the-url';

/** Each address is refused with one of these verdicts, and no secret of it comes back. */
async function refusesAddresses(
  world: BadInputWorld,
  verdicts: readonly string[],
  urls: readonly string[],
): Promise<void> {
  for (const url of urls) {
    const reply = await world.create({ url });
    isRefused(reply, { status: 422, code: 'address_refused', pointer: '/config/url' });
    const { verdict } = reply.body;
    assert.ok(verdicts.includes(verdict), `${url}: ${verdict}`);
    assert.ok(!reply.text.includes(SECRET), 'no secret is repeated');
  }
}

async function refusesCredential(world: BadInputWorld, token: string): Promise<void> {
  const reply = await world.create({ url: 'https://splunk.example.com:8088' }, { credentials: { token } });
  assert.equal(reply.status, 422, reply.text);
  assert.ok(['bad_credential', 'bad_value', 'masked_secret'].includes(reply.body.code), reply.text);
  if (token.length > 12)
    assert.ok(!reply.text.includes(token.trim().slice(0, 40)), 'the credential is not repeated');
}

function sentinel(world: BadInputWorld, changes: object, more: object = {}): Promise<ServiceReply> {
  return world.create(
    {
      endpoint: 'https://aegis-x1y2.eastus-1.ingest.monitor.azure.com',
      dcr_immutable_id: `dcr-${'0'.repeat(32)}`,
      stream: 'Custom-AegisOcsf_CL',
      tenant_id: '72f988bf-86f1-41af-91ab-2d7cd011db47',
      client_id: '72f988bf-86f1-41af-91ab-2d7cd011db48',
      ...changes,
    },
    { type: 'sentinel_logs_ingestion', credentials: { client_secret: 'abcdefghijklmnop~1234567' }, ...more },
  );
}

/** B045 to B069, and B113: settings of a destination. */
export const DESTINATION_INPUTS: readonly BadInput[] = [
  {
    id: 'B045',
    input: 'http, file, ftp, javascript, data, without a scheme',
    expected: '422 with its verdict',
    run: (world) =>
      refusesAddresses(
        world,
        ['plain_http', 'scheme', 'not_a_url'],
        [
          'http://8.8.8.8:8088',
          'file:///etc/passwd',
          'ftp://splunk.example.com',
          'javascript:alert(1)',
          'data:text/plain,x',
          '//splunk.example.com',
          'splunk.example.com:8088',
        ],
      ),
  },
  {
    id: 'B046',
    input: '127.0.0.1 in other words',
    expected: '422 loopback',
    run: (world) =>
      refusesAddresses(
        world,
        ['loopback'],
        ['0x7f.1', '2130706433', '0177.0.0.1', '127.1', '１２７.0.0.1', '%31%32%37.0.0.1'].map(
          (host) => `https://${host}`,
        ),
      ),
  },
  {
    id: 'B047',
    input: 'loopback over IPv6, also embedded',
    expected: '422',
    run: (world) =>
      refusesAddresses(
        world,
        ['loopback', 'unspecified', 'embedded_ipv4'],
        ['[::1]', '[::]', '[::ffff:7f00:2]', '[::127.0.0.1]', '[::ffff:0:7f00:1]'].map(
          (host) => `https://${host}`,
        ),
      ),
  },
  {
    id: 'B048',
    input: 'the metadata addresses and names',
    expected: '422; nothing is dialled',
    run: (world) =>
      refusesAddresses(
        world,
        ['metadata', 'embedded_ipv4'],
        [
          '169.254.169.254',
          '169.254.169.254.',
          '[::ffff:a9fe:a9fe]',
          '[64:ff9b::a9fe:a9fe]',
          '[2002:a9fe:a9fe::]',
          '[fd00:ec2::254]',
          'metadata.google.internal',
          'metadata',
        ].map(URL_OF),
      ),
    alsoShownBy: [['test/security/metadata-trap.security.test.ts', 'no metadata address is reached']],
  },
  {
    id: 'B049',
    input: 'addresses that the registries set aside',
    expected: '422',
    run: (world) =>
      refusesAddresses(
        world,
        ['unspecified', 'reserved', 'multicast', 'shared', 'documentation', 'benchmarking'],
        [
          '0.0.0.0',
          '255.255.255.255',
          '224.0.0.1',
          '240.0.0.1',
          '100.64.0.1',
          '192.0.2.1',
          '198.18.0.1',
          '[5f00::1]',
          '[100::1]',
        ].map(URL_OF),
      ),
  },
  {
    id: 'B050',
    input: 'localhost in other words; a name that leads to loopback',
    expected: '422, or blocked where it is dialled',
    run: async (world) => {
      await refusesAddresses(
        world,
        ['loopback'],
        ['https://localhost.', 'https://LOCALHOST', 'https://a.localhost'],
      );
    },
    alsoShownBy: [['test/security/address-table.ts', 'https://a.example.com']],
  },
  {
    id: 'B051',
    input: 'private networks, with and without the list',
    expected: '422 without; taken with',
    run: (world) =>
      refusesAddresses(
        world,
        ['private'],
        ['10.0.0.1', '172.16.0.1', '192.168.1.1', '[fc00::1]'].map(URL_OF),
      ),
    alsoShownBy: [['test/security/address-table.ts', 'https://10.20.9.9:8088']],
  },
  {
    id: 'B052',
    input: 'a name with a public and a private answer',
    expected: 'refused as a whole',
    alsoShownBy: [
      [
        'test/security/rebinding.security.test.ts',
        'an answer with a good and a bad address is refused as a whole',
      ],
    ],
  },
  {
    id: 'B053',
    input: 'a name that leads elsewhere at the next look-up',
    expected: 'blocked at the send',
    alsoShownBy: [['test/security/rebinding.security.test.ts', 'no private one is dialled']],
  },
  {
    id: 'B054',
    input: 'user names, backslashes, fragments, tabs and line breaks in an address',
    expected: '422; no secret repeated',
    run: (world) =>
      refusesAddresses(
        world,
        ['userinfo', 'not_a_url', 'query'],
        [
          `https://user:${SECRET}@splunk.example.com`,
          'https://splunk.example.com\\@127.0.0.1',
          'https://splunk.example.com#@127.0.0.1',
          'https://splunk.exa\tmple.com',
          'https://splunk.exa\nmple.com',
        ],
      ),
  },
  {
    id: 'B055',
    input: 'ports of others, of ourselves and of the database',
    expected: '422',
    run: async (world) => {
      await refusesAddresses(
        world,
        ['port', 'not_a_url'],
        [0, 22, 25, 6379, 99999].map((port) => `https://8.8.8.8:${port}`),
      );
      await refusesAddresses(world, ['own_service'], [world.service.url]);
    },
    alsoShownBy: [['test/security/own-addresses.security.test.ts', 'what must never be called']],
  },
  {
    id: 'B056',
    input: 'an address of 4 KB, a label of 64 letters, look-alikes, broken Punycode',
    expected: '422; look-alikes as they are meant',
    run: async (world) => {
      await refusesAddresses(
        world,
        ['not_a_url'],
        [`https://${'a'.repeat(64)}.example.com`, 'https://xn--zz--zz.example.com'],
      );
      const long = await world.create({ url: `https://splunk.example.com/${'a'.repeat(4_096)}` });
      assert.equal(long.status, 422, long.text);
      const alike = await world.create({ url: 'https://sрlunk.example.com' });
      assert.match(alike.text, /xn--slunk-vye\.example\.com/);
    },
  },
  {
    id: 'B057',
    input: 'a path that is there already, double slashes, a token in the query',
    expected: 'understood; 422 without the token repeated',
    run: async (world) => {
      await refusesAddresses(world, ['query'], [`https://splunk.example.com:8088?token=${SECRET}`]);
      for (const path of [
        '/services/collector',
        '//services//collector/event/',
        '/services/collector/event/1.0',
      ]) {
        const made = await world.create(
          { url: `https://splunk.example.com:8088${path}` },
          { enabled: false },
        );
        assert.equal(made.status, 201, made.text);
      }
    },
    alsoShownBy: [['src/connectors/splunk-hec/connector.test.ts', 'accepts any base address of a collector']],
  },
  {
    id: 'B058',
    input: 'tokens with blanks, line breaks, the word Splunk, 10 KB, other letters',
    expected: '422; never repeated, never a header',
    run: async (world) => {
      for (const token of [
        'Splunk aaaaaaaa-bbbb-cccc',
        'aaaaaaaa bbbb',
        'aaaaaaaa\r\nX-Injected: 1',
        'a'.repeat(10_240),
        'tökentökentöken',
        '',
      ])
        await refusesCredential(world, token);
    },
  },
  {
    id: 'B059',
    input: 'a rule id of a wrong form, a stream without Custom-, an endpoint of another cloud',
    expected: '422 with a hint',
    run: async (world) => {
      for (const changes of [
        { dcr_immutable_id: 'dcr-xyz' },
        { stream: 'AegisOcsf_CL' },
        { endpoint: 'https://aegis.chinaeast2-1.ingest.monitor.azure.cn' },
        { endpoint: 'https://aegis.usgovvirginia-1.ingest.monitor.azure.us' },
        { endpoint: 'https://evil.example.com' },
      ]) {
        const reply = await sentinel(world, changes);
        assert.equal(reply.status, 422, `${JSON.stringify(changes)} ${reply.text}`);
      }
    },
  },
  {
    id: 'B060',
    input: 'a tenant that is an address; a sign-in host inside',
    expected: '422',
    run: async (world) => {
      for (const changes of [
        { tenant_id: 'https://169.254.169.254/' },
        { tenant_id: '../../x' },
        { authority_host: 'https://169.254.169.254' },
        { authority_host: 'https://login.example.com' },
        { authority_host: 'http://login.microsoftonline.com' },
        { scope: 'https://vault.azure.net/.default' },
      ]) {
        const reply = await sentinel(world, changes);
        assert.equal(reply.status, 422, `${JSON.stringify(changes)} ${reply.text}`);
      }
    },
  },
  {
    id: 'B061',
    input: 'authorities and client keys that cannot be right',
    expected: '422, each in its own words',
    alsoShownBy: [['test/security/certificates.security.test.ts', 'is refused when it is set: ${what}']],
  },
  {
    id: 'B062',
    input: 'two destinations at the same address',
    expected: 'both are taken',
    run: async (world) => {
      for (let index = 0; index < 2; index += 1) {
        const made = await world.create(
          { url: 'https://same.example.com:8088', index: 'main' },
          { enabled: false },
        );
        assert.equal(made.status, 201, made.text);
      }
    },
  },
  {
    id: 'B063',
    input: 'a change of an older version',
    expected: '409 with both versions',
    run: async (world) => {
      const made = await world.create({ url: 'https://splunk.example.com:8088' }, { enabled: false });
      const path = `/v1/siem/destinations/${made.body.destination_id}`;
      const first = await world.patchAt(1, path, { name: `first ${randomUUID()}` });
      assert.equal(first.status, 200, first.text);
      const late = await world.patchAt(1, path, { name: `late ${randomUUID()}` });
      isRefused(late, { status: 409, code: 'stale_version' });
      assert.deepEqual([late.body.expected_version, late.body.current_version], [1, 2]);
      assert.equal((await world.call('GET', path)).body.name, first.body.name);
    },
  },
  {
    id: 'B064',
    input: 'a destination that is deleted while events wait',
    expected: '409 with the counts; skipped only with a reason and a confirmation, and shown as skipped',
    run: async (world) => {
      const port = await world.servers.http((_request, response) => response.writeHead(503).end());
      const made = await world.create({ url: `http://127.0.0.1:${port}` }, { sources: ['attestations'] });
      await world.neighbour();
      const id = made.body.destination_id;
      const path = `/v1/siem/destinations/${id}`;
      const busy = await world.call('DELETE', path);
      isRefused(busy, { status: 409, code: 'destination_busy' });
      assert.match(busy.text, /"open_rows":1,"dead_letters":0/);
      isRefused(await world.call('DELETE', `${path}?open=skip`), { status: 400, code: 'bad_parameter' });
      const skip = `${path}?open=skip&reason=test`;
      const asked = await world.call('DELETE', skip);
      isRefused(asked, { status: 409, code: 'confirmation_needed' });
      assert.equal((await world.call('GET', path)).status, 200, 'it is still there');
      assert.equal((await world.call('DELETE', `${skip}&confirm=${asked.body.confirm}`)).status, 204);
      assert.equal((await world.call('GET', path)).status, 404);
      const deliveries = await world.call('GET', `/v1/siem/deliveries?destination=${id}`);
      assert.deepEqual(
        deliveries.body.items.map(({ status }) => status),
        ['skipped'],
      );
    },
  },
  {
    id: 'B065',
    input: 'sealed credentials copied from another destination in the store',
    expected: 'not opened; named; nothing is sent',
    run: async (world) => {
      let requests = 0;
      const port = await world.servers.http((_request, response) => {
        requests += 1;
        response.end('{"text":"Success","code":0}');
      });
      const [from, to] = [
        await world.create({ url: `http://127.0.0.1:${port}` }, { enabled: false }),
        await world.create({ url: `http://127.0.0.1:${port}` }, { enabled: false }),
      ];
      await copySealed(world, from.body.destination_id, to.body.destination_id);
      const tested = await world.call('POST', `/v1/siem/destinations/${to.body.destination_id}/test`, {});
      assert.match(tested.text, /"ok":false/, tested.text);
      assert.equal(requests, 0);
    },
  },
  {
    id: 'B066',
    input: 'a master key that is gone, unknown or another',
    expected: 'the start stops and names it; no empty token is sent',
    alsoShownBy: [['src/master-key.test.ts', 'stops the start with one line that repeats no key']],
  },
  {
    id: 'B067',
    input: 'a mask that comes back as the credential',
    expected: 'the stored one stays; 422 where there is none',
    run: async (world) => {
      const path = `/v1/siem/destinations/${world.destinationId}`;
      const before = (await world.call('GET', path)).body.credentials;
      for (const token of ['****', '••••••••', { set: true, fingerprint: 'x' }]) {
        const reply = await world.call('PATCH', path, { credentials: { token } });
        assert.equal(reply.status, 200, reply.text);
        assert.deepEqual(reply.body.credentials, before);
      }
      isRefused(
        await world.create({ url: 'https://splunk.example.com:8088' }, { credentials: { token: '****' } }),
        {
          status: 422,
          code: 'masked_secret',
        },
      );
    },
  },
  {
    id: 'B068',
    input: 'very many destinations; markup as a name',
    expected: 'pages; text',
    run: async (world) => {
      const name = `<b onmouseover=alert(1)>${randomUUID()}</b>`;
      const made = await world.create({ url: 'https://splunk.example.com:8088' }, { name, enabled: false });
      assert.equal(made.body.name, name);
      for (const bad of [
        'a\u0000b',
        'a\nb',
        'a\u001b[31m',
        '\u009b31m',
        '\u202eexe.gpj',
        'a\u2028b',
        ' ',
        '',
        'x'.repeat(201),
      ]) {
        const reply = await world.create({ url: 'https://splunk.example.com:8088' }, { name: bad });
        assert.ok([400, 422].includes(reply.status), reply.text);
      }
      const list = await world.call('GET', '/v1/siem/destinations?limit=2');
      assert.equal(list.body.items.length, 2);
      assert.ok(list.body.next_cursor !== null);
    },
  },
  {
    id: 'B069',
    input: 'a list of networks that cannot be read',
    expected: 'the start is refused, with the entry',
    run: async (world) => {
      for (const entry of ['10.0.0.0/33', '10.0.0/8', 'splunk.example.com', '10.0.0.0/8:0'])
        assert.throws(
          () => world.installation.settings({ AEGIS_SIEM_EGRESS_ALLOW: `10.1.0.0/16,${entry}` }),
          (error: Error) => error.message.includes(`"${entry}"`),
        );
    },
  },
  {
    id: 'B113',
    input: 'a Sentinel destination by workspace id and shared key',
    expected: 'taken as legacy, with the notice; a mix of both is refused',
    run: async (world) => {
      const made = await world.create(
        { workspace_id: randomUUID(), log_type: 'AegisOcsf' },
        {
          type: 'sentinel_data_collector',
          credentials: { shared_key: Buffer.alloc(64, 7).toString('base64') },
          enabled: false,
        },
      );
      assert.equal(made.status, 201, made.text);
      assert.match(made.text, /"notice":"[^"]{20,}/);
      const mixed = await sentinel(world, { workspace_id: randomUUID() });
      isRefused(mixed, { status: 422, code: 'unknown_field' });
      const foreign = await world.create(
        { url: 'https://splunk.example.com:8088' },
        { workspace_id: WORKSPACE, credentials: { shared_key: 'x' } },
      );
      assert.equal(foreign.status, 422, foreign.text);
    },
  },
];

/** As somebody with the database in hand would do it. */
async function copySealed(world: BadInputWorld, from: string, to: string): Promise<void> {
  const statement = (mark: (index: number) => string): string =>
    `update aegis_siem_destinations set sealed = (select sealed from aegis_siem_destinations where destination_id = ${mark(1)}) where destination_id = ${mark(2)}`;
  if (world.store === 'sqlite') {
    using database = new DatabaseSync(world.installation.file('aegis.db'), { timeout: 5_000 });
    database.prepare(statement(() => '?')).run(from, to);
    return;
  }
  const client = new Client({ connectionString: world.storeUrl });
  await client.connect();
  try {
    await client.query(
      statement((index) => `$${index}`),
      [from, to],
    );
  } finally {
    await client.end();
  }
}
