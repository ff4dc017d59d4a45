import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Egress, EgressRequest, EgressResult } from '../../egress/egress.ts';
import type { ClientSecretSignIn } from './entra-sign-in.ts';
import { EntraTokens, renewAfterMs } from './entra-tokens.ts';

const NEVER = new AbortController().signal;
const MAX_TURNS = 100;
const SIGN_IN: ClientSecretSignIn = {
  kind: 'client_secret',
  authority: new URL('https://login.example.com'),
  tenantId: 'tenant',
  clientId: 'client',
  scope: 'https://monitor.example.com/.default',
  clientSecret: 'a secret&with=signs+%',
};

function response(status: number, body: object): EgressResult {
  return {
    kind: 'response',
    status,
    headers: {},
    setCookies: [],
    body: Buffer.from(JSON.stringify(body)),
    bodyCut: false,
    durationMs: 1,
  };
}

/** A token endpoint whose answers wait until they are let go. */
class HeldEndpoint implements Egress {
  readonly requests: EgressRequest[] = [];
  nowMs = 1_000_000;
  readonly tokens = new EntraTokens({
    egress: this,
    nowMs: () => this.nowMs,
    randomUuid: () => 'id',
    readTextFile: () => Promise.reject(new Error('no file')),
    retryAfterMs: () => undefined,
  });
  readonly #waiting: ((result: EgressResult) => void)[] = [];

  request(request: EgressRequest): Promise<EgressResult> {
    this.requests.push(request);
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      request.signal?.addEventListener('abort', () =>
        resolve({
          kind: 'failure',
          phase: 'aborted',
          code: 'aborted',
          message: 'given up',
          requestSent: true,
          durationMs: 1,
        }),
      );
    });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Lets the program run on until so many requests were made; fails when it makes none. */
  async asked(count: number): Promise<void> {
    for (let turn = 0; turn < MAX_TURNS && this.requests.length < count; turn += 1) await settled();
    assert.equal(this.requests.length, count, 'requests to the token endpoint');
  }

  answer(result: EgressResult): void {
    const resolve = this.#waiting.shift();
    assert.ok(resolve !== undefined, 'nobody asks');
    resolve(result);
  }

  /** Asks, answers and gives the token. */
  async token(token: string, lifeSeconds: number): Promise<string> {
    const result = this.tokens.get(SIGN_IN, NEVER);
    await this.asked(this.requests.length + 1);
    this.answer(response(200, { access_token: token, expires_in: lifeSeconds }));
    const given = await result;
    assert.ok(given.ok);
    return given.token;
  }
}

async function tokenOf(endpoint: HeldEndpoint): Promise<string> {
  const given = await endpoint.tokens.get(SIGN_IN, NEVER);
  assert.ok(given.ok);
  return given.token;
}

