import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CONSOLE_PATHS } from '../../../src/api/console-paths.ts';
import { SCOPES, type Scope } from '../../../src/api/scopes.ts';
import { type ApiCall, type ApiReply, type ApiWorld, openApiWorld } from '../api-world.ts';
import { ROUTE_CASES, type RouteCase } from './route-cases.ts';
import { makeThings, type Things } from './things.ts';

/** Files of the console: the same for everybody, and tested with it. */
const isConsole = (path: string): boolean =>
  (CONSOLE_PATHS as readonly string[]).includes(path) || path.startsWith('/assets/');

describe('who may call which route', () => {
  let world: ApiWorld;
  let things: Things;
  before(async () => {
    world = await openApiWorld();
    things = await makeThings(world);
  });
  after(() => world.close());

  const ask = (one: RouteCase, key: string | null, on = things): Promise<ApiReply> =>
    world.call({ ...one.call(on), key } satisfies ApiCall);

  test('every route that the service registers is in the table, and says the same', () => {
    const registered = world.app.accessRules
      .filter(({ path }) => !isConsole(path))
      .map(({ method, path, needs, audit }) => `${method} ${path}: ${needs}, ${audit ?? '-'}`);
    const expected = Object.entries(ROUTE_CASES).map(
      ([operation, { needs, audit }]) => `${operation}: ${needs}, ${audit ?? '-'}`,
    );
    assert.deepEqual(registered.toSorted(), expected.toSorted());
  });

  test('the OpenAPI document names the scope of each route', () => {
    const document = world.app.swagger() as unknown as {
      readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly security: unknown }>>>>;
    };
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const needs = ROUTE_CASES[`${method.toUpperCase()} ${path.replaceAll(/\{(\w+)\}/g, ':$1')}`]?.needs;
        const roles = needs === 'signed_in' ? [] : [needs];
        const wanted = needs === 'nobody' ? [] : [{ apiKey: roles }, { session: roles }];
        assert.deepEqual(security, wanted, `${method} ${path}`);
      }
    }
  });

  test('each route takes its own scope and admin, and no other', async (t) => {
    const keys = new Map<Scope, string>();
    for (const scope of SCOPES) keys.set(scope, await world.key([scope]));
    const wrong = { allowed: [] as string[], denied: [] as string[] };
    let cells = 0;
    for (const [operation, one] of Object.entries(ROUTE_CASES)) {
      if (one.bySession === true) continue;
      for (const [scope, key] of keys) {
        const may =
          scope === 'admin' || one.needs === 'nobody' || one.needs === 'signed_in' || scope === one.needs;
        if (may && one.endless === true) continue;
        const { status, body } = await ask(one, key);
        const refused = status === 401 || (status === 403 && body.code === 'missing_scope');
        // A call that needs a further scope by its content is refused for that one.
        const forMore = refused && (one.also ?? []).some((more) => more === body.scope);
        cells += 1;
        if (may && refused && !forMore) wrong.denied.push(`${operation} with ${scope}`);
        if (!may && !refused) wrong.allowed.push(`${operation} with ${scope}: ${status}`);
        if (!may && refused) assert.equal(body.scope, one.needs, `${operation} with ${scope}`);
      }
    }
    t.diagnostic(`route x scope: ${cells} cells, ${wrong.allowed.length} unexpected allows`);
    assert.deepEqual(wrong, { allowed: [], denied: [] });
  });

  test('each route works with exactly the scopes that the table gives it', async () => {
    for (const [operation, one] of Object.entries(ROUTE_CASES)) {
      if (one.bySession === true || one.endless === true || one.needs === 'nobody') continue;
      const needs = one.needs === 'signed_in' ? 'audit:read' : one.needs;
      const key = await world.key([needs, ...(one.also ?? [])]);
      const reply = await ask(one, key, await makeThings(world));
      assert.ok(reply.status < 300, `${operation}: ${reply.status} ${reply.text}`);
    }
  });

  test('nothing but the open routes answers without a key, or to one that is wrong', async () => {
    const expired = await world.expiredKey();
    for (const [operation, one] of Object.entries(ROUTE_CASES)) {
      for (const key of [null, expired, 'x', world.admin.toUpperCase(), `${world.admin}0`]) {
        const { status } = await ask(one, key);
        if (one.needs === 'nobody') assert.notEqual(status, 401, operation);
        else assert.equal(status, 401, operation);
      }
    }
  });

  test('without payloads:read no route shows a record, its event, or the words of a SIEM', async (t) => {
    const viewer = await world.key(
      SCOPES.filter((scope) => scope !== 'payloads:read' && scope !== 'admin'),
      things.workspaceId,
    );
    const reader = await world.key([...SCOPES], things.workspaceId);
    let shownToReader = 0;
    for (const [operation, one] of Object.entries(ROUTE_CASES)) {
      if (one.needs === 'admin' || one.needs === 'nobody') continue;
      if (one.bySession === true || one.endless === true) continue;
      if (one.call(things).method === 'DELETE') continue;
      const reply = await ask(one, viewer);
      for (const word of things.secretWords)
        assert.ok(!reply.text.includes(word), `${operation} shows ${word}`);
      const open = await ask(one, reader);
      if (things.secretWords.some((word) => open.text.includes(word))) shownToReader += 1;
    }
    t.diagnostic(`routes that show a SIEM's words to a reader of payloads: ${shownToReader}`);
    assert.ok(shownToReader >= 5, 'the words must be there to be hidden');
  });
});

