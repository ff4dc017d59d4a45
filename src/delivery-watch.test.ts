import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { deliveryWatch } from './delivery-watch.ts';

void test('the line of an attempt and of a change of health names the destination as people call it', () => {
  const lines: string[] = [];
  const logger = pino({}, { write: (line: string) => void lines.push(line) });
  const watch = deliveryWatch(logger, new Registry());
  const destination = { destinationId: 'd', name: 'splunk-prod' };
  const counts = { events: 1, bytes: 9, durationMs: 1, attempt: 1, firstSeq: 1 };
  watch.attempt?.({ ...destination, ...counts, outcome: 'delivered', message: 'Success' });
  watch.healthChanged?.({
    ...destination,
    from: { state: 'healthy', sinceMs: 1 },
    to: { state: 'failing', sinceMs: 2, reason: 'refused' },
  });
  const told = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    told.map(({ destination_id: id, name }) => [id, name]),
    [
      ['d', 'splunk-prod'],
      ['d', 'splunk-prod'],
    ],
  );
});

void test('what the reconciler and replays wrote is counted by why', async () => {
  const registry = new Registry();
  let logged = '';
  const watch = deliveryWatch(pino({}, { write: (line: string) => void (logged += line) }), registry);
  watch.reconciled?.({ missedEnqueued: 2, repairedEnqueued: 3, more: false });
  watch.reconciled?.({ missedEnqueued: 0, repairedEnqueued: 0, more: false });
  watch.replayed?.({ replayId: 'r', destinationId: 'd', enqueued: 500, leftOut: 1 });
  watch.replayed?.({ replayId: 'r', destinationId: 'd', enqueued: 0, leftOut: 0, ended: 'finished' });
  const text = await registry.metrics();
  for (const line of [
    'aegis_siem_reconciled_total{why="missed"} 2',
    'aegis_siem_reconciled_total{why="repaired"} 3',
    'aegis_siem_replayed_total{destination="d",what="enqueued"} 500',
    'aegis_siem_replayed_total{destination="d",what="left_out"} 1',
  ]) {
    assert.ok(text.includes(line), `${line} in\n${text}`);
  }
  assert.equal(logged.trimEnd().split('\n').length, 1, 'a step that found nothing is not logged');
});
