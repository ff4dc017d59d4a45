import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressFinding } from './address-check.ts';
import { runbookOf } from '../../runbooks.ts';
import { checkDisk } from './disk-check.ts';
import { checkRuntime } from './runtime-check.ts';
import { clockFinding } from './store-check.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const DAY_MS = 86_400_000;

test('an old Node is refused, and one without the security release is warned of', () => {
  const judged = ['v22.20.0', 'v24.0.0', 'v26.10.0', 'v26.12.0', 'v26.12.1', 'v26.13.0', 'v27.0.0'].map(
    (version) => checkRuntime(version).status,
  );
  assert.deepEqual(judged, ['fail', 'ok', 'warn', 'warn', 'ok', 'ok', 'ok']);
});

test('a clock that is off says by how much and in which direction', () => {
  assert.equal(clockFinding('the database', -1_999).status, 'ok');
  assert.match(clockFinding('the database', 3_500).message, /3\.5 s behind the database/);
  const far = clockFinding('the database', -90_000);
  assert.deepEqual([far.status, far.message], ['fail', 'This machine is 90.0 s ahead of the database']);
});

test('a certificate is warned of two weeks before its end', () => {
  const url = new URL('https://splunk.example.com:8088/services/collector/event');
  const probe = (days: number) => ({
    ok: true as const,
    address: '192.0.2.7',
    certificate: {
      protocol: 'TLSv1.3',
      subject: 'splunk.example.com',
      issuer: 'x',
      validToMs: NOW + days * DAY_MS,
    },
  });
  assert.equal(addressFinding('s', url, probe(14), NOW).status, 'ok');
  const soon = addressFinding('s', url, probe(13.5), NOW);
  assert.deepEqual([soon.status, soon.runbook], ['warn', 'certificate']);
  assert.match(soon.message, /holds 13 more days/);
});

test('a certificate that is no longer valid leads to its page', () => {
  const url = new URL('https://splunk.example.com:8088/');
  const message = 'the certificate has expired';
  const found = addressFinding(
    's',
    url,
    { ok: false, phase: 'tls', code: 'certificate_expired', message },
    NOW,
  );
  assert.deepEqual([found.status, found.runbook], ['fail', 'certificate']);
});

test('a disk is warned of at four times the reserve, and fails below it', () => {
  const at = (free: number | undefined) => checkDisk('/data', 100, () => free).status;
  assert.deepEqual([at(400), at(399), at(99), at(undefined)], ['ok', 'warn', 'fail', 'ok']);
});

test('the word of a refusal leads to its page', () => {
  for (const [reason, page] of [
    ['invalid_token', 'token-expired'],
    ['token_malformed', 'token-expired'],
    ['client_secret_expired', 'token-expired'],
    ['role_missing', 'token-expired'],
    ['certificate_expired', 'certificate'],
    ['tls_protocol_absent', 'certificate'],
    ['rule_not_found', 'dcr-changed'],
    ['invalid_stream', 'dcr-changed'],
    ['address_blocked', 'blocked-address'],
    ['key_missing', 'lost-key'],
    ['refuses_events', 'poison-event'],
    ['transient', 'siem-down'],
    ['no_collector_here', 'siem-down'],
  ] as const) {
    assert.equal(runbookOf(reason), page, reason);
  }
});
