import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { addBacklogMetrics, MAX_MEASURED_DESTINATIONS } from '../../src/backlog-metrics.ts';
import { deliveryWatch, MAX_LABELLED_DESTINATIONS } from '../../src/delivery-watch.ts';
import type { Destination } from '../../src/outbox/destination.ts';
import { parseScrape } from './scrape.ts';

const DESTINATIONS = 10_000;
/** Of the busiest metric of a destination: the buckets of its delay, with sum and count. */
const SERIES_A_DESTINATION = 40;

test('ten thousand destinations have no more series than the reference says', async () => {
  const registry = new Registry();
  const watch = deliveryWatch(pino({ level: 'silent' }), registry);
  for (let no = 0; no < DESTINATIONS; no += 1) {
    const destinationId = `d-${no}`;
    watch.attempt?.({
      destinationId,
      name: destinationId,
      outcome: 'delivered',
      message: '',
      events: 1,
      bytes: 1,
      durationMs: 1,
      attempt: 1,
      firstSeq: 1,
    });
    watch.finished?.({
      destinationId,
      delivered: 1,
      dead: 1,
      deadByCode: { [`code-${no}`]: 1 },
      tombstones: 1,
      leftOut: 1,
      firstSeq: 1,
      sampleRecordNos: [],
    });
    watch.lagMeasured?.({ destinationId, lagsMs: [1] });
  }
  const samples = parseScrape(await registry.metrics());
  const named = new Set(samples.flatMap(({ labels }) => labels['destination'] ?? []));
  assert.equal(named.size, MAX_LABELLED_DESTINATIONS + 1);
  assert.ok(named.has('others'));
  assert.ok(samples.length <= (MAX_LABELLED_DESTINATIONS + 1) * SERIES_A_DESTINATION, String(samples.length));
  const total = samples
    .filter(({ name }) => name === 'aegis_siem_events_delivered_total')
    .reduce((sum, { value }) => sum + value, 0);
  assert.equal(total, DESTINATIONS, 'nothing is left uncounted');
});

test('what is read from the store covers a bounded number of destinations', async () => {
  const registry = new Registry();
  let asked = 0;
  addBacklogMetrics(registry, {
    admin: {
      listDestinations: async (_scope, { limit }) => ({
        items: Array.from({ length: limit }, (_, no) => destination(no)),
      }),
      readProgress: async () => {
        asked += 1;
        return {
          openRows: 2,
          countedUpTo: 10_000,
          openBatches: 0,
          nextSeq: 1,
          epoch: 'e',
          streamId: 's',
          deadLetters: 0,
          pausedUntilMs: 5_000,
          failureStreak: 0,
          limitLevels: { age: 0, rows: 0, bytes: 0 },
        };
      },
    },
    backlog: { measure: async () => ({ rows: 1, bytes: 300 }) },
    proof: { lastCheckpoint: async () => undefined },
    clock: { nowMs: () => 2_000 },
  });
  const samples = parseScrape(await registry.metrics());
  assert.equal(asked, MAX_MEASURED_DESTINATIONS);
  const of = (name: string) => samples.find((sample) => sample.name === name)?.value;
  assert.equal(of('aegis_siem_outbox_open_bytes'), 600, 'estimated by what was measured');
  assert.equal(of('aegis_siem_destination_wait_seconds'), 3);
});

function destination(no: number): Destination {
  // Only what the gauges read.
  return {
    destinationNo: no,
    destinationId: `d-${no}`,
    name: `n-${no}`,
    state: 'active',
    health: { state: 'held', sinceMs: 0 },
  } as unknown as Destination;
}
