import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { StoreUnavailableError } from '../../src/store/store-unavailable-error.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { type ApiWorld, openApiWorld } from './api-world.ts';

const NDJSON = 'application/x-ndjson';
const texts = (seed: number, count: number): string[] => [
  ...generateAttestations({ seed, count, workspaceId: 'ws-test' }),
];
const idOf = (text: string): string => (JSON.parse(text) as { attestation_id: string }).attestation_id;

describe('recording attestations over the API', () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());
  const post = (body: unknown, type?: string) =>
    world.call({ method: 'POST', url: '/v1/attestations', body, ...(type === undefined ? {} : { type }) });

  test('answers 201 when all are recorded, 200 when some are there already', async () => {
    const [one = '', two = ''] = texts(1, 2);
    const first = await post(one);
    assert.equal(first.status, 201);
    assert.deepEqual(first.body, { results: [{ attestation_id: idOf(one), status: 'recorded' }] });
    const again = await post(`[${one}, ${two}]`);
    assert.equal(again.status, 200);
    assert.deepEqual(again.body.results, [
      { attestation_id: idOf(one), status: 'duplicate' },
      { attestation_id: idOf(two), status: 'recorded' },
    ]);
  });

  test('keeps the very bytes that came, in an array and in NDJSON', async () => {
    const [plain = ''] = texts(2, 1);
    const odd = plain.replace('{', '{ "big": 12345678901234567890,\t"esc": "\\u0041",');
    assert.equal((await post(`[\n  ${odd}\n]`)).status, 201);
    const story = await world.call({ url: `/v1/attestations/${idOf(odd)}` });
    assert.ok(story.text.includes(`"record":${odd}`));
    const kept = await world.store.record.readAttestation(idOf(odd));
    assert.equal(kept?.body, odd);
  });

  test('one bad record of twenty costs no other, and the answers are in order', async () => {
    const list = texts(3, 20);
    const bad = (list[7] ?? '').replace(/"verdict":"[^"]+"/, '"verdict":"maybe"');
    assert.notEqual(bad, list[7]);
    list[7] = bad;
    for (const [body, type] of [
      [list.join('\n'), NDJSON],
      [`[${list.join(',')}]`, undefined],
    ] as const) {
      const reply = await post(body, type);
      assert.equal(reply.status, 207);
      const results = reply.body.results;
      assert.deepEqual(
        results.map(({ attestation_id: id }) => id),
        list.map(idOf),
      );
      assert.deepEqual(
        results.flatMap(({ status }, index) => (status === 'rejected' ? [index] : [])),
        [7],
      );
      assert.deepEqual(results[7]?.error, {
        code: 'unknown_verdict',
        pointer: '/verdict',
        message: results[7]?.error.message,
      });
    }
  });

  test('a record that comes again with other bytes is refused, logged and audited once', async () => {
    const [text = ''] = texts(4, 1);
    await post(text);
    const reply = await post(text.replace('{', '{ '));
    assert.equal(reply.status, 409);
    assert.equal(reply.body.code, 'id_conflict');
    assert.equal(reply.body.results[0]?.status, 'rejected');
    assert.match(world.logs(), /attestation_conflict/);
    const audit = await world.call({ url: '/v1/audit?limit=1' });
    assert.equal(audit.body.items[0]?.action, 'attestation.conflict');
    assert.equal(audit.body.items[0]?.subject_id, idOf(text));
    assert.equal((await world.store.record.readAttestation(idOf(text)))?.body, text);
  });

  const [valid = ''] = texts(5, 1);
  const bad: readonly (readonly [string, string | Uint8Array, string | undefined, number, string])[] = [
    ['an empty body', '', undefined, 400, 'empty_body'],
    ['spaces', '  \n', undefined, 400, 'empty_body'],
    ['HTML', '<html>', undefined, 400, 'not_json'],
    ['a cut record', valid.slice(0, 100), undefined, 400, 'not_json'],
    ['a cut array', `[${valid}`, undefined, 400, 'not_json'],
    ['bytes that are not UTF-8', Buffer.from('7b22e4223a317d', 'hex'), undefined, 400, 'invalid_utf8'],
    ['an empty array', '[]', undefined, 422, 'no_records'],
    ['NDJSON of blank lines', '\n\r\n  \n', NDJSON, 400, 'empty_body'],
    ['a text', '"x"', undefined, 422, 'wrong_type'],
    ['a duplicate key', valid.replace('{', '{"verdict":"allow",'), undefined, 422, 'duplicate_key'],
    ['U+0000', valid.replace('{', '{"x":"\\u0000",'), undefined, 422, 'nul_character'],
    ['a lone surrogate', valid.replace('{', '{"x":"\\ud800",'), undefined, 422, 'lone_surrogate'],
    [
      '10,000 levels',
      valid.replace('{', `{"x":${'['.repeat(10_000)}${']'.repeat(10_000)},`),
      undefined,
      422,
      'too_deep',
    ],
    [
      'the year 0',
      valid.replace(/"timestamp":"[^"]+"/, '"timestamp":"0000-01-01T00:00:00Z"'),
      undefined,
      422,
      'timestamp_out_of_range',
    ],
    [
      'the year 9999',
      valid.replace(/"timestamp":"[^"]+"/, '"timestamp":"9999-01-01T00:00:00Z"'),
      undefined,
      422,
      'timestamp_out_of_range',
    ],
    [
      'an unknown verdict',
      valid.replace(/"verdict":"[^"]+"/, '"verdict":"maybe"'),
      undefined,
      422,
      'unknown_verdict',
    ],
  ];
  for (const [what, body, type, status, code] of bad) {
    test(`refuses ${what} with ${code}, and stores nothing`, async () => {
      const reply = await post(body, type);
      assert.deepEqual([reply.status, reply.body.code], [status, code]);
      assert.match(String(reply.headers['content-type']), /^application\/problem\+json/);
      assert.equal(await world.store.record.readAttestation(idOf(valid)), undefined);
    });
  }

  for (const [what, headers] of [
    ['no type', { 'content-type': '' }],
    ['text/plain', { 'content-type': 'text/plain' }],
    ['UTF-7', { 'content-type': 'application/json; charset=utf-7' }],
    ['gzip', { 'content-encoding': 'gzip' }],
  ] as const) {
    test(`refuses a body of ${what} with 415`, async () => {
      const reply = await world.call({ method: 'POST', url: '/v1/attestations', body: valid, headers });
      assert.deepEqual([reply.status, reply.body.code], [415, 'unsupported_media_type']);
    });
  }

  test('refuses more bytes and more records than the limits say', async () => {
    const large = await post(' '.repeat(1024 * 1024 + 1));
    assert.deepEqual([large.status, large.body.code], [413, 'body_too_large']);
    const many = await post(`[${Array.from({ length: 1_001 }, () => '{}').join(',')}]`);
    assert.deepEqual([many.status, many.body.code], [413, 'too_many_items']);
  });

  test("a key that is bound to a workspace records that workspace's records only", async () => {
    const key = await world.key(['attestations:write'], 'ws-other');
    const [mine = '', foreign = ''] = texts(6, 2);
    const own = mine.replaceAll('ws-test', 'ws-other');
    const reply = await world.call({
      method: 'POST',
      url: '/v1/attestations',
      key,
      body: `[${own},${foreign}]`,
    });
    assert.equal(reply.status, 207);
    assert.deepEqual(
      reply.body.results.map((result) => result.status),
      ['recorded', 'rejected'],
    );
    assert.equal(reply.body.results[1]?.error.code, 'workspace_forbidden');
    const alone = await world.call({ method: 'POST', url: '/v1/attestations', key, body: foreign });
    assert.equal(alone.status, 403);
  });

  test('shows the record without its content to a key that may not read payloads', async () => {
    const [text = ''] = texts(7, 1);
    await post(text);
    const key = await world.key(['deliveries:read']);
    const story = await world.call({ url: `/v1/attestations/${idOf(text)}`, key });
    assert.equal(story.status, 200);
    assert.equal(story.body.record, null);
    assert.equal(story.body.renderings, null);
    assert.deepEqual(story.body.deliveries, []);
  });

  test('answers 404 for an attestation of another workspace, as for none', async () => {
    const [text = ''] = texts(8, 1);
    await post(text);
    const key = await world.key(['deliveries:read', 'payloads:read'], 'ws-other');
    for (const id of [
      idOf(text),
      '00000000-0000-4000-8000-000000000000',
      '%00',
      '..%2f..',
      'x'.repeat(300),
    ]) {
      const reply = await world.call({ url: `/v1/attestations/${id}`, key });
      assert.equal(reply.status, 404, id);
    }
  });
});

test('a store that cannot write answers 503 with Retry-After, and acknowledges nothing', async () => {
  const world = await openApiWorld();
  const broken = await openApiWorld({
    store: {
      ...world.store,
      record: {
        ...world.store.record,
        recordAttestations: () =>
          Promise.reject(new StoreUnavailableError('store_full', 'There is no room on the disk')),
      },
    },
  });
  const key = await world.key(['attestations:write']);
  const reply = await broken.call({
    method: 'POST',
    url: '/v1/attestations',
    key,
    body: `[${texts(9, 3).join(',')}]`,
  });
  assert.deepEqual(
    [reply.status, reply.body.code, reply.body.reason],
    [503, 'store_unavailable', 'store_full'],
  );
  assert.ok(Number(reply.headers['retry-after']) > 0);
  assert.deepEqual(
    reply.body.results.map((result) => result.status),
    ['failed', 'failed', 'failed'],
  );
  await broken.close();
  await world.close();
});