describe('what belongs to another workspace', () => {
  let world: ApiWorld;
  let things: Things;
  /** May everything, in a workspace of its own. */
  let stranger: string;
  before(async () => {
    world = await openApiWorld();
    things = await makeThings(world, 'owner');
    await makeThings(world, 'other');
    stranger = await world.key([...SCOPES], 'ws-other');
  });
  after(() => world.close());

  test('does not exist for a key of one workspace, on any route', async (t) => {
    const marks = [
      'ws-owner',
      things.destinationName,
      things.openId,
      things.deadId,
      things.deadLetterId,
      things.eventUid,
      things.replayId,
      things.apiKeyId,
      ...things.secretWords,
    ];
    for (const [operation, one] of Object.entries(ROUTE_CASES)) {
      if (one.endless === true) continue;
      const call = one.call(things);
      const reply = await world.call({ ...call, key: stranger });
      assert.equal(reply.status, one.stranger, `${operation}: ${reply.text}`);
      // What the caller sent may come back to him.
      const sent = `${call.url} ${JSON.stringify(call.body ?? '')}`;
      for (const mark of marks.filter((one) => !sent.includes(one))) {
        assert.ok(!reply.text.includes(mark), `${operation} shows ${mark}`);
      }
    }
    t.diagnostic(`routes tried as a stranger: ${Object.keys(ROUTE_CASES).length}, leaks 0`);
  });

  test('is unchanged after all that', async () => {
    const again = await world.call({ url: `/v1/siem/destinations/${things.destinationId}` });
    assert.deepEqual([again.status, again.body.state], [200, 'active']);
    const letters = await world.call({ url: '/v1/siem/dead-letters?status=dead', key: world.admin });
    assert.ok(letters.body.items.some((item) => item.dead_letter_id === things.deadLetterId));
    const replay = await world.call({ url: `/v1/siem/replays/${things.replayId}` });
    assert.equal(replay.body.status, 'running');
    const keys = await world.call({ url: '/v1/api-keys?limit=500' });
    const key = keys.body.items.find((item) => item.api_key_id === things.apiKeyId);
    assert.equal(key?.revoked_at, null);
  });

  test('answers like an id that was never given out', async () => {
    const foreign = await world.call({
      url: `/v1/siem/destinations/${things.destinationId}`,
      key: stranger,
    });
    const unknown = await world.call({
      url: '/v1/siem/destinations/00000000-0000-4000-8000-000000000000',
      key: stranger,
    });
    const shape = ({ status, body }: ApiReply): object => ({ ...body, status, request_id: '' });
    assert.deepEqual(shape(foreign), shape(unknown));
  });
});

describe('the audit trail', () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());

  test('gets exactly one record of each change, under the id of its request, and none of a look', async (t) => {
    let changes = 0;
    for (const [operation, one] of Object.entries(ROUTE_CASES)) {
      if (one.bySession === true || one.endless === true) continue;
      const things = await makeThings(world);
      if (one.before !== undefined) await world.call(one.before(things));
      const before = new Set(await auditIds());
      const call = one.call(things);
      const reply = await world.call(call);
      assert.ok(reply.status < 300, `${operation}: ${reply.text}`);
      const page = await world.call({ url: '/v1/audit?limit=500' });
      const fresh = page.body.items.filter((item) => !before.has(item.audit_id));
      assert.deepEqual(
        fresh.map((item) => item.action),
        one.audit === undefined ? [] : [one.audit],
        operation,
      );
      if (one.audit === undefined) continue;
      changes += 1;
      const [record] = fresh;
      assert.match(String(record?.actor), /^api_key:[0-9a-f-]{36}$/);
      const logged = world
        .logs()
        .split('\n')
        .filter((line) => line.includes(String(record?.request_id)) && line.includes('"duration_ms"'));
      assert.equal(logged.length, 1, `${operation}: the request of the record is in the log`);
      assert.ok(!JSON.stringify(record).includes('3c5d2b1a-9f8e'), `${operation} leaves the token`);
    }
    t.diagnostic(`changes audited: ${changes}`);
  });

  const auditIds = async (): Promise<readonly string[]> =>
    (await world.call({ url: '/v1/audit?limit=500' })).body.items.map((item) => item.audit_id);
});
