/** For each alert a day on which it fires and clears, in the notation of `promtool test rules` (one value a minute). */
export interface AlertCase {
  readonly alert: string;
  /** Series with their values: `0x5 1x20 0x10` is five zeros, twenty ones, ten zeros (each with one more at its begin). */
  readonly series: Readonly<Record<string, string>>;
  /** Minutes at which it must not fire yet, must fire, and must have cleared. */
  readonly quietAt: number;
  readonly firesAt: number;
  readonly clearAt: number;
}

const d = 'destination="d1",name="splunk"';
const state = 'aegis_siem_destination_state{destination="d1",state="active"}';

export const ALERT_CASES: readonly AlertCase[] = [
  {
    alert: 'AegisSiemDestinationHeld',
    series: { 'aegis_siem_destination_health{destination="d1",state="held"}': '0x4 1x9 0x20' },
    quietAt: 6,
    firesAt: 8,
    clearAt: 16,
  },
  {
    alert: 'AegisSiemDestinationFailing',
    series: { 'aegis_siem_destination_health{destination="d1",state="failing"}': '0x4 1x29 0x20' },
    quietAt: 19,
    firesAt: 21,
    clearAt: 36,
  },
  {
    alert: 'AegisSiemEventsLate',
    series: { [`aegis_siem_outbox_oldest_open_age_seconds{${d}}`]: '0+60x10 0x20' },
    quietAt: 5,
    firesAt: 8,
    clearAt: 12,
  },
  {
    alert: 'AegisSiemEventsVeryLate',
    series: { [`aegis_siem_outbox_oldest_open_age_seconds{${d}}`]: '0+60x40 0x20' },
    quietAt: 30,
    firesAt: 33,
    clearAt: 42,
  },
  {
    alert: 'AegisSiemFreshnessBudgetBurns',
    series: {
      'aegis_siem_delivery_lag_seconds_bucket{destination="d1",le="30"}': '0+100x30 3100x15 3100+100x200',
      'aegis_siem_delivery_lag_seconds_count{destination="d1"}': '0+100x30 3100+100x15 4600+100x200',
    },
    quietAt: 30,
    firesAt: 36,
    clearAt: 140,
  },
  {
    alert: 'AegisSiemBacklogHalfFull',
    series: { 'aegis_siem_backlog_limit_percent{destination="d1",limit="rows"}': '49x5 51x10 49x10' },
    quietAt: 5,
    firesAt: 8,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemBacklogNearlyFull',
    series: { 'aegis_siem_backlog_limit_percent{destination="d1",limit="rows"}': '79x5 81x10 79x10' },
    quietAt: 5,
    firesAt: 8,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemBacklogFullSoon',
    series: { 'aegis_siem_backlog_limit_percent{destination="d1",limit="rows"}': '0+0.5x100 10x120' },
    quietAt: 20,
    firesAt: 60,
    clearAt: 200,
  },
  {
    alert: 'AegisSiemDeadLetters',
    series: { [`aegis_siem_dead_letters{${d}}`]: '0x5 2x10 0x10' },
    quietAt: 5,
    firesAt: 7,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemCheckpointOverdue',
    series: { [`aegis_siem_checkpoint_age_seconds{${d}}`]: '0+60x20 0x10', [state]: '1x40' },
    quietAt: 10,
    firesAt: 13,
    clearAt: 23,
  },
  {
    alert: 'AegisSiemRecordsMissed',
    series: { 'aegis_siem_reconciled_total{why="missed"}': '_x5 3x60' },
    quietAt: 4,
    firesAt: 7,
    clearAt: 25,
  },
  {
    alert: 'AegisSiemRecordingRefused',
    series: {
      'aegis_siem_http_request_duration_seconds_count{route="/v1/attestations",method="POST",status="503"}':
        '_x5 1x60',
    },
    quietAt: 4,
    firesAt: 7,
    clearAt: 14,
  },
  {
    alert: 'AegisSiemStoreErrors',
    series: { 'aegis_siem_store_errors_total{code="store_unavailable"}': '_x5 1x60' },
    quietAt: 4,
    firesAt: 7,
    clearAt: 14,
  },
  {
    alert: 'AegisSiemDiskFills',
    series: { aegis_siem_store_disk_forecast_percent: '69x5 71x10 69x10' },
    quietAt: 9,
    firesAt: 12,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemDiskNearlyFull',
    series: { aegis_siem_store_disk_forecast_percent: '89x5 91x10 89x10' },
    quietAt: 9,
    firesAt: 12,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemCertificateEndsSoon',
    series: { 'aegis_siem_certificate_expiry_seconds{destination="d1"}': '1209601x5 1209599x10 9000000x10' },
    quietAt: 5,
    firesAt: 7,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemCredentialsEndSoon',
    series: {
      [`aegis_siem_credential_expiry_seconds{${d}}`]: '1209601x5 1209599x10 9000000x10',
      [`aegis_siem_certificate_expires_timestamp_seconds{${d},field="/tls"}`]: '90000000x30',
    },
    quietAt: 5,
    firesAt: 7,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemEgressBlocked',
    series: { 'aegis_siem_egress_blocked_total{verdict="address_private"}': '_x5 1x60' },
    quietAt: 4,
    firesAt: 7,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemCredentialUnreadable',
    series: { 'aegis_siem_credential_decrypt_failures_total{destination="d1"}': '_x5 1+1x5 6x60' },
    quietAt: 4,
    firesAt: 7,
    clearAt: 24,
  },
  {
    alert: 'AegisSiemWorkerSilent',
    series: { aegis_siem_worker_last_look_timestamp_seconds: '1+60x5 300x10 960+60x20' },
    quietAt: 8,
    firesAt: 13,
    clearAt: 19,
  },
  {
    alert: 'AegisSiemDown',
    series: { 'up{job="aegis-siem",instance="a"}': '1x5 0x10 1x10' },
    quietAt: 7,
    firesAt: 9,
    clearAt: 18,
  },
  {
    alert: 'AegisSiemEventLoopSlow',
    series: { 'aegis_siem_event_loop_delay_seconds{quantile="0.99",instance="a"}': '0.05x5 0.2x10 0.05x10' },
    quietAt: 10,
    firesAt: 13,
    clearAt: 18,
  },
];

/** The cases as a file for `promtool test rules`. */
export function casesFile(cases: readonly AlertCase[], rulesFileName: string): string {
  const tests = cases.map(({ alert, series, quietAt, firesAt, clearAt }) => {
    const input = Object.entries(series).map(
      ([name, values]) => `      - series: '${name}'\n        values: '${values}'`,
    );
    const expected = [
      [quietAt, ''],
      [firesAt, "\n          - labels: '{}'\n            value: 1"],
      [clearAt, ''],
    ].map(
      ([minute, samples]) => `      - expr: count(ALERTS{alertname="${alert}",alertstate="firing"})
        eval_time: ${minute}m
        exp_samples:${samples === '' ? ' []' : samples}`,
    );
    return `  - interval: 1m\n    name: ${alert}\n    input_series:\n${input.join('\n')}\n    promql_expr_test:\n${expected.join('\n')}`;
  });
  return `# Unit tests of the alert rules: promtool test rules aegis-siem.rules.test.yml
# Made by "node scripts/make-alerts.ts" from scripts/alerts/alert-cases.ts.
rule_files:
  - ${rulesFileName}
evaluation_interval: 1m
tests:
${tests.join('\n')}
`;
}
