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
  const numbers = deliveryMetrics(registry);
  const label = boundedLabel(MAX_LABELLED_DESTINATIONS, 'others');
  const word = boundedLabel(MAX_CODES, 'other');
  return {
    looked: () => numbers.lastLook.set(nowMs() / 1_000),
    lagMeasured: ({ destinationId, lagsMs }) => {
      for (const lagMs of lagsMs) numbers.lag.observe({ destination: label(destinationId) }, lagMs / 1_000);
    },
    storeFailed: ({ code }) => numbers.storeErrors.inc({ code }),
    credentialsUnopened: ({ destinationId }) => numbers.unopened.inc({ destination: label(destinationId) }),
    egressBlocked: ({ verdict }) => {
      numbers.blocked.inc({ verdict });
      logger.warn({ verdict }, 'the address guard refused a connection');
    },
    attempt: (event) => {
      const { outcome, durationMs } = event;
      numbers.attempts.inc({ destination: label(event.destinationId), outcome });
      numbers.seconds.observe({ outcome }, durationMs / 1_000);
      numbers.bodyBytes.observe(event.bytes);
      const level = outcome === 'delivered' || outcome === 'accepted' ? 'info' : 'warn';
      logger[level](
        {
          destination_id: event.destinationId,
          name: event.name,
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
    healthChanged: ({ destinationId, name, from, to }) => {
      logger[to.state === 'healthy' ? 'info' : 'warn'](
        {
          destination_id: destinationId,
          name,
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
      numbers.delivered.inc({ destination: label(batch.destinationId) }, batch.delivered);
      for (const [code, count] of Object.entries(batch.deadByCode)) {
        numbers.dead.inc({ destination: label(batch.destinationId), reason: word(code) }, count);
      }
      if (batch.tombstones > 0)
        numbers.tombstoned.inc({ destination: label(batch.destinationId) }, batch.tombstones);
      if (batch.leftOut > 0) numbers.leftOut.inc({ destination: label(batch.destinationId) }, batch.leftOut);
    },
    duplicates: ({ cause, events }) => numbers.duplicates.inc({ cause }, events),
    lane: ({ destinationId, event }) => {
      numbers.lanes.inc({ event });
      const level = event === 'lost' || event === 'faulted' ? 'warn' : 'debug';
      logger[level]({ destination_id: destinationId, event }, 'lane');
    },
    limitMeasured: ({ destinationId, limit, percent }) =>
      numbers.limitPercent.set({ destination: label(destinationId), limit }, percent),
    limitAlarm: ({ destinationId, limit, before, after }) => {
      if (after > before) numbers.limitAlarms.inc({ destination: label(destinationId), limit, level: after });
    },
    spaceMeasured: ({ freeBytes, percent }) => {
      numbers.spaceFree.set(freeBytes);
      numbers.spacePercent.set(percent);
    },
    spaceAlarm: ({ before, after }) => {
      if (after > before) numbers.spaceAlarms.inc({ level: after });
    },
    pruned: ({ receipts, attempts, skippedLetters }) => {
      numbers.pruned.inc({ kind: 'receipt' }, receipts);
      numbers.pruned.inc({ kind: 'attempt' }, attempts);
      numbers.pruned.inc({ kind: 'skipped_letter' }, skippedLetters);
    },
    logLooked: (report) => {
      numbers.logBytes.set(report.logBytes);
      numbers.logHeld.set(report.heldByReader ? 1 : 0);
    },
    chained: ({ links, waiting, waitingMs }) => {
      if (links > 0) numbers.chainLinks.inc(links);
      numbers.chainWaiting.set(waiting);
      numbers.chainWaitingAge.set(waitingMs / 1_000);
    },
    replayed: ({ destinationId, enqueued, leftOut }) => {
      if (enqueued > 0)
        numbers.replayed.inc({ destination: label(destinationId), what: 'enqueued' }, enqueued);
      if (leftOut > 0) numbers.replayed.inc({ destination: label(destinationId), what: 'left_out' }, leftOut);
    },
    reconciled: ({ missedEnqueued, repairedEnqueued }) => {
      if (missedEnqueued > 0) numbers.reconciled.inc({ why: 'missed' }, missedEnqueued);
      if (repairedEnqueued > 0) numbers.reconciled.inc({ why: 'repaired' }, repairedEnqueued);
      if (missedEnqueued + repairedEnqueued > 0) {
        logger.warn(
          { missed: missedEnqueued, repaired: repairedEnqueued },
          'the reconciler wrote missing rows',
        );
      }
    },
  };
}