/** Lets promises that are already settled run on. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('however many batches wait, one request is made', async () => {
  const endpoint = new HeldEndpoint();
  const all = Array.from({ length: 50 }, () => endpoint.tokens.get(SIGN_IN, NEVER));
  await endpoint.asked(1);
  endpoint.answer(response(200, { access_token: 'one', expires_in: 3_600 }));
  for (const given of await Promise.all(all)) assert.deepEqual(given, { ok: true, token: 'one' });
  assert.equal(await tokenOf(endpoint), 'one');
  assert.equal(endpoint.requests.length, 1);
});

test('every value of the form is encoded', async () => {
  const endpoint = new HeldEndpoint();
  await endpoint.token('one', 3_600);
  const [request] = endpoint.requests;
  assert.equal(request?.url.href, 'https://login.example.com/tenant/oauth2/v2.0/token');
  const text = Buffer.from(request?.body ?? []).toString('utf8');
  assert.ok(!text.includes(SIGN_IN.clientSecret));
  assert.equal(new URLSearchParams(text).get('client_secret'), SIGN_IN.clientSecret);
});

test('a token is renewed at half its life, or five minutes before its end, whichever comes first', () => {
  assert.equal(renewAfterMs(3_600_000), 1_800_000);
  assert.equal(renewAfterMs(500_000), 200_000);
  assert.equal(renewAfterMs(400_000), 100_000);
  assert.equal(renewAfterMs(60_000), 15_000);
});

test('the old token serves while the new one is fetched', async () => {
  const endpoint = new HeldEndpoint();
  await endpoint.token('old', 3_600);
  endpoint.nowMs += 1_799_000;
  assert.equal(await tokenOf(endpoint), 'old');
  assert.equal(endpoint.requests.length, 1);
  endpoint.nowMs += 1_000;
  assert.equal(await tokenOf(endpoint), 'old');
  assert.equal(await tokenOf(endpoint), 'old');
  await endpoint.asked(2);
  endpoint.answer(response(200, { access_token: 'new', expires_in: 3_600 }));
  await settled();
  assert.equal(await tokenOf(endpoint), 'new');
  assert.equal(endpoint.requests.length, 2);
});

test('the old token serves while renewal fails, with a pause between tries, until it ends', async () => {
  const endpoint = new HeldEndpoint();
  await endpoint.token('old', 3_600);
  endpoint.nowMs += 1_800_000;
  assert.equal(await tokenOf(endpoint), 'old');
  await endpoint.asked(2);
  endpoint.answer(response(503, {}));
  await settled();
  assert.equal(await tokenOf(endpoint), 'old');
  assert.equal(endpoint.requests.length, 2);
  endpoint.nowMs += 30_000;
  assert.equal(await tokenOf(endpoint), 'old');
  await endpoint.asked(3);
  endpoint.answer(response(503, {}));
  await settled();
  endpoint.nowMs += 1_770_000;
  const late = endpoint.tokens.get(SIGN_IN, NEVER);
  await endpoint.asked(4);
  endpoint.answer(response(503, {}));
  const given = await late;
  assert.ok(!given.ok);
  assert.equal(given.outcome.kind, 'transient');
});

test('a dropped token is not used again, and a newer one is not dropped for it', async () => {
  const endpoint = new HeldEndpoint();
  await endpoint.token('one', 3_600);
  endpoint.tokens.drop(SIGN_IN, 'one');
  assert.equal(await endpoint.token('two', 3_600), 'two');
  endpoint.tokens.drop(SIGN_IN, 'one');
  assert.equal(await tokenOf(endpoint), 'two');
});

test('another secret, tenant, client, authority or scope never gets the token of this one', async () => {
  const endpoint = new HeldEndpoint();
  await endpoint.token('mine', 3_600);
  const others: readonly ClientSecretSignIn[] = [
    { ...SIGN_IN, clientSecret: 'wrong' },
    { ...SIGN_IN, tenantId: 'other' },
    { ...SIGN_IN, clientId: 'other' },
    { ...SIGN_IN, scope: 'https://other.example.com/.default' },
    { ...SIGN_IN, authority: new URL('https://other.example.com') },
  ];
  for (const signIn of others) {
    const count = endpoint.requests.length;
    const result = endpoint.tokens.get(signIn, NEVER);
    await endpoint.asked(count + 1);
    endpoint.answer(response(401, { error: 'invalid_client', error_codes: [7_000_215] }));
    const given = await result;
    assert.ok(!given.ok);
  }
});

test('a failed first request is not remembered: the next one asks again', async () => {
  const endpoint = new HeldEndpoint();
  const failed = endpoint.tokens.get(SIGN_IN, NEVER);
  await endpoint.asked(1);
  endpoint.answer(response(500, {}));
  assert.equal((await failed).ok, false);
  assert.equal(await endpoint.token('one', 3_600), 'one');
});

test('giving up ends the request only when nobody else waits', async () => {
  const endpoint = new HeldEndpoint();
  const stop = new AbortController();
  const leaving = endpoint.tokens.get(SIGN_IN, stop.signal);
  const staying = endpoint.tokens.get(SIGN_IN, NEVER);
  await endpoint.asked(1);
  stop.abort();
  const left = await leaving;
  assert.ok(!left.ok);
  assert.equal(left.outcome.kind, 'local_fault');
  assert.equal(endpoint.requests[0]?.signal?.aborted, false);
  endpoint.answer(response(200, { access_token: 'one', expires_in: 60 }));
  assert.equal((await staying).ok, true);

  endpoint.nowMs += 3_600_000;
  const last = new AbortController();
  const alone = endpoint.tokens.get(SIGN_IN, last.signal);
  await endpoint.asked(2);
  last.abort();
  await alone;
  assert.equal(endpoint.requests[1]?.signal?.aborted, true);
});

test('closing ends a renewal under way', async () => {
  const endpoint = new HeldEndpoint();
  await endpoint.token('old', 3_600);
  endpoint.nowMs += 1_800_000;
  await tokenOf(endpoint);
  await endpoint.asked(2);
  await endpoint.tokens.close();
  assert.equal(endpoint.requests[1]?.signal?.aborted, true);
});

test('a federated token file that cannot be read is said, with its path', async () => {
  const endpoint = new HeldEndpoint();
  const given = await endpoint.tokens.get(
    { ...SIGN_IN, kind: 'workload_identity', assertionFile: '/var/run/token' },
    NEVER,
  );
  assert.ok(!given.ok && given.outcome.kind === 'configuration');
  assert.equal(given.outcome.reason, 'sign_in_impossible');
  assert.match(given.outcome.advice, /\/var\/run\/token/);
});
