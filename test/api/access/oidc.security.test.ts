import assert from 'node:assert/strict';
import { createHmac, generateKeyPairSync } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import { exportJWK, exportSPKI, generateKeyPair, importJWK, type JWTPayload } from 'jose';
import { pino } from 'pino';
import { parseOidcGrants } from '../../../src/api/sign-in/oidc/oidc-grants.ts';
import { OidcProvider } from '../../../src/api/sign-in/oidc/oidc-provider.ts';
import { MAX_FAILED_SIGN_INS, SIGN_IN_WINDOW_MS } from '../../../src/api/sign-in/sign-in-limit.ts';
import { createOutbound, type Outbound } from '../../../src/outbound.ts';
import { AUDIENCE, CLIENT_ID, CLIENT_SECRET, FakeProvider } from '../../fake-oidc/fake-provider.ts';
import { type ApiReply, type ApiWorld, openApiWorld } from '../api-world.ts';

const GRANTS = parseOidcGrants(
  JSON.stringify([
    { claim: 'groups', value: 'soc-admins', scopes: ['admin'] },
    { claim: 'groups', value: 'soc', scopes: ['destinations:read', 'audit:read'], workspace_id: 'ws-1' },
  ]),
);
const MIA = { sub: 'mia-1', name: 'Mia', groups: ['all', 'soc'] };

