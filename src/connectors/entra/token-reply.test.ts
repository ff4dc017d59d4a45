import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HTML } from '../../../test/fake-azure/azure-reply.ts';
import { ASSUMED_LIFE_MS, MAX_LIFE_MS, readTokenReply } from './token-reply.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 3);
const TRACE = '3f1c9a52-0000-4000-8000-0123456789ab';

function read(
  status: number,
  body: unknown,
  from: 'entra' | 'managed_identity' = 'entra',
  options: { retryAfterMs?: number; bodyCut?: boolean } = {},
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const { retryAfterMs, bodyCut = false } = options;
  const reply = {
    kind: 'response',
    status,
    headers: {},
    setCookies: [],
    body: Buffer.from(text),
    bodyCut,
    durationMs: 2,
  } as const;
  return readTokenReply(reply, NOW_MS, retryAfterMs, from);
}

const refusal = (error: string, number: number, text = 'words') => ({
  error,
  error_description: `AADSTS${number}: ${text}`,
  error_codes: [number],
  trace_id: TRACE,
  correlation_id: TRACE,
});

const LIVES: readonly (readonly [fields: object, lifeMs: number])[] = [
  [{ expires_in: 3_599 }, 3_599_000],
  [{ expires_in: '3599' }, 3_599_000],
  [{ expires_on: String(NOW_MS / 1_000 + 600) }, 600_000],
  [{ expires_in: 0 }, ASSUMED_LIFE_MS],
  [{ expires_in: -5 }, ASSUMED_LIFE_MS],
  [{ expires_in: 'soon' }, ASSUMED_LIFE_MS],
  [{ expires_in: null }, ASSUMED_LIFE_MS],
  [{}, ASSUMED_LIFE_MS],
  [{ expires_in: 1e12 }, MAX_LIFE_MS],
  [{ expires_on: '1' }, ASSUMED_LIFE_MS],
];
for (const [fields, lifeMs] of LIVES) {
  test(`a token with ${JSON.stringify(fields)} lives ${lifeMs} ms`, () => {
    assert.deepEqual(read(200, { access_token: 'abc.def', ...fields }), {
      ok: true,
      token: 'abc.def',
      lifeMs,
    });
  });
}

const NO_TOKENS: readonly unknown[] = [
  HTML,
  '',
  'null',
  [],
  { access_token: '' },
  { access_token: 7 },
  { access_token: 'a\r\nx-injected: 1' },
  { access_token: 'a'.repeat(40_000) },
];
for (const body of NO_TOKENS) {
  test(`200 with ${JSON.stringify(body).slice(0, 60)} brings no token and says what answers there`, () => {
    const reply = read(200, body);
    assert.ok(!reply.ok && reply.outcome.kind === 'configuration');
    assert.equal(reply.outcome.reason, 'not_a_token_endpoint');
  });
}

test('a reply that was cut is no token', () => {
  const reply = read(200, { access_token: 'abc' }, 'entra', { bodyCut: true });
  assert.ok(!reply.ok && reply.outcome.kind === 'configuration');
});

const REFUSALS: readonly (readonly [status: number, error: string, number: number, reason: string])[] = [
  [401, 'invalid_client', 7_000_215, 'client_secret_wrong'],
  [401, 'invalid_client', 7_000_222, 'client_secret_expired'],
  [400, 'unauthorized_client', 700_016, 'application_unknown'],
  [400, 'invalid_request', 90_002, 'tenant_unknown'],
  [400, 'invalid_scope', 70_011, 'scope_wrong'],
  [400, 'invalid_resource', 500_011, 'scope_wrong'],
  [401, 'invalid_client', 700_027, 'certificate_wrong'],
  [401, 'invalid_client', 700_024, 'assertion_outside_its_time'],
  [401, 'invalid_client', 700_213, 'federation_wrong'],
  [400, 'invalid_grant', 53_003, 'blocked_by_policy'],
  [400, 'unauthorized_client', 7_000_112, 'application_disabled'],
  [400, 'invalid_request', 900_144, 'sign_in_refused'],
];
for (const [status, error, number, reason] of REFUSALS) {
  test(`AADSTS${number} holds the destination as ${reason}`, () => {
    const reply = read(status, refusal(error, number));
    assert.ok(!reply.ok && reply.outcome.kind === 'configuration');
    assert.equal(reply.outcome.reason, reason);
    assert.equal(reply.outcome.answer.code, `AADSTS${number}`);
    assert.ok(reply.outcome.answer.message.includes(TRACE));
    assert.ok(reply.outcome.advice.length > 20);
  });
}

test('the number is also found in a description alone, and its text is never kept', () => {
  const reply = read(401, {
    error: 'invalid_client',
    error_description: 'AADSTS7000215: Given: my-secret-value',
  });
  assert.ok(!reply.ok && reply.outcome.kind === 'configuration');
  assert.equal(reply.outcome.reason, 'client_secret_wrong');
  assert.ok(!JSON.stringify(reply).includes('my-secret-value'));
});

test('ids and words of a strange form are not kept', () => {
  const reply = read(400, { error: 'a b\u001b[31m', trace_id: 'my-secret-value', correlation_id: 5 });
  assert.ok(!JSON.stringify(reply).includes('my-secret-value'));
  assert.ok(!JSON.stringify(reply).includes('31m'));
});

const WAITS: readonly (readonly [status: number, body: unknown, kind: string])[] = [
  [429, '', 'throttled'],
  [408, '', 'throttled'],
  [500, HTML, 'transient'],
  [503, '', 'transient'],
  [504, '', 'transient'],
  [400, { error: 'temporarily_unavailable' }, 'transient'],
  [404, HTML, 'configuration'],
  [302, '', 'configuration'],
];
for (const [status, body, kind] of WAITS) {
  test(`${status} of the sign-in service is ${kind}`, () => {
    const reply = read(status, body);
    assert.ok(!reply.ok);
    assert.equal(reply.outcome.kind, kind);
  });
}

test('Retry-After of the sign-in service is kept', () => {
  const reply = read(429, '', 'entra', { retryAfterMs: 4_000 });
  assert.ok(!reply.ok && reply.outcome.kind === 'throttled');
  assert.equal(reply.outcome.retryAfterMs, 4_000);
});

for (const status of [404, 410, 429, 500]) {
  test(`${status} of the metadata service passes by itself`, () => {
    const reply = read(status, { error: 'x' }, 'managed_identity');
    assert.ok(!reply.ok && reply.outcome.kind !== 'configuration');
  });
}

test('400 of the metadata service says that an identity must be assigned', () => {
  const reply = read(
    400,
    { error: 'invalid_request', error_description: 'Identity not found' },
    'managed_identity',
  );
  assert.ok(!reply.ok && reply.outcome.kind === 'configuration');
  assert.match(reply.outcome.advice, /client_id/);
});

test('every status has an outcome, and only 200 brings a token', () => {
  for (let status = 0; status < 1_000; status += 1) {
    const reply = read(status, { access_token: 'abc', expires_in: 60 });
    assert.equal(reply.ok, status === 200, String(status));
  }
});
