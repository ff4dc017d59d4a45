import type { Logger } from 'pino';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { DeliveryObserver } from './delivery/delivery-observer.ts';

/** Destinations with a series of their own; the others share one, so that the number of series is bounded. */
export const MAX_LABELLED_DESTINATIONS = 200;
const OTHERS = 'others';
const SECONDS_BUCKETS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800, 7_200, 86_400];
const BYTES_BUCKETS = [1_024, 8_192, 65_536, 262_144, 524_288, 1_048_576];
/** Words of other sides (codes of refusals) with a series of their own. */
const MAX_CODES = 50;

/** Watches the delivery: one wide log line for each send, and its numbers for Prometheus. */
export function deliveryWatch(
  logger: Logger,
  registry: Registry,
  nowMs: () => number = () => Date.now(),
): DeliveryObserver {
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
  const labelled = new Set<string>();
  const label = (destinationId: string): string => {
    if (labelled.has(destinationId)) return destinationId;
    if (labelled.size >= MAX_LABELLED_DESTINATIONS) return OTHERS;
    labelled.add(destinationId);
    return destinationId;
  };
  const codes = new Set<string>();
  const word = (code: string): string => {
    if (codes.has(code)) return code;
    if (codes.size >= MAX_CODES) return 'other';
    codes.add(code);
    return code;
  };
  return {
    looked: () => lastLook.set(nowMs() / 1_000),
    lagMeasured: ({ destinationId, lagsMs }) => {
      for (const lagMs of lagsMs) lag.observe({ destination: label(destinationId) }, lagMs / 1_000);
    },
    storeFailed: ({ code }) => storeErrors.inc({ code }),
    credentialsUnopened: ({ destinationId }) => unopened.inc({ destination: label(destinationId) }),
    egressBlocked: ({ verdict }) => {
      blocked.inc({ verdict });
      logger.warn({ verdict }, 'the address guard refused a connection');
    },
    attempt: (event) => {
      const { outcome, durationMs } = event;
      attempts.inc({ destination: label(event.destinationId), outcome });
      seconds.observe({ outcome }, durationMs / 1_000);
      bodyBytes.observe(event.bytes);
      const level = outcome === 'delivered' || outcome === 'accepted' ? 'info' : 'warn';
      logger[level](
        {
          destination_id: event.destinationId,
          outcome,
          status: event.status,
          answer_code: event.code,
          answer: event.message,
          events: event.events,
          bytes: event.bytes,
          duration_ms: Math.round(durationMs),
          attempt: event.attempt,
          first_seq: event.firstSeq,
          next_try: event.nextTryMs === undefined ? undefined : new Date(event.nextTryMs).toISOString(),
          duplicate_cause: event.duplicateCause,
        },
        'delivery attempt',
      );
    },
    healthChanged: ({ destinationId, from, to }) => {
      logger[to.state === 'healthy' ? 'info' : 'warn'](
        {
          destination_id: destinationId,
          from: from.state,
          to: to.state,
          reason: to.reason,
          advice: to.message,
          next_try: to.nextTryMs === undefined ? undefined : new Date(to.nextTryMs).toISOString(),
        },
        'destination health changed',
      );
    },
    finished: (batch) => {
      delivered.inc({ destination: label(batch.destinationId) }, batch.delivered);
      for (const [code, count] of Object.entries(batch.deadByCode)) {
        dead.inc({ destination: label(batch.destinationId), reason: word(code) }, count);
      }
      if (batch.tombstones > 0) tombstoned.inc({ destination: label(batch.destinationId) }, batch.tombstones);
      if (batch.leftOut > 0) leftOut.inc({ destination: label(batch.destinationId) }, batch.leftOut);
    },
    duplicates: ({ cause, events }) => duplicates.inc({ cause }, events),
    lane: ({ destinationId, event }) => {
      lanes.inc({ event });
      const level = event === 'lost' || event === 'faulted' ? 'warn' : 'debug';
      logger[level]({ destination_id: destinationId, event }, 'lane');
    },
    limitMeasured: ({ destinationId, limit, percent }) =>
      limitPercent.set({ destination: label(destinationId), limit }, percent),
    limitAlarm: ({ destinationId, limit, before, after }) => {
      if (after > before) limitAlarms.inc({ destination: label(destinationId), limit, level: after });
    },
    spaceMeasured: ({ freeBytes, percent }) => {
      spaceFree.set(freeBytes);
      spacePercent.set(percent);
    },
    spaceAlarm: ({ before, after }) => {
      if (after > before) spaceAlarms.inc({ level: after });
    },
    pruned: ({ receipts, attempts, skippedLetters }) => {
      pruned.inc({ kind: 'receipt' }, receipts);
      pruned.inc({ kind: 'attempt' }, attempts);
      pruned.inc({ kind: 'skipped_letter' }, skippedLetters);
    },
    logLooked: (report) => {
      logBytes.set(report.logBytes);
      logHeld.set(report.heldByReader ? 1 : 0);
    },
    chained: ({ links, waiting, waitingMs }) => {
      if (links > 0) chainLinks.inc(links);
      chainWaiting.set(waiting);
      chainWaitingAge.set(waitingMs / 1_000);
    },
    replayed: ({ destinationId, enqueued, leftOut }) => {
      if (enqueued > 0) replayed.inc({ destination: label(destinationId), what: 'enqueued' }, enqueued);
      if (leftOut > 0) replayed.inc({ destination: label(destinationId), what: 'left_out' }, leftOut);
    },
    reconciled: ({ missedEnqueued, repairedEnqueued }) => {
      if (missedEnqueued > 0) reconciled.inc({ why: 'missed' }, missedEnqueued);
      if (repairedEnqueued > 0) reconciled.inc({ why: 'repaired' }, repairedEnqueued);
      if (missedEnqueued + repairedEnqueued > 0) {
        logger.warn(
          { missed: missedEnqueued, repaired: repairedEnqueued },
          'the reconciler wrote missing rows',
        );
      }
    },
  };
}
