import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as api from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { AttemptEvent, FinishedBatch } from '../delivery/delivery-observer.ts';
import type { DeliveryStore } from '../outbox/delivery-store.ts';
import { deliverySpans, type DeliverySpanParts } from './delivery-spans.ts';
import { RecentRequests } from './recent-requests.ts';

const PAYLOAD = 'canary-in-a-record';

function world(more: Partial<DeliverySpanParts> = {}) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  let nowMs = 10_000;
  let mostRead = 0;
  const store: Pick<DeliveryStore, 'readRecords'> = {
    readRecords: async (recordNos) => {
      mostRead = Math.max(mostRead, recordNos.length);
      return recordNos.map((recordNo) => ({
        recordNo,
        source: 'attestation',
        recordId: `r${recordNo}`,
        replayed: false,
        body: JSON.stringify({
          trace_id: recordNo.toString(16).padStart(32, '0'),
          span_id: 'a'.repeat(16),
          tool: PAYLOAD,
        }),
      }));
    },
  };
  const spans = deliverySpans({
    api,
    tracer: provider.getTracer('test'),
    recent: new RecentRequests(),
    store,
    nowMs: () => nowMs,
    ...more,
  });
  return {
    spans,
    mostRead: () => mostRead,
    ended: () => exporter.getFinishedSpans(),
    wait: (ms: number) => (nowMs += ms),
  };
}

const attempt = (more: Partial<AttemptEvent> = {}): AttemptEvent => ({
  destinationId: 'd1',
  name: 'splunk-prod',
  outcome: 'transient',
  message: `the SIEM quotes ${PAYLOAD}`,
  events: 3,
  bytes: 900,
  durationMs: 40,
  attempt: 1,
  firstSeq: 7,
  ...more,
});
const finished = (more: Partial<FinishedBatch> = {}): FinishedBatch => ({
  destinationId: 'd1',
  delivered: 3,
  dead: 0,
  deadByCode: {},
  tombstones: 0,
  leftOut: 0,
  firstSeq: 7,
  sampleRecordNos: [1, 2, 3],
  ...more,
});

test('a batch that is sent twice is one span with two below it, from the first send to its end', async () => {
  const { spans, ended, wait } = world();
  spans.observer.attempt?.(attempt());
  wait(1_000);
  spans.observer.attempt?.(
    attempt({ outcome: 'delivered', status: 200, attempt: 2, duplicateCause: 'ambiguous' }),
  );
  spans.observer.finished?.(finished());
  await spans.end();
  const [first, second, batch, ...more] = ended();
  assert.deepEqual(more, []);
  assert.equal(batch?.name, 'aegis_siem.batch');
  assert.deepEqual(batch.startTime, [9, 960_000_000]);
  assert.deepEqual(batch.endTime, [11, 0]);
  assert.equal(batch.attributes['aegis_siem.batch.attempts'], 2);
  assert.deepEqual(
    [first, second].map((span) => span?.parentSpanContext?.spanId),
    [batch.spanContext().spanId, batch.spanContext().spanId],
  );
  assert.equal(first?.status.code, api.SpanStatusCode.ERROR);
  assert.equal(second?.status.code, api.SpanStatusCode.UNSET);
  assert.equal(second?.attributes['aegis_siem.repeat_cause'], 'ambiguous');
  assert.equal(batch.links.length, 3);
  const told = JSON.stringify(
    ended().map(({ attributes, links, status }) => ({ attributes, links, status })),
  );
  assert.ok(!told.includes(PAYLOAD), 'neither a record nor the words of a SIEM are told');
});

test('the links of a batch are bounded, whatever it holds', async () => {
  const recent = new RecentRequests();
  for (let no = 1; no <= 500; no += 1) {
    const spanId = no.toString(16).padStart(16, '0');
    recent.remember([`r${no}`], { traceId: 'b'.repeat(32), spanId, traceFlags: 1 });
  }
  const { spans, ended, mostRead } = world({ recent });
  spans.observer.attempt?.(attempt({ outcome: 'delivered' }));
  spans.observer.finished?.(
    finished({ sampleRecordNos: Array.from({ length: 500 }, (_, index) => index + 1) }),
  );
  await spans.end();
  assert.equal(ended().at(-1)?.links.length, 32);
  assert.equal(mostRead(), 32, 'no more records are read than can be told');
});

test('a store that fails costs the links, not the span', async () => {
  const { spans, ended } = world({ store: { readRecords: () => Promise.reject(new Error('away')) } });
  spans.observer.attempt?.(attempt({ outcome: 'delivered' }));
  spans.observer.finished?.(finished());
  await spans.end();
  assert.equal(ended().at(-1)?.attributes['aegis_siem.batch.result'], 'finished');
  assert.deepEqual(ended().at(-1)?.links, []);
});

test('spans of batches that never finish here are ended: a lost lane, too many, a stop', async () => {
  const { spans, ended } = world({ maxOpenBatches: 2 });
  const results = () =>
    ended().flatMap(({ name, attributes }) =>
      name === 'aegis_siem.batch' ? [attributes['aegis_siem.batch.result']] : [],
    );
  for (const firstSeq of [1, 2, 3]) spans.observer.attempt?.(attempt({ firstSeq }));
  assert.deepEqual(results(), ['not_followed']);
  spans.observer.attempt?.(attempt({ destinationId: 'd10', firstSeq: 2 }));
  spans.observer.lane?.({ destinationId: 'd1', event: 'taken' });
  assert.equal(results().length, 2, 'a lane that is taken ends nothing');
  spans.observer.lane?.({ destinationId: 'd1', event: 'lost' });
  assert.deepEqual(results(), ['not_followed', 'not_followed', 'left_to_next_owner']);
  await spans.end();
  assert.equal(results().at(-1), 'not_finished');
  assert.equal(results().length, 4);
});

test('a batch of which everything was left out is no span', async () => {
  const { spans, ended } = world();
  spans.observer.finished?.(finished({ delivered: 0, leftOut: 5, sampleRecordNos: [] }));
  await spans.end();
  assert.deepEqual(ended(), []);
});
