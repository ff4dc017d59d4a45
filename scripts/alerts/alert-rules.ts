/**
 * The alert rules, once: the file in content/prometheus is made of them, and so is the faster set that the alarm drill runs.
 */

/** `page`: somebody must act now. `ticket`: somebody must act this week. */
export type AlertSeverity = 'page' | 'ticket';

export interface AlertRule {
  readonly name: string;
  readonly group: 'delivery' | 'completeness' | 'store' | 'security' | 'service';
  readonly severity: AlertSeverity;
  /** PromQL. `seconds(n)` gives a number of seconds, `range(n)` a duration of so many: both shrink in the drill. */
  readonly expression: (time: AlertTime) => string;
  readonly forSeconds: number;
  readonly summary: string;
  readonly description: string;
  /** Page of docs/operations. */
  readonly runbook: string;
}

export interface AlertTime {
  readonly seconds: (count: number) => string;
  readonly range: (count: number) => string;
}

const MINUTE = 60;
const HOUR = 3_600;
const DAY = 86_400;

/** What a counter grew by, its first sample included: `increase` does not see a series begin. */
function grew(metric: string, by: string, range: string): string {
  const total = `sum by (${by}) (${metric})`;
  return `(${total} - (sum by (${by}) (${metric} offset ${range}) or 0 * ${total})) > 0`;
}

const ACTIVE = 'max by (destination) (aegis_siem_destination_state{state="active"}) == 1';

