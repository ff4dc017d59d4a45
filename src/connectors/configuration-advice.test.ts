/** Every answer that holds a destination says who must change what: an operator at night has nothing else to go by. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EgressFailure } from '../egress/egress.ts';
import { refusalMessage } from '../egress/refusal-verdict.ts';
import { entraAdvice } from './entra/entra-advice.ts';
import { failureOutcome } from './failure-outcome.ts';
import type { Outcome } from './outcome.ts';
import { classifyDataCollector } from './sentinel-data-collector/classify.ts';
import { classifyLogsIngestion } from './sentinel-logs-ingestion/classify.ts';
import { classifyHecReply } from './splunk-hec/classify.ts';
import { hecFailureOutcome } from './splunk-hec/failure.ts';

const ANSWER = { message: 'x', durationMs: 1 };
const STATUSES = Array.from({ length: 500 }, (_, index) => index + 100);
/** A role, a machine or a setting by its name: somebody who can be asked, or something that can be opened. */
const ADDRESSEE =
  /administrator|operator|whoever runs|this machine|the destination|this destination|the service with|aegis-siem|\b(endpoint|client_id|tenant_id|workspace_id|log_type|stream|scope|dcr_immutable_id|client_secret|shared_key|certificate_pem|tls\.\w+)\b/i;
const ACTION =
  /\b(must|set|check|correct|turn|enable|make|ask|choose|upload|leave|report|renew|use|give|start|deploy|let)\b/i;

const checked = new Set<string>();

function holds(outcome: Outcome, where: string): void {
  if (outcome.kind !== 'configuration') return;
  const { advice, reason } = outcome;
  checked.add(reason);
  assert.match(reason, /^[a-z][a-z0-9_]*$/, `${where}: a stable word`);
  assert.match(advice, ADDRESSEE, `${where} (${reason}) has no addressee: ${advice}`);
  assert.match(advice, ACTION, `${where} (${reason}) has no action: ${advice}`);
  assert.match(advice, /^[A-Za-z].*\.$/s, `${where} (${reason}) is no sentence: ${advice}`);
}

test('Splunk: every code and every status', () => {
  for (const code of Array.from({ length: 60 }, (_, index) => index - 5)) {
    for (const status of [200, 400, 401, 403, 404, 500, 503]) {
      const reply = { text: '', cut: false, status, code };
      const context = {
        eventCount: 3,
        indexerAcknowledgement: true,
        retryAfterMs: undefined,
        answer: ANSWER,
      };
      holds(classifyHecReply(reply, context), `code ${code} with ${status}`);
    }
  }
  for (const status of STATUSES) {
    const context = { eventCount: 1, indexerAcknowledgement: false, retryAfterMs: undefined, answer: ANSWER };
    holds(classifyHecReply({ text: '', cut: false, status }, context), `status ${status}`);
  }
});

test('Sentinel: every status, with and without the error codes of the APIs, for both APIs', () => {
  const codes = [
    undefined,
    'InvalidStream',
    'InvalidApiVersion',
    'InactiveCustomer',
    'InvalidCustomerId',
    'InvalidLogType',
    'MissingLogType',
    'MissingApiVersion',
    'MissingContentType',
    'UnsupportedContentType',
    'UnsupportedMediaType',
    'InvalidTenant',
    'SomethingNew',
  ];
  const names = { dcrImmutableId: 'dcr-0', stream: 'Custom-AegisOcsf' };
  for (const status of STATUSES) {
    for (const code of codes) {
      for (const isHtml of [false, true]) {
        const reply = {
          status,
          isHtml,
          isPlainText: false,
          cut: false,
          headers: {},
          answer: ANSWER,
          ...(code === undefined ? {} : { error: { code, message: 'x' } }),
        };
        holds(classifyLogsIngestion(reply, names), `Logs Ingestion ${status} ${code}`);
        holds(classifyDataCollector(reply, 100, 0), `Data Collector ${status} ${code}`);
      }
    }
  }
});

test('the sign-in: every number that is known, and those that are not', () => {
  for (const number of [
    undefined,
    1,
    7_000_222,
    7_000_215,
    7_000_218,
    700_016,
    7_000_229,
    7_000_112,
    90_002,
    900_023,
    90_051,
    70_011,
    500_011,
    1_002_012,
    700_027,
    700_024,
    700_213,
    70_021,
    700_211,
    700_212,
    53_003,
    53_011,
  ]) {
    holds({ kind: 'configuration', ...entraAdvice(number), answer: ANSWER }, `AADSTS${number}`);
  }
});

test('connections: addresses that are blocked, and certificates of every kind', () => {
  const codes = [
    'certificate_untrusted',
    'certificate_self_signed',
    'certificate_name_mismatch',
    'certificate_expired',
    'certificate_not_yet_valid',
    'certificate_client_refused',
    'certificate_settings_unusable',
    'certificate_weak',
    'tls_protocol_refused',
    'tls_protocol_absent',
    'own_service',
    'metadata',
  ];
  for (const phase of ['blocked', 'tls'] as const) {
    for (const code of codes) {
      const failure = {
        phase,
        code,
        message: 'x',
        durationMs: 1,
        requestSent: false,
      } as unknown as EgressFailure;
      holds(failureOutcome(failure, 'the Azure endpoint'), `${phase} ${code}`);
      holds(hecFailureOutcome(failure), `HEC ${phase} ${code}`);
    }
  }
  assert.match(refusalMessage('own_service'), /aegis-siem itself or its database/);
  assert.ok(checked.size > 40, `${checked.size} reasons were looked at`);
});
