import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ApiWorld, openApiWorld } from './api-world.ts';

const PATH = '/v1/siem/destinations';

describe('limits on what waits for a destination, over the API', () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());

  const create = (name: string, limits?: object) =>
    world.call({
      method: 'POST',
      url: PATH,
      body: {
        name,
        workspace_id: 'ws-limits',
        type: 'splunk_hec',
        config: { url: 'https://splunk.example.com:8088' },
        credentials: { token: '8a3c9c9e-1b1f-4f6f-9c40-0d6f3a1f7e21' },
        ...(limits === undefined ? {} : { limits }),
      },
    });
  const read = async (id: string) => JSON.parse((await world.call({ url: `${PATH}/${id}` })).text) as object;

  test('none are set unless somebody sets them; a PATCH replaces them all, and {} takes them away', async () => {
    const plain = await create('plain');
    assert.equal(plain.status, 201, plain.text);
    assert.deepEqual(Reflect.get(await read(plain.body.destination_id), 'limits'), {});
    const limits = { max_age_seconds: 86_400, max_rows: 1_000_000, max_bytes: 5_000_000_000 };
    const made = await create('limited', limits);
    assert.equal(made.status, 201, made.text);
    const url = `${PATH}/${made.body.destination_id}`;
    const limitsNow = async () => Reflect.get(await read(made.body.destination_id), 'limits') as unknown;
    assert.deepEqual(await limitsNow(), limits);
    await world.call({ method: 'PATCH', url, body: { name: 'renamed' } });
    assert.deepEqual(await limitsNow(), limits, 'a change of something else keeps them');
    const changed = await world.call({ method: 'PATCH', url, body: { limits: { max_rows: 2_000 } } });
    assert.equal(changed.status, 200, changed.text);
    assert.deepEqual(await limitsNow(), { max_rows: 2_000 });
    await world.call({ method: 'PATCH', url, body: { limits: {} } });
    assert.deepEqual(await limitsNow(), {});
    const audit = await world.call({ url: '/v1/audit' });
    assert.match(audit.text, /"max_rows":2000/, 'the audit trail says what was set');
  });

  const refused: readonly (readonly [object, string])[] = [
    [{ max_age_seconds: 59 }, '/limits/max_age_seconds'],
    [{ max_rows: 999 }, '/limits/max_rows'],
    [{ max_rows: 1_000.5 }, '/limits/max_rows'],
    [{ max_bytes: 10 }, '/limits/max_bytes'],
    [{ max_age: 60 }, '/limits/max_age'],
  ];
  for (const [limits, pointer] of refused) {
    test(`${JSON.stringify(limits)} is refused at ${pointer}`, async () => {
      const reply = await create('refused', limits);
      assert.equal(reply.status, 422, reply.text);
      assert.ok(reply.text.includes(`"${pointer}"`), reply.text);
    });
  }

  test('health says in words which limit is near or passed, and what to do', async () => {
    const made = await create('alarmed', { max_rows: 1_000 });
    const id = made.body.destination_id;
    const url = `${PATH}/${id}/health`;
    assert.match((await world.call({ url })).text, /"limit_alarms":\[\]/);
    const destination = await world.store.admin.readDestination(id, {});
    assert.ok(destination !== undefined);
    const none = { age: 0, rows: 0, bytes: 0 };
    await world.store.backlog.changeLevels(destination.destinationNo, none, { age: 70, rows: 100, bytes: 0 });
    const health = JSON.parse((await world.call({ url })).text) as {
      limit_alarms: readonly { limit: string; percent: number; message: string }[];
    };
    assert.deepEqual(
      health.limit_alarms.map(({ limit, percent }) => [limit, percent]),
      [
        ['max_rows', 100],
        ['max_age_seconds', 70],
      ],
    );
    assert.match(health.limit_alarms[0]?.message ?? '', /Raise the limit before/);
    assert.match(health.limit_alarms[1]?.message ?? '', /70 %.*Whoever runs the destination/);
  });
});
