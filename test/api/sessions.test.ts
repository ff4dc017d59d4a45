import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MAX_FAILED_SIGN_INS, SIGN_IN_WINDOW_MS } from '../../src/api/sign-in/sign-in-limit.ts';
import { type ApiCall, type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

const IDLE_MS = 60 * 60_000;
const LIFETIME_MS = 3 * 60 * 60_000;
/** What a browser adds to a request of our own page. */
const OWN_PAGE = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin', 'x-aegis-csrf': '1' };

describe('a browser session', () => {
  let world: ApiWorld;
  let nowMs = Date.now();
  before(async () => {
    world = await openApiWorld({
      clock: { nowMs: () => nowMs },
      signIn: { idleMs: IDLE_MS, lifetimeMs: LIFETIME_MS },
    });
  });
  after(() => world.close());

  const signIn = (apiKey: string, headers: Readonly<Record<string, string>> = {}): Promise<ApiReply> =>
    world.call({
      method: 'POST',
      url: '/v1/session',
      key: null,
      body: { api_key: apiKey },
      headers: { ...OWN_PAGE, ...headers },
    });
  const cookieOf = (reply: ApiReply): string => {
    assert.equal(reply.status, 201, reply.text);
    return String(reply.headers['set-cookie']).split(';')[0] ?? '';
  };
  const withCookie = (cookie: string, call: ApiCall): Promise<ApiReply> =>
    world.call({ ...call, key: null, headers: { cookie, ...OWN_PAGE, ...call.headers } });

  test('is begun with a key, says who is signed in, and may what the key may', async () => {
    const key = await world.key(['destinations:read'], 'ws-a');
    const reply = await signIn(key);
    assert.equal(reply.headers['cache-control'], 'no-store');
    assert.deepEqual(reply.body.scopes, ['destinations:read']);
    const cookie = cookieOf(reply);
    const me = await withCookie(cookie, { url: '/v1/session' });
    assert.equal(me.status, 200, me.text);
    assert.deepEqual([me.body.kind, me.body.name, me.body.workspace_id], ['session', 'test', 'ws-a']);
    assert.equal(me.body.expires_at, new Date(nowMs + LIFETIME_MS).toISOString());
    assert.equal((await withCookie(cookie, { url: '/v1/siem/destinations' })).status, 200);
    const audit = await withCookie(cookie, { url: '/v1/audit' });
    assert.deepEqual([audit.status, audit.body.code], [403, 'missing_scope']);
    const byKey = await world.call({ url: '/v1/session', key });
    assert.deepEqual([byKey.body.kind, byKey.body.idle_until], ['api_key', null]);
  });

  test('has a cookie that no script reads and no other site sends; on plain http without Secure', async () => {
    const plain = String((await signIn(world.admin)).headers['set-cookie']);
    assert.match(
      plain,
      /^aegis_session=[A-Za-z0-9_-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=10800$/,
    );
    const outside = await openApiWorld({
      signIn: { idleMs: IDLE_MS, lifetimeMs: LIFETIME_MS, publicUrl: 'https://siem.example.com' },
    });
    try {
      const reply = await outside.call({
        method: 'POST',
        url: '/v1/session',
        key: null,
        body: { api_key: outside.admin },
        headers: { ...OWN_PAGE, origin: 'https://siem.example.com' },
      });
      assert.match(
        String(reply.headers['set-cookie']),
        /^__Host-aegis_session=[^;]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+; Secure$/,
      );
      const local = await outside.call({
        method: 'POST',
        url: '/v1/session',
        key: null,
        body: { api_key: outside.admin },
        headers: OWN_PAGE,
      });
      assert.deepEqual([local.status, local.body.code], [403, 'csrf_refused']);
    } finally {
      await outside.close();
    }
  });

  test('is not begun over plain http from another machine, whatever the proxy headers say', async () => {
    for (const host of ['siem.example.com', '10.0.0.5:8600', 'localhost.example.com', '[fe80::1]']) {
      const reply = await signIn(world.admin, {
        host,
        origin: `http://${host}`,
        'x-forwarded-proto': 'https',
        'x-forwarded-host': 'localhost',
      });
      assert.deepEqual([reply.status, reply.body.code], [403, 'sign_in_needs_https'], host);
    }
    for (const host of ['127.0.0.1:8600', '[::1]:8600', 'localhost:8600', 'aegis.localhost']) {
      assert.equal((await signIn(world.admin, { host, origin: `http://${host}` })).status, 201, host);
    }
  });

  test('ends when it is signed out: the token opens nothing any more', async () => {
    const cookie = cookieOf(await signIn(world.admin));
    const ended = await withCookie(cookie, { method: 'DELETE', url: '/v1/session' });
    assert.equal(ended.status, 204);
    assert.match(String(ended.headers['set-cookie']), /^aegis_session=; .*Max-Age=0$/);
    assert.equal(ended.headers['clear-site-data'], '"cache", "storage"');
    const after = await withCookie(cookie, { url: '/v1/session' });
    assert.deepEqual([after.status, after.body.code], [401, 'unauthenticated']);
    const byKey = await world.call({ method: 'DELETE', url: '/v1/session' });
    assert.deepEqual([byKey.status, byKey.body.code], [409, 'no_session']);
  });

  test('ends with its key, with the time of the key, and when the browser signs in anew', async () => {
    const made = await world.call({
      method: 'POST',
      url: '/v1/api-keys',
      body: { name: 'short', scopes: ['admin'], expires_at: new Date(nowMs + 60_000).toISOString() },
    });
    const short = await signIn(made.body.key);
    assert.equal(short.body.expires_at, new Date(nowMs + 60_000).toISOString());
    const cookie = cookieOf(short);
    const next = cookieOf(await signIn(made.body.key, { cookie }));
    assert.equal((await withCookie(cookie, { url: '/v1/session' })).status, 401);
    assert.equal((await withCookie(next, { url: '/v1/session' })).status, 200);
    await world.call({ method: 'DELETE', url: `/v1/api-keys/${made.body.api_key_id}` });
    assert.equal((await withCookie(next, { url: '/v1/session' })).status, 401);
  });

  test('ends when nobody uses it, is kept by use, and ends at its time however much it is used', async () => {
    const cookie = cookieOf(await signIn(world.admin));
    const idle = cookieOf(await signIn(world.admin));
    const begunMs = nowMs;
    const state = async (which: string): Promise<number> =>
      (await withCookie(which, { url: '/v1/session' })).status;
    for (let step = 1; step <= 3; step += 1) {
      nowMs = begunMs + step * (IDLE_MS - 60_000);
      assert.equal(await state(cookie), 200, `step ${step}`);
    }
    assert.equal(await state(idle), 401);
    nowMs = begunMs + LIFETIME_MS;
    assert.equal(await state(cookie), 401);
  });

  test('ends while a page is open and nobody sits before it', async () => {
    const begunMs = nowMs;
    const signed = cookieOf(await signIn(world.admin));
    const unattended = async (): Promise<number> =>
      (await withCookie(signed, { url: '/v1/session', headers: { 'x-aegis-unattended': '1' } })).status;
    for (let minutes = 15; minutes < 60; minutes += 15) {
      nowMs = begunMs + minutes * 60_000;
      assert.equal(await unattended(), 200, `after ${minutes} minutes`);
    }
    nowMs = begunMs + IDLE_MS;
    assert.equal(await unattended(), 401);
  });

  test('is not kept by a page that holds the event stream open', async () => {
    const begunMs = nowMs;
    // Refused for its scope, after it was asked whose session it is: a stream that is let in does not end here.
    const signed = cookieOf(await signIn(await world.key(['audit:read'])));
    const listen = async (): Promise<number> => (await withCookie(signed, { url: '/v1/siem/stream' })).status;
    nowMs = begunMs + IDLE_MS - 1;
    assert.equal(await listen(), 403);
    nowMs = begunMs + IDLE_MS;
    assert.equal(await listen(), 401);
  });

  test('changes nothing for a request that another site could have made', async () => {
    const cookie = cookieOf(await signIn(world.admin));
    const change = { method: 'POST', url: '/v1/siem/checkpoint-keys' } as const;
    const attempts: readonly Readonly<Record<string, string>>[] = [
      {},
      { 'x-aegis-csrf': '1' },
      { origin: 'http://localhost' },
      { ...OWN_PAGE, 'x-aegis-csrf': '0' },
      { ...OWN_PAGE, origin: 'http://evil.example' },
      { ...OWN_PAGE, origin: 'null' },
      { ...OWN_PAGE, origin: 'http://localhost:81' },
      { ...OWN_PAGE, origin: 'https://localhost' },
      { ...OWN_PAGE, 'sec-fetch-site': 'cross-site' },
      { ...OWN_PAGE, 'sec-fetch-site': 'same-site' },
      { ...OWN_PAGE, 'sec-fetch-site': 'none' },
    ];
    const keysBefore = await world.call({ url: '/v1/siem/checkpoint-keys' });
    for (const headers of attempts) {
      const reply = await world.call({ ...change, key: null, headers: { cookie, ...headers } });
      assert.deepEqual([reply.status, reply.body.code], [403, 'csrf_refused'], JSON.stringify(headers));
    }
    const look = await world.call({
      url: '/v1/siem/destinations',
      key: null,
      headers: { cookie, 'sec-fetch-site': 'cross-site' },
    });
    assert.deepEqual([look.status, look.body.code], [403, 'csrf_refused']);
    assert.deepEqual((await world.call({ url: '/v1/siem/checkpoint-keys' })).text, keysBefore.text);
    assert.equal((await withCookie(cookie, change)).status, 201);
    for (const origin of ['http://evil.example', 'http://localhost:81']) {
      const planted = await signIn(world.admin, { origin });
      assert.deepEqual([planted.status, planted.body.code], [403, 'csrf_refused']);
    }
  });

  test('is not taken from a cookie that is doubled, cut, or of another name', async () => {
    const cookie = cookieOf(await signIn(world.admin));
    const token = cookie.slice(cookie.indexOf('=') + 1);
    for (const header of [
      `${cookie}; ${cookie}`,
      `aegis_session=${'A'.repeat(43)}; ${cookie}`,
      cookie.slice(0, -1),
      `__Host-aegis_session=${token}`,
      `AEGIS_SESSION=${token}`,
      `x=${cookie}`,
      `aegis_session=${'A'.repeat(43)}`,
    ]) {
      const reply = await withCookie(header, { url: '/v1/session' });
      assert.deepEqual([reply.status, reply.body.code], [401, 'unauthenticated'], header);
    }
    assert.equal((await withCookie(`a=b; ${cookie}; c=d`, { url: '/v1/session' })).status, 200);
  });

  test('counts for nothing beside a key: the key of the request decides', async () => {
    const cookie = cookieOf(await signIn(world.admin));
    const key = await world.key(['audit:read']);
    const reply = await world.call({ url: '/v1/api-keys', key, headers: { cookie, ...OWN_PAGE } });
    assert.deepEqual([reply.status, reply.body.code], [403, 'missing_scope']);
    const wrong = await world.call({ url: '/v1/session', key: 'x', headers: { cookie, ...OWN_PAGE } });
    assert.equal(wrong.status, 401);
  });

  test('leaves one audit record when it begins and one when it ends, and its token nowhere', async () => {
    const cookie = cookieOf(await signIn(world.admin));
    await withCookie(cookie, { method: 'DELETE', url: '/v1/session' });
    const audit = await world.call({ url: '/v1/audit?limit=2' });
    assert.deepEqual(
      audit.body.items.map((item) => item.action),
      ['session.ended', 'session.started'],
    );
    const token = cookie.slice(cookie.indexOf('=') + 1);
    assert.ok(!world.logs().includes(token) && !audit.text.includes(token));
  });

  test('is seen and ended by whoever has it, on every browser at once', async () => {
    const key = await world.key(['destinations:read'], 'ws-own');
    const [here, there] = [cookieOf(await signIn(key)), cookieOf(await signIn(key))];
    const other = cookieOf(await signIn(await world.key(['destinations:read'], 'ws-own')));
    const own = await withCookie(here, { url: '/v1/session/all' });
    assert.deepEqual(
      own.body.items.map((item) => [item.name, item.workspace_id, item.is_this_one]),
      [
        ['test', 'ws-own', true],
        ['test', 'ws-own', false],
      ],
      own.text,
    );
    for (const cookie of [here, there]) assert.ok(!own.text.includes(cookie.split('=')[1] ?? 'none'));
    const unsafe = await world.call({
      method: 'DELETE',
      url: '/v1/session/all',
      key: null,
      headers: { cookie: here },
    });
    assert.deepEqual([unsafe.status, unsafe.body.code], [403, 'csrf_refused']);
    const ended = await withCookie(here, { method: 'DELETE', url: '/v1/session/all' });
    assert.deepEqual([ended.status, ended.text], [200, '{"ended":2}']);
    assert.match(String(ended.headers['set-cookie']), /^aegis_session=; .*Max-Age=0$/);
    for (const cookie of [here, there])
      assert.equal((await withCookie(cookie, { url: '/v1/session' })).status, 401);
    assert.equal((await withCookie(other, { url: '/v1/session' })).status, 200);
  });

  test('is ended by an administrator: those of one person, of a workspace, of everyone, each with one audit record', async () => {
    const [first, second] = [
      await world.key(['audit:read'], 'ws-x'),
      await world.key(['audit:read'], 'ws-y'),
    ];
    const [x, again, y] = [
      cookieOf(await signIn(first)),
      cookieOf(await signIn(first)),
      cookieOf(await signIn(second)),
    ];
    const open = async (...cookies: readonly string[]): Promise<boolean[]> => {
      const replies = cookies.map((cookie) => withCookie(cookie, { url: '/v1/session' }));
      return (await Promise.all(replies)).map(({ status }) => status === 200);
    };
    const { actor } = (await withCookie(x, { url: '/v1/session' })).body;
    const bound = await world.key(['admin'], 'ws-x');
    const seen = await world.call({ url: '/v1/sessions', key: bound });
    assert.deepEqual([...new Set(seen.body.items.map((item) => item.workspace_id))], ['ws-x']);
    const mine = await world.call({ url: `/v1/sessions?actor=${encodeURIComponent(actor)}` });
    assert.equal(mine.body.items.length, 2, mine.text);
    const end = (query: string, key?: string): Promise<ApiReply> =>
      world.call({ method: 'DELETE', url: `/v1/sessions${query}`, ...(key === undefined ? {} : { key }) });
    for (const query of ['', '?everyone=true&actor=a', '?everyone=false', '?actor=']) {
      const refused = await end(query);
      assert.deepEqual([refused.status, refused.body.code], [400, 'bad_parameter'], query);
    }
    assert.deepEqual(await open(x, again, y), [true, true, true]);
    assert.equal((await end(`?actor=${encodeURIComponent(actor)}`)).text, '{"ended":2}');
    assert.deepEqual(await open(x, again, y), [false, false, true]);
    const back = cookieOf(await signIn(first));
    assert.equal((await end('?everyone=true', bound)).text, '{"ended":1}');
    assert.deepEqual(await open(back, y), [false, true]);
    await end('?everyone=true');
    assert.deepEqual(await open(y), [false]);
    const audit = await world.call({ url: '/v1/audit?limit=3&action=session.revoked' });
    assert.deepEqual(
      audit.body.items.map((item) => [item.subject_id, item.workspace_id]),
      [
        ['everyone', 'aegis-system'],
        ['everyone', 'ws-x'],
        [actor, 'aegis-system'],
      ],
    );
  });

  test('is refused for a time after too many wrong keys from one address, but for a right one', async () => {
    const from = (remoteAddress: string, apiKey: string) =>
      world.app.inject({
        method: 'POST',
        url: '/v1/session',
        remoteAddress,
        headers: { ...OWN_PAGE, 'content-type': 'application/json' },
        payload: JSON.stringify({ api_key: apiKey }),
      });
    for (let count = 1; count <= MAX_FAILED_SIGN_INS; count += 1) {
      assert.equal((await from(`2001:db8::${count}`, 'aegis_wrong')).statusCode, 401);
    }
    const refused = await from('2001:db8::ffff', 'aegis_wrong');
    assert.equal(refused.statusCode, 429);
    assert.ok(Number(refused.headers['retry-after']) <= SIGN_IN_WINDOW_MS / 1_000);
    // Whoever failed, others behind the same proxy are not locked out.
    assert.equal((await from('2001:db8::ffff', world.admin)).statusCode, 201);
    assert.equal((await from('2001:db8:0:1::1', 'aegis_wrong')).statusCode, 401);
    nowMs += SIGN_IN_WINDOW_MS;
    assert.equal((await from('2001:db8::ffff', 'aegis_wrong')).statusCode, 401);
  });
});