export const ALERT_RULES: readonly AlertRule[] = [
  {
    name: 'AegisSiemDestinationHeld',
    group: 'delivery',
    severity: 'page',
    expression: () => 'max by (destination) (aegis_siem_destination_health{state="held"}) == 1',
    forSeconds: 2 * MINUTE,
    summary: 'A SIEM refuses what is sent: token, address, certificate or table are wrong',
    description:
      'Events of destination {{ $labels.destination }} wait; none is lost. "aegis-siem doctor" says who must change what.',
    runbook: 'token-expired',
  },
  {
    name: 'AegisSiemDestinationFailing',
    group: 'delivery',
    severity: 'ticket',
    expression: () => 'max by (destination) (aegis_siem_destination_health{state="failing"}) == 1',
    forSeconds: 15 * MINUTE,
    summary: 'A SIEM cannot be reached or fails',
    description:
      'Destination {{ $labels.destination }} has failed for 15 minutes. Events wait; none is lost.',
    runbook: 'siem-down',
  },
  {
    name: 'AegisSiemEventsLate',
    group: 'delivery',
    severity: 'ticket',
    expression: ({ seconds }) =>
      `max by (destination, name) (aegis_siem_outbox_oldest_open_age_seconds) > ${seconds(5 * MINUTE)}`,
    forSeconds: MINUTE,
    summary: 'A SIEM is more than five minutes behind',
    description:
      'The oldest event that {{ $labels.name }} does not have is {{ $value | humanizeDuration }} old.',
    runbook: 'backlog-full',
  },
  {
    name: 'AegisSiemEventsVeryLate',
    group: 'delivery',
    severity: 'page',
    expression: ({ seconds }) =>
      `max by (destination, name) (aegis_siem_outbox_oldest_open_age_seconds) > ${seconds(30 * MINUTE)}`,
    forSeconds: MINUTE,
    summary: 'A SIEM is more than half an hour behind',
    description:
      'The oldest event that {{ $labels.name }} does not have is {{ $value | humanizeDuration }} old.',
    runbook: 'backlog-full',
  },
  {
    name: 'AegisSiemFreshnessBudgetBurns',
    group: 'delivery',
    severity: 'page',
    expression: ({ range }) =>
      `1 - (sum(rate(aegis_siem_delivery_lag_seconds_bucket{le="30"}[${range(HOUR)}]))` +
      ` / sum(rate(aegis_siem_delivery_lag_seconds_count[${range(HOUR)}]))) > 0.0144`,
    forSeconds: 2 * MINUTE,
    summary: 'The objective "99.9 % within 30 seconds" is being used up 14 times too fast',
    description:
      '{{ $value | humanizePercentage }} of the events of the last hour took longer than 30 seconds.',
    runbook: 'backlog-full',
  },
  {
    name: 'AegisSiemBacklogHalfFull',
    group: 'delivery',
    severity: 'ticket',
    expression: () => 'max by (destination, limit) (aegis_siem_backlog_limit_percent) > 50',
    forSeconds: MINUTE,
    summary: 'What waits for a SIEM is over half of the limit that was set',
    description:
      'Destination {{ $labels.destination }} is at {{ $value | humanize }} % of {{ $labels.limit }}.',
    runbook: 'backlog-full',
  },
  {
    name: 'AegisSiemBacklogNearlyFull',
    group: 'delivery',
    severity: 'page',
    expression: () => 'max by (destination, limit) (aegis_siem_backlog_limit_percent) > 80',
    forSeconds: MINUTE,
    summary:
      'What waits for a SIEM is near its limit: beyond it the oldest events are not sent as themselves',
    description:
      'Destination {{ $labels.destination }} is at {{ $value | humanize }} % of {{ $labels.limit }}.',
    runbook: 'backlog-full',
  },
  {
    name: 'AegisSiemBacklogFullSoon',
    group: 'delivery',
    severity: 'page',
    expression: ({ range, seconds }) =>
      `max by (destination, limit) (predict_linear(aegis_siem_backlog_limit_percent[${range(HOUR)}], ${seconds(4 * HOUR)})) > 100` +
      ' and max by (destination, limit) (aegis_siem_backlog_limit_percent) > 20',
    forSeconds: 5 * MINUTE,
    summary: 'At this rate the limit on what waits is reached in less than four hours',
    description: 'Destination {{ $labels.destination }}, limit {{ $labels.limit }}.',
    runbook: 'backlog-full',
  },
  {
    name: 'AegisSiemDeadLetters',
    group: 'completeness',
    severity: 'ticket',
    expression: () => 'max by (destination, name) (aegis_siem_dead_letters) > 0',
    forSeconds: 0,
    summary: 'Events wait for a decision: a SIEM refused them for good',
    description: '{{ $value }} dead letters of {{ $labels.name }}. A tombstone stands in the place of each.',
    runbook: 'poison-event',
  },
  {
    name: 'AegisSiemCheckpointOverdue',
    group: 'completeness',
    severity: 'page',
    expression: ({ seconds }) =>
      `max by (destination, name) (aegis_siem_checkpoint_age_seconds) > ${seconds(10 * MINUTE)}` +
      ` and on (destination) ${ACTIVE}`,
    forSeconds: MINUTE,
    summary: 'A SIEM has had no checkpoint for two intervals: nobody can prove that it has everything',
    description: 'The last checkpoint of {{ $labels.name }} is {{ $value | humanizeDuration }} old.',
    runbook: 'gap-alarm',
  },
  {
    name: 'AegisSiemRecordsMissed',
    group: 'completeness',
    severity: 'ticket',
    expression: ({ range }) => grew('aegis_siem_reconciled_total', 'why', range(15 * MINUTE)),
    forSeconds: 0,
    summary: 'The reconciler wrote rows that were missing: an enqueue failed, or somebody removed rows',
    description: 'Reason {{ $labels.why }}. The events are on their way now.',
    runbook: 'gap-alarm',
  },
  {
    name: 'AegisSiemRecordingRefused',
    group: 'store',
    severity: 'page',
    expression: ({ range }) =>
      grew(
        'aegis_siem_http_request_duration_seconds_count{route="/v1/attestations",status=~"5.."}',
        'status',
        range(5 * MINUTE),
      ),
    forSeconds: 0,
    summary: 'Decisions are refused: the store cannot record',
    description: 'Callers get {{ $labels.status }} and must send again.',
    runbook: 'database-failover',
  },
  {
    name: 'AegisSiemStoreErrors',
    group: 'store',
    severity: 'ticket',
    expression: ({ range }) =>
      grew('aegis_siem_store_errors_total{code!~"name_taken|invalid_cursor"}', 'code', range(5 * MINUTE)),
    forSeconds: 0,
    summary: 'Calls of the store fail',
    description: 'Error {{ $labels.code }}.',
    runbook: 'database-failover',
  },
  {
    name: 'AegisSiemDiskFills',
    group: 'store',
    severity: 'ticket',
    expression: () => 'max(aegis_siem_store_disk_forecast_percent) > 70',
    forSeconds: 5 * MINUTE,
    summary: 'The disk of the store will be nearly full tomorrow',
    description: '{{ $value | humanize }} % of it is taken a day from now at the rate of the last hour.',
    runbook: 'disk-full',
  },
  {
    name: 'AegisSiemDiskNearlyFull',
    group: 'store',
    severity: 'page',
    expression: () => 'max(aegis_siem_store_disk_forecast_percent) > 90',
    forSeconds: 5 * MINUTE,
    summary: 'The disk of the store is full by tomorrow: then decisions are refused',
    description: '{{ $value | humanize }} % of it is taken a day from now at the rate of the last hour.',
    runbook: 'disk-full',
  },
  {
    name: 'AegisSiemCertificateEndsSoon',
    group: 'security',
    severity: 'ticket',
    expression: ({ seconds }) =>
      `min by (destination) (aegis_siem_certificate_expiry_seconds) < ${seconds(14 * DAY)}`,
    forSeconds: 0,
    summary: 'The certificate of a SIEM ends within two weeks',
    description: 'Destination {{ $labels.destination }}: {{ $value | humanizeDuration }} left.',
    runbook: 'certificate',
  },
  {
    name: 'AegisSiemCredentialsEndSoon',
    group: 'security',
    severity: 'ticket',
    expression: ({ seconds }) =>
      `min by (destination, name) (aegis_siem_credential_expiry_seconds) < ${seconds(14 * DAY)}` +
      ` or min by (destination, name) (aegis_siem_certificate_expires_timestamp_seconds - time()) < ${seconds(14 * DAY)}`,
    forSeconds: 0,
    summary: 'A credential or certificate that we show to a SIEM ends within two weeks',
    description: 'Destination {{ $labels.name }}: {{ $value | humanizeDuration }} left.',
    runbook: 'token-expired',
  },
  {
    name: 'AegisSiemEgressBlocked',
    group: 'security',
    severity: 'page',
    expression: ({ range }) => grew('aegis_siem_egress_blocked_total', 'verdict', range(10 * MINUTE)),
    forSeconds: 0,
    summary: 'The address guard refused a connection: a destination or its DNS points where it must not',
    description: 'Verdict {{ $labels.verdict }}. Nothing was dialled.',
    runbook: 'blocked-address',
  },
  {
    name: 'AegisSiemCredentialUnreadable',
    group: 'security',
    severity: 'page',
    expression: ({ range }) =>
      grew('aegis_siem_credential_decrypt_failures_total', 'destination', range(10 * MINUTE)),
    forSeconds: 0,
    summary: 'A credential cannot be opened: the master key is missing or is another one',
    description: 'Events of destination {{ $labels.destination }} wait; none is lost.',
    runbook: 'lost-key',
  },
  {
    name: 'AegisSiemWorkerSilent',
    group: 'service',
    severity: 'page',
    expression: ({ seconds }) =>
      `time() - max(aegis_siem_worker_last_look_timestamp_seconds > 0) > ${seconds(2 * MINUTE)}` +
      ' or absent(aegis_siem_worker_last_look_timestamp_seconds > 0)',
    forSeconds: 2 * MINUTE,
    summary: 'No process delivers',
    description: 'Nothing asked the store for work lately. Decisions are recorded, and wait.',
    runbook: 'service-down',
  },
  {
    name: 'AegisSiemDown',
    group: 'service',
    severity: 'page',
    expression: () => 'up{job="aegis-siem"} == 0',
    forSeconds: 2 * MINUTE,
    summary: 'A process of aegis-siem does not answer',
    description: '{{ $labels.instance }} cannot be scraped.',
    runbook: 'service-down',
  },
  {
    name: 'AegisSiemEventLoopSlow',
    group: 'service',
    severity: 'ticket',
    expression: () => 'max by (instance) (aegis_siem_event_loop_delay_seconds{quantile="0.99"}) > 0.1',
    forSeconds: 5 * MINUTE,
    summary: 'A process answers slowly: its event loop is kept busy',
    description: '{{ $value | humanizeDuration }} at the 99th percentile on {{ $labels.instance }}.',
    runbook: 'service-down',
  },
];
