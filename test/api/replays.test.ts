import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { generateAttestations } from '../support/generate-attestations.ts';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

const TOKEN = '3c5d2b1a-9f8e-4d7c-8b6a-5e4f3d2c1b0a';
const LONG_AGO = '2020-01-01T00:00:00Z';
const URL = '/v1/siem/replays';

describe('replays over the API', () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());

  const post = (url: string, body: object = {}, key?: string): Promise<ApiReply> =>
    world.call({ method: 'POST', url, body, ...(key === undefined ? {} : { key }) });

  const makeDestination = (workspaceId: string, extra: object = {}): Promise<ApiReply> =>
    post('/v1/siem/destinations', {
      name: `of ${workspaceId} ${Math.random()}`,
      workspace_id: workspaceId,
      type: 'splunk_hec',
      config: { url: 'https://splunk.example.com:8088' },
      credentials: { token: TOKEN },
      sources: ['attestations', 'external'],
      ...extra,
    });

  /** Records attestations and answers their ids. */
  const record = async (workspaceId: string, count: number, seed: number): Promise<readonly string[]> => {
    const lines = [...generateAttestations({ seed, count, workspaceId })];
    const reply = await post(
      '/v1/attestations',
      lines.map((line) => JSON.parse(line) as object),
    );
    assert.equal(reply.status, 201, reply.text);
    return reply.body.results.map(({ attestation_id: id }) => id ?? '');
  };

  const feed = async (): Promise<void> => {
    await world.store.replayFeed.feed({ maxRows: 500, maxLooked: 2_000 }, Date.now());
  };

  test('a dry run says what would be sent, twice and not, and begins nothing', async () => {
    const { destination_id } = (await makeDestination('ws-dry')).body;
    const [dead = ''] = await record('ws-dry', 2, 1);
    await world.deadLetter(destination_id, dead);
    const asked = { destination_id, from: LONG_AGO, rate_per_second: 10 };
    const reply = await post(URL, { ...asked, dry_run: true });
    assert.equal(reply.status, 200, reply.text);
    const { oldest_receipt_at: oldestReceiptAt, ...effect } = JSON.parse(
      JSON.stringify(reply.body.effect),
    ) as Record<string, unknown>;
    assert.match(String(oldestReceiptAt), /^\d{4}-/);
    assert.deepEqual(effect, {
      records: 0,
      records_at_least: false,
      oldest_recorded_at: null,
      newest_recorded_at: null,
      expected_duplicates: 0,
      left_out: { open: 1, dead_letters: 1 },
      unknown_attestation_ids: [],
      rate_per_second: 10,
      at_least_seconds: 0,
    });
    assert.equal(reply.body.replay, null);
    assert.deepEqual((await world.call({ url: URL })).body.items, []);
  });

  test('a backfill begins with the destination, shows its progress, and is the one replay of it', async () => {
    const ids = await record('ws-back', 3, 2);
    const made = await makeDestination('ws-back', { backfill_from: LONG_AGO });
    assert.equal(made.status, 201, made.text);
    const destinationId = made.body.destination_id;
    const listed = await world.call({ url: `${URL}?destination=${destinationId}` });
    const [replay] = listed.body.items;
    assert.deepEqual([replay?.origin, replay?.status, replay?.progress?.planned], ['backfill', 'running', 3]);

    await feed();
    const shown = await world.call({ url: `${URL}/${replay?.replay_id}` });
    assert.deepEqual(
      [shown.body.progress?.enqueued, shown.body.progress?.remaining, shown.body.estimated_finish_at],
      [3, 3, null],
    );
    const outbox = await world.call({ url: `/v1/siem/outbox?destination=${destinationId}` });
    assert.deepEqual(
      outbox.body.items.map(({ attestation_id: id }) => id),
      ids,
    );
    const second = await post(URL, { destination_id: destinationId, from: LONG_AGO });
    assert.deepEqual(
      [second.status, second.body.code, second.body.replay_id],
      [409, 'replay_running', replay?.replay_id],
    );
    const cancelled = await post(`${URL}/${replay?.replay_id}/cancel`);
    assert.equal(cancelled.body.status, 'cancelled');
    const resumed = await post(`${URL}/${replay?.replay_id}/resume`);
    assert.deepEqual([resumed.status, resumed.body.code], [409, 'replay_ended']);
    const again = await post(`${URL}/${replay?.replay_id}/cancel`);
    assert.equal(again.status, 200, 'asking twice is no error');
  });

  test('a backfill needs the scope of replays, and a destination that takes something', async () => {
    const key = await world.key(['destinations:write', 'credentials:write']);
    const body = {
      name: 'history',
      workspace_id: 'ws-scope',
      type: 'splunk_hec',
      config: { url: 'https://splunk.example.com:8088' },
      credentials: { token: TOKEN },
      backfill_from: LONG_AGO,
    };
    const refused = await post('/v1/siem/destinations', body, key);
    assert.deepEqual([refused.status, refused.body.code], [403, 'missing_scope']);
    for (const [extra, pointer] of [
      [{ enabled: false }, '/backfill_from'],
      [{ backfill_from: 'last week' }, '/backfill_from'],
    ] as const) {
      const reply = await post('/v1/siem/destinations', { ...body, ...extra });
      assert.deepEqual([reply.status, reply.body.code, reply.body.pointer], [422, 'bad_value', pointer]);
    }
    assert.ok(!(await world.call({ url: '/v1/siem/destinations' })).text.includes('history'));
  });

  test('what cannot be understood is refused with its place', async () => {
    const destination_id = (await makeDestination('ws-bad')).body.destination_id;
    for (const [body, code, pointer] of [
      [{ destination_id }, 'bad_value', ''],
      [{ destination_id, from: LONG_AGO, missing_since: LONG_AGO }, 'bad_value', ''],
      [{ destination_id, from: 'monday' }, 'bad_value', '/from'],
      [{ destination_id, from: LONG_AGO, to: LONG_AGO }, 'bad_value', '/to'],
      [{ destination_id, missing_since: LONG_AGO, to: '2021-01-01T00:00:00Z' }, 'bad_value', '/to'],
      [{ destination_id, attestation_ids: [] }, 'bad_value', '/attestation_ids'],
      [{ destination_id, from: LONG_AGO, rate_per_second: 0 }, 'bad_value', '/rate_per_second'],
      [{ destination_id, from: LONG_AGO, rate_per_second: '5' }, 'wrong_type', '/rate_per_second'],
      [{ destination_id, form: LONG_AGO }, 'unknown_field', '/form'],
      [{ from: LONG_AGO }, 'missing_field', '/destination_id'],
    ] as const) {
      const reply = await post(URL, body);
      assert.deepEqual(
        [reply.status, reply.body.code, reply.body.pointer],
        [422, code, pointer],
        JSON.stringify(body),
      );
    }
    const unknown = await post(URL, { destination_id: 'nothing', from: LONG_AGO });
    assert.deepEqual([unknown.status, unknown.body.code], [404, 'not_found']);
    const noReplay = await world.call({ url: `${URL}/nothing` });
    assert.deepEqual([noReplay.status, noReplay.body.code], [404, 'not_found']);
  });

  test('a disabled destination gets no replay; a paused one gets one that waits and says so', async () => {
    const made = await makeDestination('ws-paused');
    const { destination_id } = made.body;
    await record('ws-paused', 1, 3);
    const at = `/v1/siem/destinations/${destination_id}`;
    await world.call({ method: 'PATCH', url: at, body: { enabled: false } });
    const refused = await post(URL, { destination_id, from: LONG_AGO });
    assert.deepEqual([refused.status, refused.body.code], [409, 'destination_disabled']);
    await world.call({ method: 'PATCH', url: at, body: { enabled: true } });
    await post(`${at}/pause`);
    const begun = await post(URL, { destination_id, from: LONG_AGO, reason: 'after the outage' });
    assert.equal(begun.status, 201, begun.text);
    await feed();
    const waiting = await world.call({ url: `${URL}/${begun.body.replay?.replay_id}` });
    assert.equal(waiting.body.status, 'running');
    assert.match(waiting.body.note ?? '', /paused/);
    assert.equal(waiting.body.reason, 'after the outage');
  });

  test('attestations that are not there are named, and the others are sent', async () => {
    const made = await makeDestination('ws-named', { backfill_from: '2199-01-01T00:00:00Z' });
    await feed();
    const [own = ''] = await record('ws-named', 1, 4);
    const [foreign = ''] = await record('ws-elsewhere', 1, 5);
    const reply = await post(URL, {
      destination_id: made.body.destination_id,
      attestation_ids: [foreign, own.toUpperCase(), 'nonsense'],
      dry_run: true,
    });
    assert.deepEqual(reply.body.effect?.unknown_attestation_ids, [foreign, 'nonsense']);
    assert.equal(reply.body.effect?.left_out.open, 1);
  });
});
