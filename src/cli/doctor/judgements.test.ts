import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressFinding } from './address-check.ts';
import { runbookOf } from '../../runbooks.ts';
import { issueCertificate, makeAuthority } from '../../../test/fake-splunk/test-certificates.ts';
import { certificateFindings } from './certificate-check.ts';
import { healthFinding, withHealth } from './destination-check.ts';
import { checkDisk } from './disk-check.ts';
import { checkRuntime } from './runtime-check.ts';
import { DEFAULT_OCSF_SETTINGS } from '../../ocsf/ocsf-event.ts';
import { samePlaceFindings } from './same-place-check.ts';
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

test('what is wrong now and keeps the lane waiting too is one finding', () => {
  const health = healthFinding({
    name: 's',
    health: { state: 'held', sinceMs: NOW, reason: 'address_blocked', message: 'Allow it' },
  });
  assert.ok(health !== undefined);
  const live = (runbook: string) =>
    ({ check: 'destination', subject: 's', status: 'fail', message: 'loopback', fix: 'x', runbook }) as const;
  const [one, ...none] = withHealth([live('blocked-address')], health);
  assert.equal(none.length, 0);
  assert.match(one?.message ?? '', /^loopback\. Is held since 2026-11-24T12:00:00\.000Z \(address_blocked\)/);
  assert.deepEqual(
    withHealth([live('certificate')], health).map(({ runbook }) => runbook),
    ['blocked-address', 'certificate'],
  );
  assert.equal(healthFinding({ name: 's', health: { state: 'healthy', sinceMs: NOW } }), undefined);
});

test('the certificates of a destination are spoken of: ended, not begun, soon to end', () => {
  const authority = makeAuthority('ca.example.com');
  const pem = (from: number, to: number) =>
    issueCertificate(authority, {
      dnsName: 'aegis.example.com',
      notBefore: new Date(NOW + from * DAY_MS),
      notAfter: new Date(NOW + to * DAY_MS),
    }).certificatePem;
  const judged = (tls: Readonly<Record<string, string>>) => {
    const [found] = certificateFindings('s', { tls }, NOW);
    return `${found?.status}: ${found?.message}`;
  };
  assert.match(judged({ client_cert_pem: pem(-9, 15) }), /^ok: Our certificate .* holds 15 more days$/);
  assert.match(judged({ client_cert_pem: pem(-9, 13) }), /^warn: .* holds 13 more days$/);
  assert.match(judged({ client_cert_pem: pem(-9, -1) }), /^fail: .* has ended on 2026-11-23T12:00:00/);
  assert.match(judged({ client_cert_pem: pem(1, 9) }), /^fail: .* holds only from 2026-11-25T12:00:00/);
  assert.match(judged({ ca_pem: pem(-9, -1) }), /^warn: The authority in tls\.ca_pem .* has ended/);
  assert.deepEqual(certificateFindings('s', {}, NOW), []);
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
    ['poison', 'poison-event'],
    ['partial', 'poison-event'],
    ['too_big', 'poison-event'],
    ['signature_refused', 'token-expired'],
    ['blocked_by_policy', 'token-expired'],
    ['assertion_outside_its_time', 'clock'],
    ['unreachable', 'siem-down'],
    ['transient', 'siem-down'],
    ['no_collector_here', 'siem-down'],
  ] as const) {
    assert.equal(runbookOf(reason), page, reason);
  }
});

test('two destinations that put the same events into the same place are told, and no others', () => {
  const one = {
    name: 'one',
    workspaceId: 'ws-1',
    type: 'splunk_hec' as const,
    config: { url: 'https://splunk.example.com:8088', index: 'aegis' },
    sources: ['attestations' as const],
    ocsf: DEFAULT_OCSF_SETTINGS,
  };
  const { url, index } = one.config;
  const [found, ...others] = samePlaceFindings([one, { ...one, name: 'two', config: { index, url } }]);
  assert.deepEqual([found?.status, found?.subject, others], ['warn', 'two', []]);
  assert.match(found?.message ?? '', /same place as one/);
  const apart = [
    { workspaceId: 'ws-2' },
    { config: { url, index: 'other' } },
    { sources: ['admin' as const] },
    { ocsf: { ...DEFAULT_OCSF_SETTINGS, filter: { verdicts: ['deny' as const] } } },
  ];
  for (const change of apart) assert.deepEqual(samePlaceFindings([one, { ...one, ...change }]), []);
});
