/** The worker of mapping-thread.ts: batches of records in, mapped batches out. */
import { parentPort } from 'node:worker_threads';
import { mapBatch } from './map-batch.ts';
import type { FromMapper, ToMapper } from './mapping-thread.ts';

const port = parentPort;
if (port === null) throw new Error('map-worker.ts runs as a worker thread only');
port.on('message', ({ no, records, firstSeq }: ToMapper) => {
  const batch = mapBatch(records, firstSeq);
  const answer: FromMapper = { no, batch };
  port.postMessage(answer, [batch.bytes.buffer, batch.ends.buffer, batch.hashes.buffer]);
});
