import assert from 'node:assert/strict';
import fc from 'fast-check';
import { parseAttestation } from '../../src/attestation/parse-attestation.ts';
import { answerText } from '../../src/connectors/answer-text.ts';
import { readTokenReply } from '../../src/connectors/entra/token-reply.ts';
import { MAX_ANSWER_CHARS } from '../../src/connectors/outcome.ts';
import { MAX_RETRY_AFTER_MS, MIN_RETRY_AFTER_MS, retryAfterMs } from '../../src/connectors/retry-after.ts';
import { readAzureReply } from '../../src/connectors/sentinel/azure-reply.ts';
import { classifyHecReply } from '../../src/connectors/splunk-hec/classify.ts';
import { readHecReply } from '../../src/connectors/splunk-hec/reply.ts';
import { createAddressPolicy } from '../../src/egress/address-policy.ts';
import { parseEgressAllow } from '../../src/egress/egress-allow.ts';
import type { EgressResponse } from '../../src/egress/egress.ts';
import { passesFilter } from '../../src/ocsf/event-filter.ts';
import { matchesGlob } from '../../src/ocsf/glob.ts';
import { PATTERN_NAMES } from '../../src/ocsf/redaction/patterns/pattern.ts';
import { REDACTION_ACTIONS } from '../../src/ocsf/redaction/redaction-rule.ts';
import { createRedactor } from '../../src/ocsf/redaction/redactor.ts';
import { renderRecord } from '../../src/ocsf/render-record.ts';
import { eventsIn } from '../../src/verify/event-bytes.ts';
import { arbitraryAttestationText } from '../support/arbitrary-attestation-text.ts';
import { arbitraryRedaction } from '../support/arbitrary-redaction.ts';
import { attestationText } from '../support/valid-attestation.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { PIECES, recordAtLimits } from './records-at-limits.ts';

const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const HEC_SUCCESS = new Set([0, 24, 25]);
const NOW_MS = Date.UTC(2026, 10, 20);
const TIMES = [
  '5',
  '-1',
  '0',
  '1e9',
  'soon',
  '1.5',
  'Fri, 31 Dec 2199 23:59:59 GMT',
  '5, 7',
  'Thu, 01 Jan 1970 00:00:00 GMT, 3',
];
const HEC_REPLIES = [
  '{"text":"Success","code":0}',
  '{"text":"Success","code":0,"ackId":7}',
  '{"text":"Invalid data format","code":6,"invalid-event-number":3}',
  '{"text":"Server is busy","code":9}',
  '<html>sign in</html>',
  '',
];
const AZURE_REPLIES = [
  '{"error":{"code":"InvalidStream","message":"x"}}',
  '{"Error":"InvalidCustomerId","Message":"x"}',
  '{"error":"invalid_client","error_codes":[7000215],"error_description":"AADSTS7000215: x"}',
  '{"token_type":"Bearer","expires_in":3599,"access_token":"abc.def"}',
];

