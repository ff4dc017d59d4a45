/** Judges a long stream in a thread whose memory is bounded, and tells what it found. */
import { parentPort, workerData } from 'node:worker_threads';
import { judgeStoreStream } from '../../src/verify/judge-store-stream.ts';
import { LONG_STREAM, longStream } from './long-stream.ts';
import { KEYS } from './stream-world.ts';

const { checkpoints } = workerData as { readonly checkpoints: number };
const verdict = await judgeStoreStream(longStream(checkpoints), LONG_STREAM, {
  keys: [KEYS[0]],
  asOfMs: Date.now(),
  graceMs: 60_000,
});
const port = parentPort;
port?.postMessage({
  complete: verdict?.complete,
  provenCheckpoints: verdict?.provenCheckpoints,
  delivered: verdict?.delivered,
  findings: verdict?.findings.kept,
});
