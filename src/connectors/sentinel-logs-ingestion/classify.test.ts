import assert from 'node:assert/strict';
import { test } from 'node:test';
import { azureReply, HTML } from '../../../test/fake-azure/azure-reply.ts';
import { classifyLogsIngestion } from './classify.ts';

const NAMES = { dcrImmutableId: 'dcr-00112233445566778899aabbccddeeff', stream: 'Custom-AegisOcsf' };
const error = (code: string) => ({ error: { code, message: 'in words' } });

const TABLE: readonly (readonly [status: number, body: unknown, kind: string, reason?: string])[] = [
  [204, '', 'delivered'],
  [200, '', 'delivered'],
  [202, '', 'delivered'],
  [200, HTML, 'configuration', 'not_the_api'],
  [200, error('Odd'), 'configuration', 'unexpected_answer'],
  [200, 'Please sign in to use this network', 'configuration', 'not_the_api'],
  [200, ' \r\n', 'delivered'],
  [202, {}, 'delivered'],
  [201, '', 'configuration', 'unexpected_answer'],
  [206, '', 'configuration', 'unexpected_answer'],
  [299, '', 'configuration', 'unexpected_answer'],
  [301, '', 'configuration', 'redirected'],
  [302, '', 'configuration', 'redirected'],
  [307, '', 'configuration', 'redirected'],
  [308, '', 'configuration', 'redirected'],
  [400, error('InvalidStream'), 'configuration', 'invalid_stream'],
  [400, error('UnsupportedApiVersion'), 'configuration', 'refused'],
  [400, error('InvalidRequestBody'), 'poison'],
  [400, error('MalformedJson'), 'poison'],
  [400, error('RecordsTimeRangeIsMoreThan30Minutes'), 'too_big'],
  [400, HTML, 'configuration', 'not_the_api'],
  [400, '', 'configuration', 'not_the_api'],
  [400, error('PayloadSizeLimitExceeded'), 'too_big'],
  [401, '', 'configuration', 'token_refused'],
  [403, error('OperationFailed'), 'configuration', 'role_missing'],
  [403, '', 'configuration', 'role_missing'],
  [403, HTML, 'configuration', 'not_the_api'],
  [404, error('NotFound'), 'configuration', 'rule_not_found'],
  [404, HTML, 'configuration', 'not_the_api'],
  [405, '', 'configuration', 'refused'],
  [407, '', 'configuration', 'refused'],
  [408, '', 'throttled'],
  [410, '', 'configuration', 'gone'],
  [413, error('ContentLengthLimitExceeded'), 'too_big'],
  [413, HTML, 'too_big'],
  [415, '', 'configuration', 'refused'],
  [418, '', 'configuration', 'refused'],
  [425, '', 'throttled'],
  [429, '', 'throttled'],
  [500, '', 'transient'],
  [500, HTML, 'transient'],
  [501, '', 'configuration', 'not_implemented'],
  [502, HTML, 'transient'],
  [503, '', 'transient'],
  [504, '', 'transient'],
  [505, '', 'configuration', 'not_implemented'],
  [527, '', 'transient'],
  [999, '', 'transient'],
  [0, '', 'transient'],
];
for (const [status, body, kind, reason] of TABLE) {
  const code = typeof body === 'string' ? (body === '' ? 'nothing' : 'HTML') : JSON.stringify(body);
  test(`${status} with ${code} is ${kind}${reason === undefined ? '' : ` (${reason})`}`, () => {
    const outcome = classifyLogsIngestion(azureReply(status, body), NAMES);
    assert.equal(outcome.kind, kind);
    if (outcome.kind === 'poison') assert.equal(outcome.tookNone, true, 'a refused body is refused whole');
    assert.equal('reason' in outcome ? outcome.reason : undefined, reason);
  });
}

test('every status has an outcome, and only 200, 202 and 204 are a success', () => {
  for (let status = 0; status < 1_000; status += 1) {
    const outcome = classifyLogsIngestion(azureReply(status), NAMES);
    assert.equal(outcome.kind === 'delivered', [200, 202, 204].includes(status), String(status));
  }
});

test('a success that is cut off is no proof that the rows are in', () => {
  for (const [body, kind] of [
    ['', 'ambiguous'],
    ['{"a', 'ambiguous'],
    [HTML, 'configuration'],
  ] as const) {
    assert.equal(classifyLogsIngestion(azureReply(200, body, { cut: true }), NAMES).kind, kind);
  }
});

for (const status of [429, 503]) {
  test(`${status} with Retry-After waits as told`, () => {
    const outcome = classifyLogsIngestion(azureReply(status, '', { retryAfterMs: 7_000 }), NAMES);
    assert.ok(outcome.kind === 'throttled');
    assert.equal(outcome.retryAfterMs, 7_000);
  });
}

test('the advice for 403 names the role, the rule and how long it takes', () => {
  const outcome = classifyLogsIngestion(azureReply(403, error('OperationFailed')), NAMES);
  assert.ok(outcome.kind === 'configuration');
  assert.match(outcome.advice, /Monitoring Metrics Publisher/);
  assert.ok(outcome.advice.includes(NAMES.dcrImmutableId));
  assert.match(outcome.advice, /30 minutes/);
});

test('the answer keeps the error word, the message and the request id', () => {
  const reply = azureReply(400, error('InvalidStream'), { headers: { 'x-ms-request-id': 'r-1' } });
  assert.equal(reply.answer.code, 'InvalidStream');
  assert.equal(reply.answer.message, '400 InvalidStream: in words; request id r-1');
});