/** Every reader of what others wrote. `seed` decides on the examples. */
export function fuzzTargets(seed: number): readonly FuzzTarget[] {
  const records = [attestationText(), ...fc.sample(arbitraryAttestationText(), { numRuns: 40, seed })];
  const rules = fc.sample(arbitraryRedaction(), { numRuns: 20, seed });
  const redactors = rules.map((redaction) => ({
    redaction,
    redactor: createRedactor(redaction, 'a key for the fuzzer'),
  }));
  const allPatterns = REDACTION_ACTIONS.map((action) => {
    const redaction = [{ patterns: [...PATTERN_NAMES], action }];
    return { redaction, redactor: createRedactor(redaction, 'a key for the fuzzer') };
  });
  const policy = createAddressPolicy('10.0.0.0/8:8088,http+127.0.0.1/32');
  let turn = 0;
  return [
    {
      name: 'parser',
      seeds: records,
      read: (bytes) => {
        const result = parseAttestation(bytes);
        if (result.ok) assert.equal(result.text, bytes.toString('utf8'));
        else assert.ok(/^[a-z0-9_]+$/.test(result.refusal.code) && /^(?:$|\/)/.test(result.refusal.pointer));
      },
    },
    {
      name: 'mapping',
      seeds: records,
      read: (bytes) => {
        const rendered = renderRecord(
          { source: 'attestation', body: bytes.toString('utf8') },
          { classUid: 2001, version: '1.1.0' },
        );
        JSON.stringify(rendered);
      },
    },
    {
      name: 'filter',
      seeds: ['payments.*\npayments.create', '*a*a*a*a*a*b\naaaaaaaaaaaaaaaaaaaaaaaa', '**.**\n.', '\\*\n*'],
      read: (bytes) => {
        const [pattern = '', ...rest] = bytes.toString('utf8').slice(0, 4_096).split('\n');
        const text = rest.join('\n');
        matchesGlob(text, pattern);
        const parsed = parseAttestation(attestationText({ tool_name: 'a.b', agent_id: 'x' }));
        if (parsed.ok) passesFilter(parsed.attestation, { tools: [pattern], agents: [text] });
      },
    },
    {
      name: 'redaction',
      seeds: records,
      read: (bytes) => {
        const parsed = parseAttestation(bytes);
        if (!parsed.ok) return;
        turn += 1;
        const chosen = redactors[turn % redactors.length];
        if (chosen === undefined) return;
        renderRecord(
          { source: 'attestation', body: parsed.text },
          { classUid: 2001, version: '1.1.0', ...chosen },
        );
      },
    },
    {
      name: 'redaction at its limits',
      seeds: PIECES,
      prepare: (bytes) => Buffer.from(recordAtLimits(bytes.toString('utf8'))),
      read: (bytes) => {
        const parsed = parseAttestation(bytes);
        // Letters that JSON writes with six make the record too large.
        if (!parsed.ok) return;
        turn += 1;
        const chosen = allPatterns[turn % allPatterns.length];
        if (chosen === undefined) return;
        const rendered = renderRecord(
          { source: 'attestation', body: parsed.text },
          { classUid: 2001, version: '1.1.0', ...chosen },
        );
        assert.ok(rendered.ok);
      },
    },
    {
      name: 'HEC reply',
      seeds: HEC_REPLIES,
      read: (bytes) => {
        for (const status of [200, 400, 503]) {
          const reply = readHecReply({ status, body: bytes, bodyCut: false });
          const answer = { message: answerText(reply.text, ['secret-token']), durationMs: 1 };
          const outcome = classifyHecReply(reply, {
            eventCount: 3,
            indexerAcknowledgement: true,
            retryAfterMs: undefined,
            answer,
          });
          if (outcome.kind === 'delivered' || outcome.kind === 'accepted')
            assert.ok(
              status === 200 && HEC_SUCCESS.has(reply.code ?? -1),
              'a success is said by Splunk alone',
            );
          if (outcome.kind === 'partial') assert.ok(outcome.taken >= 0 && outcome.taken < 3);
        }
      },
    },
    {
      name: 'Azure and token replies',
      seeds: AZURE_REPLIES,
      read: (bytes) => {
        for (const status of [200, 400, 401]) {
          const response: EgressResponse = {
            kind: 'response',
            status,
            headers: { 'x-ms-request-id': bytes.toString('latin1').slice(0, 80) },
            setCookies: [],
            body: bytes,
            bodyCut: false,
            durationMs: 1,
          };
          readAzureReply(response, { secrets: ['secret-token'], retryAfterMs: undefined });
          const token = readTokenReply(response, NOW_MS, undefined, 'entra');
          if (token.ok)
            assert.ok(
              /^[\x21-\x7e]+$/.test(token.token) && token.lifeMs > 0 && Number.isFinite(token.lifeMs),
            );
        }
      },
    },
    {
      name: 'Retry-After',
      seeds: TIMES,
      read: (bytes) => {
        const waitMs = retryAfterMs({ 'retry-after': bytes.toString('latin1') }, NOW_MS);
        assert.ok(waitMs === undefined || (waitMs >= MIN_RETRY_AFTER_MS && waitMs <= MAX_RETRY_AFTER_MS));
      },
    },
    {
      name: 'texts of answers',
      seeds: ['hello secret-token', '\u001b[31mred', 'a\u202eb', 'x'.repeat(2_000)],
      read: (bytes) => {
        const text = answerText(bytes.toString('utf8'), ['secret-token']);
        assert.ok(text.length <= MAX_ANSWER_CHARS && text.isWellFormed());
        assert.doesNotMatch(text, CONTROLS);
        assert.ok(!text.includes('secret-token'));
      },
    },
    {
      name: 'addresses',
      seeds: [
        'https://splunk.example.com:8088/a',
        'https://[::ffff:7f00:1]',
        'http://127.1:80',
        '10.0.0.0/8:8088,http+[fd00::/8]:1-2',
      ],
      read: (bytes) => {
        const text = bytes.toString('utf8').slice(0, 4_096);
        const answer = policy.checkUrl(text);
        if (answer.ok)
          assert.ok(['http:', 'https:'].includes(answer.url.protocol) && answer.url.username === '');
        try {
          parseEgressAllow(text);
        } catch (error) {
          // An entry that cannot be read is a plain error that names it.
          assert.ok(error instanceof Error && error.constructor === Error, String(error));
        }
      },
    },
    {
      name: 'exports of a SIEM',
      seeds: [
        '{"_raw":"{\\"metadata\\":{\\"uid\\":\\"x\\"}}"}',
        '{"RawEvent_s":"{}"}',
        '[{"result":{"_raw":"{}"}}]',
      ],
      read: (bytes) => {
        eventsIn(bytes, () => undefined);
      },
    },
  ];
}
