/**
 * graphile-worker with batched jobs, its fastest way: one job holds a whole batch of events. Completions are batched and jobs
 * are fetched ahead, as its page on performance advises.
 *
 *   node bench/peers/graphile-worker-run.ts DATABASE_URL SINK_URL COUNT BATCH
 */
import { Logger, makeWorkerUtils, run } from 'graphile-worker';
import { IN_FLIGHT } from './in-flight.ts';
import { senderRun, timed } from '../sender-run.ts';
import { RECORD_GROUP } from '../workload.ts';
import { readyEnvelopes } from './ready-envelopes.ts';
import { SinkClient } from './sink-client.ts';

const TASK = 'siem';
const [connectionString = '', sinkUrl = '', countText = '', batchText = ''] = process.argv.slice(2);
const count = Number(countText);
const batch = Number(batchText);
const envelopes = readyEnvelopes(count);
const logger = new Logger(() => (level, message) => {
  if (level === 'error') throw new Error(message);
});
const utils = await makeWorkerUtils({ connectionString, logger });
await utils.migrate();

const queue = await timed(async () => {
  for (let from = 0; from < count; from += RECORD_GROUP) {
    const group = envelopes.slice(from, from + RECORD_GROUP);
    const jobs: { identifier: string; payload: string[] }[] = [];
    for (let at = 0; at < group.length; at += batch)
      jobs.push({ identifier: TASK, payload: group.slice(at, at + batch) });
    await utils.addJobs(jobs);
  }
});
envelopes.length = 0;

const sink = new SinkClient(sinkUrl, IN_FLIGHT);
const { promise: done, resolve } = Promise.withResolvers<void>();
let delivered = 0;
let stop = async (): Promise<void> => {};
const deliver = await timed(async () => {
  const runner = await run({
    connectionString,
    logger,
    concurrency: IN_FLIGHT,
    noHandleSignals: true,
    preset: { worker: { completeJobBatchDelay: 0, localQueue: { size: IN_FLIGHT + 1 } } },
    taskList: {
      [TASK]: async (payload) => {
        // What this file has queued: a list of texts.
        const events = payload as readonly string[];
        await sink.post(events);
        delivered += events.length;
        if (delivered === count) resolve();
      },
    },
  });
  stop = () => runner.stop();
  await done;
});
// Not timed, though its last jobs are completed only now.
await stop();
await utils.release();
sink.close();
console.log(JSON.stringify(senderRun(count, queue, deliver)));
