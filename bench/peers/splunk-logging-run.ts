/**
 * splunk-logging, Splunk's own package for Node. Events wait in memory only: what is queued when the process ends is gone, and
 * so is what Splunk refuses. There is no phase of queuing apart from the sending.
 *
 *   node bench/peers/splunk-logging-run.ts - SINK_URL COUNT BATCH stored|mapped
 */
import { Agent } from 'node:http';
import splunk from 'splunk-logging';
import { IN_FLIGHT } from './in-flight.ts';
import { senderRun, timed } from '../sender-run.ts';
import { markedEvents } from './ready-envelopes.ts';

const [, , , sinkUrl = '', countText = '', batchText = '', kind = ''] = process.argv;
const count = Number(countText);
const batch = Number(batchText);
const events = markedEvents(count, kind === 'stored' ? 'stored' : 'mapped');
// Batches are flushed by us: the package itself would start any number of requests at once.
const logger = new splunk.Logger({ token: 'bench-token', url: sinkUrl, maxBatchCount: 0, maxBatchSize: 0 });
logger.eventFormatter = (message) => message;
logger.error = (error) => {
  throw error;
};
// By itself it opens a connection for each request.
const agent = new Agent({ keepAlive: true, maxSockets: IN_FLIGHT });
logger.requestOptions = { json: false, strictSSL: false, agent };

const deliver = await timed(async () => {
  const inFlight = new Set<Promise<void>>();
  for (let from = 0; from < count; from += batch) {
    for (const message of events.slice(from, from + batch)) logger.send({ message }, () => undefined);
    if (inFlight.size === IN_FLIGHT) await Promise.race(inFlight);
    const sent: Promise<void> = flushed().finally(() => inFlight.delete(sent));
    inFlight.add(sent);
  }
  await Promise.all(inFlight);
});
agent.destroy();
console.log(JSON.stringify(senderRun(count, { seconds: 0, cpuSeconds: 0 }, deliver)));

function flushed(): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  logger.flush((error) => (error === null || error === undefined ? resolve() : reject(error)));
  return promise;
}
