/**
 * As deliver-run.ts, with the engine alone: no thread, no record chain, no retention, no metrics. What it sends is either mapped, as
 * the product does it, or the stored text as it is. Prints one line of JSON.
 *
 *   node bench/engine-run.ts STORE_URL SINK_URL COUNT plain|gzip mapped|stored
 */
import { createDelivery } from '../src/delivery/create-delivery.ts';
import { ocsfRenderer } from '../src/delivery/ocsf-renderer.ts';
import { openCredentials } from '../src/open-credentials.ts';
import { createOutbound } from '../src/outbound.ts';
import { createSealer } from '../src/secrets/create-sealer.ts';
import { BENCH_KEY, openBenchStore } from './bench-destination.ts';
import { onceDelivered } from './once-delivered.ts';
import { recordDrafts } from './record-drafts.ts';
import { senderRun, timed } from './sender-run.ts';
import { storedTextRenderer } from './stored-text-renderer.ts';

const [storeUrl = '', sinkUrl = '', countText = '', encoding = '', events = ''] = process.argv.slice(2);
const count = Number(countText);
const store = await openBenchStore(storeUrl, sinkUrl, encoding);
const record = await recordDrafts(store, count);

const outbound = createOutbound({ egressAllow: 'http+127.0.0.1/32:1024-65535', ambientIdentity: false });
const sealer = createSealer([BENCH_KEY]);
const seen = onceDelivered(count);
const delivery = createDelivery({
  store: store.delivery,
  connect: outbound.connect,
  openCredentials: (destination) => openCredentials(sealer, destination),
  owner: `bench-${process.pid}`,
  logger: { info: () => undefined, warn: console.error, error: console.error },
  observer: seen.observer,
  renderer: events === 'stored' ? storedTextRenderer : ocsfRenderer,
});
const deliver = await timed(async () => {
  delivery.start();
  await seen.done;
});
await delivery.stop();
await outbound.close();
await store.close();
console.log(JSON.stringify(senderRun(count, record, deliver)));
