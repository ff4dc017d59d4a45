import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { DeliveryObserver } from './delivery/delivery-observer.ts';
import { deliveryMetrics } from './delivery-metrics.ts';
import { boundedLabel } from './metrics/bounded-label.ts';

/** Destinations with a series of their own; the others share one, so that the number of series is bounded. */
export const MAX_LABELLED_DESTINATIONS = 200;
/** Words of other sides (codes of refusals) with a series of their own. */
const MAX_CODES = 50;

/** Watches the delivery: one wide log line for each send, and its numbers for Prometheus. */
export function deliveryWatch(
  logger: Logger,
  registry: Registry,
  nowMs: () => number = () => Date.now(),
): DeliveryObserver {
  const {
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
  } = deliveryMetrics(registry);
  const label = boundedLabel(MAX_LABELLED_DESTINATIONS, 'others');
  const word = boundedLabel(MAX_CODES, 'other');
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
