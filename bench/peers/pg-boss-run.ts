/**
 * pg-boss as its documentation advises for many small jobs: inserted in groups, fetched in batches, without a pause while
 * batches come full.
 *
 *   node bench/peers/pg-boss-run.ts DATABASE_URL SINK_URL COUNT BATCH
 */
import { PgBoss } from 'pg-boss';
import { IN_FLIGHT } from './in-flight.ts';
import { senderRun, timed } from '../sender-run.ts';
import { RECORD_GROUP } from '../workload.ts';
import { readyEnvelopes } from './ready-envelopes.ts';
import { SinkClient } from './sink-client.ts';

const QUEUE = 'siem';
const [databaseUrl = '', sinkUrl = '', countText = '', batchText = ''] = process.argv.slice(2);
const count = Number(countText);
const envelopes = readyEnvelopes(count);
const boss = new PgBoss(databaseUrl);
boss.on('error', (error) => {
  throw error;
});
await boss.start();
await boss.createQueue(QUEUE);

const queue = await timed(async () => {
  for (let from = 0; from < count; from += RECORD_GROUP) {
    await boss.insert(
      QUEUE,
      envelopes.slice(from, from + RECORD_GROUP).map((envelope) => ({ data: { envelope } })),
    );
  }
});
envelopes.length = 0;

const sink = new SinkClient(sinkUrl, IN_FLIGHT);
const deliver = await timed(async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  let delivered = 0;
  await boss.work(
    QUEUE,
    {
      batchSize: Number(batchText),
      localConcurrency: IN_FLIGHT,
      // The least that it takes; with full batches it does not wait at all.
      pollingIntervalSeconds: 0.5,
      burstWhenBatchFull: true,
    },
    async (jobs) => {
      // What this file has queued.
      await sink.post(jobs.map(({ data }) => (data as { envelope: string }).envelope));
      delivered += jobs.length;
      if (delivered === count) resolve();
    },
  );
  await promise;
});
// Not timed, though its last jobs are completed only now.
await boss.stop({ graceful: true, timeout: 10_000 });
sink.close();
console.log(JSON.stringify(senderRun(count, queue, deliver)));
