/**
 * One delivery run in a process of its own, so that CPU and peak memory are of that run alone: records events into a store,
 * then delivers them to a sink. Prints one line of JSON.
 *
 *   node bench/deliver-run.ts STORE_URL SINK_URL COUNT plain|gzip
 */
import { startDelivery } from '../src/start-delivery.ts';
import { BENCH_KEY, openBenchStore } from './bench-destination.ts';
import { onceDelivered } from './once-delivered.ts';
import { recordDrafts } from './record-drafts.ts';
import { senderRun, timed } from './sender-run.ts';

const [storeUrl = '', sinkUrl = '', countText = '', encoding = ''] = process.argv.slice(2);
const count = Number(countText);
const store = await openBenchStore(storeUrl, sinkUrl, encoding);

const record = await recordDrafts(store, count);

const seen = onceDelivered(count);
// Starting is not timed, as loading their modules is not for the peers: a service delivers for months.
const delivery = await startDelivery(store, {
  keys: [BENCH_KEY],
  egressAllow: 'http+127.0.0.1/32:1024-65535',
  checkpoints: 'none',
  ambientIdentity: false,
  owner: `bench-${process.pid}`,
  logger: { info: () => undefined, warn: console.error, error: console.error },
  observer: seen.observer,
});
const deliver = await timed(() => seen.done);
await delivery.stop();
await store.close();
console.log(JSON.stringify(senderRun(count, record, deliver)));
