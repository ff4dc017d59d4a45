/**
 * Records events that wait, in a process of its own, so that its memory is not counted: `backlog-fill.ts STORE_URL SINK_URL
 * COUNT KEY`, the key in hexadecimal. Prints how long it took as JSON.
 */
import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import { openStore } from '../src/store/open-store.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { addBenchDestination } from './bench-destination.ts';
import { BENCH_WORKSPACE, DELIVERY_SEED, RECORD_GROUP } from './workload.ts';

const [storeUrl = '', url = '', countText = '', key = ''] = process.argv.slice(2);
const count = Number(countText);
const startedMs = performance.now();
const store = await openStore(storeUrl);
await store.migrate();
await addBenchDestination(store, {
  url,
  workspaceId: BENCH_WORKSPACE,
  state: 'active',
  key: { keyId: 'k-backlog', key: Buffer.from(key, 'hex') },
});
let group: { recordId: string; workspaceId: string; body: string }[] = [];
for (const body of generateAttestations({ seed: DELIVERY_SEED, count, workspaceId: BENCH_WORKSPACE })) {
  const parsed = parseAttestation(body);
  if (!parsed.ok) throw new Error(parsed.refusal.message);
  group.push({ recordId: parsed.attestation.attestation_id, workspaceId: BENCH_WORKSPACE, body });
  if (group.length < RECORD_GROUP) continue;
  await store.record.recordAttestations(group);
  group = [];
}
if (group.length > 0) await store.record.recordAttestations(group);
await store.close();
console.log(JSON.stringify({ seconds: (performance.now() - startedMs) / 1_000 }));
