import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';

/** Three weeks of one destination. Kept in memory at once they have some 40 MB. */
const CHECKPOINTS = 6_000;
/** The code alone has some 12 MB. */
const MEMORY_MB = 24;

void test('a stored stream is judged in the memory of one checkpoint, however many it has', async () => {
  const worker = new Worker(join(import.meta.dirname, 'long-stream-worker.ts'), {
    workerData: { checkpoints: CHECKPOINTS },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_MB, maxYoungGenerationSizeMb: 8 },
  });
  const [found] = (await once(worker, 'message')) as [unknown];
  assert.deepEqual(found, {
    complete: true,
    provenCheckpoints: CHECKPOINTS,
    delivered: CHECKPOINTS * 64,
    findings: [],
  });
});
