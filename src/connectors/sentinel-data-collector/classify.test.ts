import assert from 'node:assert/strict';
import { test } from 'node:test';
import { azureReply, HTML } from '../../../test/fake-azure/azure-reply.ts';
import { classifyDataCollector, LARGE_BODY_BYTES } from './classify.ts';
import { clockDifference } from './clock-difference.ts';

const NOW_MS = Date.UTC(2026, 10, 24, 3);
const error = (code: string) => ({ Error: code, Message: 'in words' });

const TABLE: readonly (readonly [status: number, body: unknown, kind: string, reason?: string])[] = [
  [200, '', 'delivered'],
  [202, '', 'delivered'],
  [200, HTML, 'configuration', 'not_the_api'],
  [200, error('Odd'), 'configuration', 'not_the_api'],
  [200, 'Please sign in to use this network', 'configuration', 'not_the_api'],
  [200, ' \r\n', 'delivered'],
  [200, {}, 'delivered'],
  [204, '', 'configuration', 'unexpected_answer'],
  [206, '', 'configuration', 'unexpected_answer'],
  [302, '', 'configuration', 'redirected'],
  [400, error('InactiveCustomer'), 'configuration', 'inactive_customer'],
  [400, error('InvalidApiVersion'), 'configuration', 'invalid_api_version'],
  [400, error('MissingApiVersion'), 'configuration', 'missing_api_version'],
  [400, error('MissingContentType'), 'configuration', 'missing_content_type'],
  [400, error('UnsupportedContentType'), 'configuration', 'unsupported_content_type'],
  [400, error('MissingLogType'), 'configuration', 'missing_log_type'],
  [400, error('InvalidLogType'), 'configuration', 'invalid_log_type'],
  [400, error('InvalidCustomerId'), 'configuration', 'invalid_customer_id'],
  [400, error('InvalidDataFormat'), 'poison'],
  [400, error('SomethingNew'), 'configuration', 'refused'],
  [400, error('constructor'), 'configuration', 'refused'],
  [400, HTML, 'configuration', 'not_the_api'],
  [400, '', 'configuration', 'not_the_api'],
  [401, '', 'configuration', 'refused'],
  [403, error('InvalidAuthorization'), 'configuration', 'signature_refused'],
  [403, HTML, 'configuration', 'not_the_api'],
  [404, '', 'configuration', 'not_found'],
  [408, '', 'throttled'],
  [410, '', 'configuration', 'gone'],
  [413, '', 'too_big'],
  [429, '', 'throttled'],
  [500, error('UnspecifiedError'), 'transient'],
  [501, '', 'configuration', 'not_implemented'],
  [503, error('ServiceUnavailable'), 'transient'],
];
for (const [status, body, kind, reason] of TABLE) {
  const code = typeof body === 'string' ? (body === '' ? 'nothing' : 'HTML') : JSON.stringify(body);
  test(`${status} with ${code} is ${kind}${reason === undefined ? '' : ` (${reason})`}`, () => {
    const outcome = classifyDataCollector(azureReply(status, body), 1_000, NOW_MS);
    assert.equal(outcome.kind, kind);
    if (outcome.kind === 'poison') assert.equal(outcome.tookNone, true, 'a refused body is refused whole');
    assert.equal('reason' in outcome ? outcome.reason : undefined, reason);
  });
}

test('a success that is cut off is no proof that the rows are in', () => {
  for (const [body, kind] of [
    ['', 'ambiguous'],
    ['{"a', 'ambiguous'],
    [HTML, 'configuration'],
  ] as const) {
    assert.equal(classifyDataCollector(azureReply(200, body, { cut: true }), 1_000, NOW_MS).kind, kind);
  }
});

test('404 for a large body means that it is too large', () => {
  assert.equal(classifyDataCollector(azureReply(404), LARGE_BODY_BYTES + 1, NOW_MS).kind, 'too_big');
  assert.equal(classifyDataCollector(azureReply(404), LARGE_BODY_BYTES, NOW_MS).kind, 'configuration');
});

for (const status of [403, 404, 410]) {
  test(`the advice for ${status} says that the API may have been switched off`, () => {
    const outcome = classifyDataCollector(azureReply(status), 1_000, NOW_MS);
    assert.ok(outcome.kind === 'configuration');
    assert.match(outcome.advice, /2026-09-14/);
    assert.match(outcome.advice, /sentinel_logs_ingestion/);
  });
}

test('the advice for 403 has the four causes, and the clock where it is off', () => {
  const adviceAt = (date: string): string => {
    const outcome = classifyDataCollector(azureReply(403, '', { headers: { date } }), 1_000, NOW_MS);
    assert.ok(outcome.kind === 'configuration');
    return outcome.advice;
  };
  const agreed = adviceAt(new Date(NOW_MS).toUTCString());
  for (const cause of [/shared_key/, /clock of this machine is wrong/, /content type/, /length/])
    assert.match(agreed, cause);
  assert.ok(!/ahead|behind/.test(agreed));
  assert.match(adviceAt(new Date(NOW_MS - 7_200_000).toUTCString()), /7200 s ahead of/);
  assert.match(adviceAt(new Date(NOW_MS + 7_200_000).toUTCString()), /7200 s behind/);
});

test('a date that cannot be read says nothing about the clock', () => {
  for (const date of [undefined, '', 'soon']) assert.equal(clockDifference(date, NOW_MS), undefined);
});

test('every status has an outcome, and only 200 and 202 are a success', () => {
  for (let status = 0; status < 1_000; status += 1) {
    const outcome = classifyDataCollector(azureReply(status), 1_000, NOW_MS);
    assert.equal(outcome.kind === 'delivered', status === 200 || status === 202, String(status));
  }
});