describe('signing in with an identity provider', () => {
  let provider: FakeProvider;
  let outbound: Outbound;
  let world: ApiWorld;
  let nowMs = Date.now();

  before(async () => {
    provider = await FakeProvider.start();
    outbound = createOutbound({ egressAllow: 'http+127.0.0.1/32:1-65535', ambientIdentity: false });
    const nowOf = (): number => nowMs;
    world = await openApiWorld({
      clock: { nowMs: nowOf },
      oidcClient: {
        provider: new OidcProvider({
          issuer: provider.issuer,
          egress: outbound.egress,
          nowMs: nowOf,
          logger: pino({ level: 'silent' }),
        }),
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        audience: AUDIENCE,
        grants: GRANTS,
      },
    });
  });
  beforeEach(() => {
    nowMs = Date.now();
    provider.claims = {};
  });
  after(async () => {
    await world.close();
    await outbound.close();
    await provider[Symbol.asyncDispose]();
  });

  const start = async (
    returnTo = '/audit',
  ): Promise<{ readonly location: string; readonly cookie: string }> => {
    const reply = await world.call({
      url: `/v1/session/oidc/start?return_to=${encodeURIComponent(returnTo)}`,
      key: null,
    });
    assert.equal(reply.status, 303, reply.text);
    assert.match(
      String(reply.headers['set-cookie']),
      /^aegis_oidc=\S+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=600$/,
    );
    return { location: String(reply.headers['location']), cookie: cookieOf(reply, 'aegis_oidc') };
  };
  let address = 0;
  /** Each from another address, so that one test's failures do not close the door for the next. */
  const comeBack = async (back: URL, cookie: string): Promise<ApiReply> => {
    address += 1;
    const reply = await world.app.inject({
      url: `${back.pathname}${back.search}`,
      headers: { cookie },
      remoteAddress: `198.51.${address >> 8}.${address & 255}`,
    });
    return {
      status: reply.statusCode,
      headers: reply.headers,
      text: reply.body,
      body: {} as ApiReply['body'],
    };
  };
  const refusedWith = (reply: ApiReply, code: string): void => {
    assert.deepEqual(
      [reply.status, reply.headers['location']],
      [303, `/?sign_in_problem=${code}`],
      reply.text,
    );
    assert.ok(!String(reply.headers['set-cookie']).includes('aegis_session='), 'no session');
  };

  test('makes a session with the name, scopes and workspace that the grants give', async () => {
    const { location, cookie } = await start();
    const reply = await comeBack(provider.approve(location, MIA), cookie);
    assert.deepEqual([reply.status, reply.headers['location']], [303, '/audit'], reply.text);
    const session = cookieOf(reply, 'aegis_session');
    const me = await world.call({ url: '/v1/session', key: null, headers: { cookie: session } });
    assert.deepEqual(
      [me.body.kind, me.body.name, me.body.workspace_id, me.body.scopes, me.body.actor],
      ['session', 'Mia', 'ws-1', ['destinations:read', 'audit:read'], `person:${provider.issuer}#mia-1`],
    );
    const audit = await world.call({ url: '/v1/audit', key: null, headers: { cookie: session } });
    assert.deepEqual(
      audit.body.items.map(({ action, actor }) => [action, actor]),
      [['session.started', `person:${provider.issuer}#mia-1`]],
    );
    const keys = await world.call({ url: '/v1/api-keys', key: null, headers: { cookie: session } });
    assert.deepEqual([keys.status, keys.body.code], [403, 'missing_scope']);
    assert.ok(!world.logs().includes(CLIENT_SECRET));
  });

  test('makes a session that an administrator ends, by the name that the audit trail has for the person', async () => {
    const { location, cookie } = await start();
    const session = cookieOf(await comeBack(provider.approve(location, MIA), cookie), 'aegis_session');
    const who = { url: '/v1/session', key: null, headers: { cookie: session } };
    const actor = `person:${provider.issuer}#mia-1`;
    assert.equal((await world.call(who)).body.actor, actor);
    const query = `?actor=${encodeURIComponent(actor)}`;
    const listed = await world.call({ url: `/v1/sessions${query}` });
    assert.ok(listed.body.items.length > 0 && listed.body.items.every((item) => item.actor === actor));
    const ended = await world.call({ method: 'DELETE', url: `/v1/sessions${query}` });
    assert.equal(ended.text, `{"ended":${listed.body.items.length}}`);
    const after = await world.call(who);
    assert.deepEqual([after.status, after.body.code], [401, 'unauthenticated']);
  });

  test('says that it is there', async () => {
    const ways = await world.call({ url: '/v1/session/ways', key: null });
    assert.match(ways.text, /"oidc":"\/v1\/session\/oidc\/start"/);
    const without = await openApiWorld();
    try {
      assert.match((await without.call({ url: '/v1/session/ways', key: null })).text, /"oidc":null/);
      for (const path of ['start', 'callback']) {
        assert.equal((await without.call({ url: `/v1/session/oidc/${path}`, key: null })).status, 404);
      }
      const token = await provider.token({ aud: AUDIENCE, ...MIA });
      assert.equal((await without.call({ url: '/v1/session', key: token })).status, 401);
    } finally {
      await without.close();
    }
  });

  test('lets in nobody whom no grant fits', async () => {
    for (const groups of [undefined, [], ['SOC'], 'soc-admins2', [['soc']], { soc: true }]) {
      const { location, cookie } = await start();
      const person = { sub: 'eve', ...(groups === undefined ? {} : { groups }) };
      refusedWith(await comeBack(provider.approve(location, person), cookie), 'no_access');
    }
  });

  test('refuses an answer whose state, cookie, issuer or code does not belong to this sign-in', async () => {
    const mine = await start();
    const other = await start();
    const back = provider.approve(mine.location, MIA);
    const changed = (name: string, value: string | undefined): URL => {
      const url = new URL(back);
      if (value === undefined) url.searchParams.delete(name);
      else url.searchParams.set(name, value);
      return url;
    };
    refusedWith(await comeBack(changed('state', 'x'), mine.cookie), 'sign_in_refused');
    refusedWith(await comeBack(changed('state', undefined), mine.cookie), 'sign_in_refused');
    refusedWith(await comeBack(back, ''), 'sign_in_refused');
    refusedWith(await comeBack(back, other.cookie), 'sign_in_refused');
    refusedWith(await comeBack(back, `${mine.cookie}; ${mine.cookie}`), 'sign_in_refused');
    refusedWith(await comeBack(changed('iss', 'https://evil.example'), mine.cookie), 'sign_in_refused');
    // Another person's code in my own sign-in: the provider holds it to the other's PKCE challenge.
    const foreign = provider.approve(other.location, { ...MIA, sub: 'victim' });
    const injected = changed('code', foreign.searchParams.get('code') ?? '');
    refusedWith(await comeBack(injected, mine.cookie), 'sign_in_refused');
    const denied = await start();
    const no = new URL(provider.approve(denied.location, MIA));
    no.searchParams.delete('code');
    no.searchParams.set('error', 'access_denied');
    refusedWith(await comeBack(no, denied.cookie), 'sign_in_refused');
  });

  test('takes a code once, and an answer within ten minutes', async () => {
    const once = await start();
    const back = provider.approve(once.location, MIA);
    assert.equal((await comeBack(back, once.cookie)).headers['location'], '/audit');
    refusedWith(await comeBack(back, once.cookie), 'sign_in_refused');
    const late = await start();
    const lateBack = provider.approve(late.location, MIA);
    nowMs += 10 * 60_000 + 1;
    refusedWith(await comeBack(lateBack, late.cookie), 'sign_in_refused');
  });

  test('refuses ID tokens of another nonce, audience, issuer, party or time', async () => {
    const nowSeconds = Math.floor(Date.now() / 1_000);
    for (const claims of [
      { nonce: 'another' },
      { nonce: undefined },
      { aud: 'another-client' },
      { aud: [] as string[] },
      { aud: [CLIENT_ID, 'another'], azp: 'another' },
      { iss: 'https://evil.example' },
      { exp: nowSeconds - 61 },
      { iat: nowSeconds - 3_600 },
      { nbf: nowSeconds + 120 },
      { sub: '' },
    ] as JWTPayload[]) {
      provider.claims = claims;
      const { location, cookie } = await start();
      const reply = await comeBack(provider.approve(location, MIA), cookie);
      const code = claims.sub === '' ? 'no_access' : 'sign_in_refused';
      refusedWith(reply, code);
    }
  });

  test('goes back to our own pages only', async () => {
    for (const evil of [
      'https://evil.example/',
      '//evil.example',
      '/\\evil.example',
      '\\\\evil.example',
      'javascript:alert(1)',
      '/\t/evil.example',
      '/a\r\nset-cookie: x=y',
      '',
    ]) {
      const { location, cookie } = await start(evil);
      const reply = await comeBack(provider.approve(location, MIA), cookie);
      assert.deepEqual([reply.status, reply.headers['location']], [303, '/'], evil);
    }
  });

  test('closes the door of an address after too many failures', async () => {
    const from = async (): Promise<unknown> => {
      const reply = await world.app.inject({
        url: '/v1/session/oidc/callback?code=x&state=y',
        remoteAddress: '203.0.113.9',
      });
      return reply.headers['location'];
    };
    for (let count = 0; count < MAX_FAILED_SIGN_INS; count += 1) {
      assert.equal(await from(), '/?sign_in_problem=sign_in_refused');
    }
    assert.equal(await from(), '/?sign_in_problem=too_many_sign_ins');
    nowMs += SIGN_IN_WINDOW_MS;
    assert.equal(await from(), '/?sign_in_problem=sign_in_refused');
  });

  describe('access tokens for the API', () => {
    const claims = { aud: AUDIENCE, ...MIA };
    const ask = async (token: string): Promise<readonly [number, string]> => {
      const { status, body } = await world.call({ url: '/v1/siem/destinations', key: token });
      return [status, body.code];
    };
    const REFUSED = [401, 'unauthenticated'] as const;

    test('open what the grants give', async () => {
      assert.equal((await ask(await provider.token(claims)))[0], 200);
      const me = await world.call({ url: '/v1/session', key: await provider.token(claims) });
      assert.deepEqual([me.body.kind, me.body.workspace_id], ['token', 'ws-1']);
      const admin = await provider.token({ ...claims, groups: ['soc', 'soc-admins'] });
      assert.equal((await world.call({ url: '/v1/api-keys', key: admin })).status, 200);
      assert.deepEqual(await ask(await provider.token({ ...claims, groups: [] })), [403, 'no_access']);
    });

    test('are refused for another audience, issuer or time, and without what they must have', async () => {
      const nowSeconds = Math.floor(Date.now() / 1_000);
      for (const wrong of [
        { aud: CLIENT_ID },
        { aud: undefined },
        { aud: `${AUDIENCE}/` },
        { iss: `${provider.issuer}/` },
        { iss: undefined },
        { exp: nowSeconds - 61 },
        { exp: undefined },
        { iat: undefined },
        { nbf: nowSeconds + 61 },
        { sub: undefined },
        { nonce: 'an ID token' },
      ] as JWTPayload[]) {
        assert.deepEqual(
          await ask(await provider.token({ ...claims, ...wrong })),
          REFUSED,
          JSON.stringify(wrong),
        );
      }
      assert.equal(
        (await ask(await provider.token({ ...claims, exp: nowSeconds - 50 })))[0],
        200,
        'clock skew',
      );
    });

    test('are refused with no algorithm, a shared-secret one, or a key of their own', async () => {
      const parts = (header: object): string =>
        [header, { iss: provider.issuer, iat: 1, exp: 9e9, ...claims }]
          .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
          .join('.');
      const { kid } = provider.key.jwk;
      for (const alg of ['none', 'None', 'NONE', '']) {
        assert.deepEqual(await ask(`${parts({ alg, kid })}.`), REFUSED, alg);
        assert.deepEqual(await ask(`${parts({ alg, kid })}.AAAA`), REFUSED, alg);
      }
      const publicKey = await importJWK(provider.key.jwk, 'RS256');
      if (publicKey instanceof Uint8Array) throw new TypeError('an RSA key is no bytes');
      for (const secret of [await exportSPKI(publicKey), JSON.stringify(provider.key.jwk), '']) {
        const text = parts({ alg: 'HS256', kid });
        const mac = createHmac('sha256', secret).update(text).digest('base64url');
        assert.deepEqual(await ask(`${text}.${mac}`), REFUSED, 'HS256 with the public key');
      }
      const own = await generateKeyPair('RS256', { extractable: true });
      const jwk = await exportJWK(own.publicKey);
      const calls = provider.seen.length;
      for (const header of [
        {},
        { jwk },
        { jku: `${provider.issuer}/evil-keys` },
        { x5u: `${provider.issuer}/evil-cert` },
        { jku: 'http://169.254.169.254/keys', kid: 'unknown-1' },
        { kid: '../../../../dev/null' },
        { kid: "x' union select 'key" },
        { kid: undefined, jwk },
        { crit: ['jku'], jku: 'x' },
        { b64: false, crit: ['b64'] },
      ]) {
        const token = await provider
          .token(claims, header as object, own.privateKey)
          .catch(() => 'unmakeable');
        assert.equal((await ask(token))[0], 401, JSON.stringify(header));
      }
      assert.ok(
        !provider.seen.slice(calls).some((path) => path.startsWith('/evil')),
        'no address of a token is asked',
      );
    });

    test('are refused when anything of them was changed', async () => {
      const token = await provider.token(claims);
      const [header = '', payload = '', signature = ''] = token.split('.');
      const richer = Buffer.from(payload, 'base64url').toString().replace('"soc"', '"soc-admins"');
      for (const text of [
        `${header}.${Buffer.from(richer).toString('base64url')}.${signature}`,
        `${header}.${payload}.${signature.slice(0, -4)}AAAA`,
        `${header}.${payload}.`,
        `${header}.${payload}`,
        `${token}.x`,
        `.${payload}.${signature}`,
      ]) {
        assert.equal((await ask(text))[0], 401);
      }
    });

    test('of a new key are taken after the keys were read again, and made-up key ids cost no calls', async () => {
      assert.equal((await ask(await provider.token(claims)))[0], 200);
      const old = await provider.token(claims);
      await provider.rotateKeys();
      nowMs += 31_000;
      assert.equal((await ask(await provider.token(claims)))[0], 200);
      assert.deepEqual(await ask(old), REFUSED);
      const calls = provider.seen.length;
      const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
      for (let count = 0; count < 50; count += 1) {
        const token = await provider.token(
          claims,
          { kid: `made-up-${count}` },
          stranger as unknown as CryptoKey,
        );
        assert.deepEqual(await ask(token), REFUSED);
      }
      assert.ok(provider.seen.length - calls <= 1, 'at most one look for new keys');
    });
  });

  test('is not possible while the provider is away, or when it speaks for another', async () => {
    const fresh = (): Promise<ApiReply> => {
      nowMs += 2 * 60 * 60_000;
      return world.call({ url: '/v1/session/oidc/start', key: null });
    };
    provider.down = true;
    const away = await fresh();
    assert.deepEqual([away.status, away.body.code], [503, 'sign_in_unavailable']);
    assert.ok(Number(away.headers['retry-after']) > 0);
    provider.down = false;
    for (const metadata of [
      { issuer: 'https://another.example' },
      { authorization_endpoint: 'javascript:alert(1)' },
      { token_endpoint: undefined },
      { jwks_uri: 'file:///etc/passwd' },
    ]) {
      provider.metadata = metadata;
      assert.equal((await fresh()).status, 503, JSON.stringify(metadata));
    }
    provider.metadata = {};
    assert.equal((await fresh()).status, 303);
  });

  test('does not begin over plain http from another machine', async () => {
    const reply = await world.call({
      url: '/v1/session/oidc/start',
      key: null,
      headers: { host: 'siem.example.com' },
    });
    assert.deepEqual([reply.status, reply.body.code], [403, 'sign_in_needs_https']);
  });
});

test('grants that cannot be used are refused by entry', () => {
  for (const [text, why] of [
    ['', /JSON array/],
    ['{}', /JSON array/],
    ['[]', /1 to 200/],
    ['[1]', /entry 1 must be an object/],
    ['[{"claim":"groups","value":"x","scopes":["root"]}]', /entry 1: scopes/],
    ['[{"claim":"groups","value":"x","scopes":[]}]', /entry 1: scopes/],
    ['[{"claim":"","value":"x","scopes":["admin"]}]', /entry 1: claim and value/],
    ['[{"claim":"g","value":"x","scopes":["admin"],"workspace":"w"}]', /no field "workspace"/],
    ['[{"claim":"g","value":"x","scopes":["admin"],"workspace_id":""}]', /workspace_id/],
  ] as const) {
    assert.throws(() => parseOidcGrants(text), why, text);
  }
});

function cookieOf(reply: ApiReply, name: string): string {
  const all = [reply.headers['set-cookie']].flat().map(String);
  const found = all.find((line) => line.startsWith(`${name}=`)) ?? '';
  assert.notEqual(found, '', `no cookie ${name} in ${all.join(', ')}`);
  return found.split(';')[0] ?? '';
}
