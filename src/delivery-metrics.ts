import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const SECONDS_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];
const BYTES_BUCKETS = [1_024, 8_192, 65_536, 262_144, 524_288, 1_048_576];

/** The numbers of a delivery, registered. `delivery-watch.ts` says when each is counted. */
export function deliveryMetrics(registry: Registry) {
  const registers = [registry];
  const attempts = new Counter({
    name: 'aegis_siem_delivery_attempts_total',
    help: 'Requests to SIEMs, by outcome',
    labelNames: ['destination', 'outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'aegis_siem_request_duration_seconds',
    help: 'Requests to SIEMs',
    labelNames: ['outcome'],
    buckets: SECONDS_BUCKETS,
    registers,
  });
  const delivered = new Counter({
    name: 'aegis_siem_events_delivered_total',
    help: 'Events that a SIEM has taken',
    labelNames: ['destination'],
    registers,
  });
  const dead = new Counter({
    name: 'aegis_siem_events_dead_lettered_total',
    help: 'Events that became dead letters, by why',
    labelNames: ['destination', 'reason'],
    registers,
  });
  const leftOut = new Counter({
    name: 'aegis_siem_events_left_out_total',
    help: 'Attestations that the filter of the destination left out',
    labelNames: ['destination'],
    registers,
  });
  const duplicates = new Counter({
    name: 'aegis_siem_possible_duplicates_total',
    help: 'At most so many events stand in the SIEM twice, by cause: an upper bound',
    labelNames: ['cause'],
    registers,
  });
  const tombstoned = new Counter({
    name: 'aegis_siem_events_tombstoned_total',
    help: 'Places in a stream that hold a tombstone in place of their event',
    labelNames: ['destination'],
    registers,
  });
  const bodyBytes = new Histogram({
    name: 'aegis_siem_request_body_bytes',
    help: 'Bodies of requests to SIEMs before compression',
    buckets: BYTES_BUCKETS,
    registers,
  });
  const lag = new Histogram({
    name: 'aegis_siem_delivery_lag_seconds',
    help: 'From being recorded to being taken by the SIEM; up to five records of each batch are measured',
    labelNames: ['destination'],
    buckets: LAG_BUCKETS,
    registers,
  });
  const lastLook = new Gauge({
    name: 'aegis_siem_worker_last_look_timestamp_seconds',
    help: 'When this process last asked the store for work and got an answer',
    registers,
  });
  const storeErrors = new Counter({
    name: 'aegis_siem_store_errors_total',
    help: 'Calls of the store that failed, by stable word',
    labelNames: ['code'],
    registers,
  });
  const unopened = new Counter({
    name: 'aegis_siem_credential_decrypt_failures_total',
    help: 'Credentials that could not be opened with the keys of this process',
    labelNames: ['destination'],
    registers,
  });
  const blocked = new Counter({
    name: 'aegis_siem_egress_blocked_total',
    help: 'Connections that the address guard refused, by verdict',
    labelNames: ['verdict'],
    registers,
  });
  const lanes = new Counter({
    name: 'aegis_siem_lane_events_total',
    help: 'Lanes taken, released, lost; epochs opened; faults',
    labelNames: ['event'],
    registers,
  });
  const replayed = new Counter({
    name: 'aegis_siem_replayed_total',
    help: 'Records that replays enqueued, or left out since they are open or dead letters',
    labelNames: ['destination', 'what'],
    registers,
  });
  const reconciled = new Counter({
    name: 'aegis_siem_reconciled_total',
    help: 'Rows that the reconciler had to write, by why',
    labelNames: ['why'],
    registers,
  });
  const limitPercent = new Gauge({
    name: 'aegis_siem_backlog_limit_percent',
    help: 'Share of a limit on what waits for a destination that is in use',
    labelNames: ['destination', 'limit'],
    registers,
  });
  const limitAlarms = new Counter({
    name: 'aegis_siem_backlog_limit_alarms_total',
    help: 'Alarms about limits on what waits, by level in percent',
    labelNames: ['destination', 'limit', 'level'],
    registers,
  });
  const spaceFree = new Gauge({
    name: 'aegis_siem_store_free_bytes',
    help: 'Space that the disk of an embedded store still has',
    registers,
  });
  const spacePercent = new Gauge({
    name: 'aegis_siem_store_disk_forecast_percent',
    help: 'Share of the disk of an embedded store that is taken a day from now at the rate of the last hour',
    registers,
  });
  const spaceAlarms = new Counter({
    name: 'aegis_siem_store_disk_alarms_total',
    help: 'Alarms about the disk of an embedded store, by level in percent',
    labelNames: ['level'],
    registers,
  });
  const pruned = new Counter({
    name: 'aegis_siem_pruned_rows_total',
    help: 'Old rows that the retention removed, by kind',
    labelNames: ['kind'],
    registers,
  });
  const logBytes = new Gauge({
    name: 'aegis_siem_store_log_bytes',
    help: 'Size of the write-ahead log beside an embedded store',
    registers,
  });
  const logHeld = new Gauge({
    name: 'aegis_siem_store_log_held',
    help: '1 while a program that reads for long keeps the write-ahead log from being folded',
    registers,
  });
  const chainLinks = new Counter({
    name: 'aegis_siem_chain_links_total',
    help: 'Links of the record chain that this process made',
    registers,
  });
  const chainWaiting = new Gauge({
    name: 'aegis_siem_chain_waiting_records',
    help: 'Records that the chain does not cover yet; numbers of transactions that were rolled back are among them',
    registers,
  });
  const chainWaitingAge = new Gauge({
    name: 'aegis_siem_chain_oldest_waiting_age_seconds',
    help: 'Age of the oldest record that the chain does not cover yet; 0 when it covers all',
    registers,
  });
  return {
    attempts,
    seconds,
    delivered,
    dead,
    leftOut,
    duplicates,
    tombstoned,
    bodyBytes,
    lag,
    lastLook,
    storeErrors,
    unopened,
    blocked,
    lanes,
    replayed,
    reconciled,
    limitPercent,
    limitAlarms,
    spaceFree,
    spacePercent,
    spaceAlarms,
    pruned,
    logBytes,
    logHeld,
    chainLinks,
    chainWaiting,
    chainWaitingAge,
  };
}
