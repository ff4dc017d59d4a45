/**
 * One delivery run in a process of its own, so that CPU and peak memory are of that run alone: records events into a store,
 * then delivers them to a sink. Prints one line of JSON.
 *
 *   node bench/deliver-run.ts STORE_URL SINK_URL COUNT plain|gzip
 */
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { startDelivery } from '../src/start-delivery.ts';
import { openStore } from '../src/store/open-store.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { addBenchDestination, BENCH_KEY } from './bench-destination.ts';
import { onceDelivered } from './once-delivered.ts';
import { senderRun, timed } from './sender-run.ts';
import { BENCH_WORKSPACE, DELIVERY_SEED, RECORD_GROUP } from './workload.ts';

const [storeUrl = '', sinkUrl = '', countText = '', encoding = ''] = process.argv.slice(2);
const count = Number(countText);
const store = await openStore(storeUrl);
await store.migrate();
await addBenchDestination(store, {
  url: sinkUrl,
  workspaceId: BENCH_WORKSPACE,
  state: 'active',
  gzip: encoding === 'gzip',
});

const drafts = [...generateAttestations({ seed: DELIVERY_SEED, count, workspaceId: BENCH_WORKSPACE })].map(
  (body) => {
    const parsed = parseAttestation(body);
    if (!parsed.ok) throw new Error(parsed.refusal.message);
    return { recordId: parsed.attestation.attestation_id, workspaceId: BENCH_WORKSPACE, body };
  },
);
const record = await timed(async () => {
  for (let from = 0; from < count; from += RECORD_GROUP)
    await store.record.recordAttestations(drafts.slice(from, from + RECORD_GROUP));
});
drafts.length = 0;

const seen = onceDelivered(count);
// Starting is not timed, as loading their modules is not for the peers: a service delivers for months.
const delivery = await startDelivery(store, {
  keys: [BENCH_KEY],
  egressAllow: 'http+127.0.0.1/32:1024-65535',
  ambientIdentity: false,
  owner: `bench-${process.pid}`,
  logger: { info: () => undefined, warn: console.error, error: console.error },
  observer: seen.observer,
});
const deliver = await timed(() => seen.done);
await delivery.stop();
await store.close();
console.log(JSON.stringify(senderRun(count, record, deliver)));
