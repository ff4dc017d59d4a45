import { parseAttestation } from '../src/attestation/parse-attestation.ts';
import type { Store } from '../src/store/store.ts';
import { generateAttestations } from '../test/support/generate-attestations.ts';
import { type Phase, timed } from './sender-run.ts';
import { BENCH_WORKSPACE, DELIVERY_SEED, RECORD_GROUP } from './workload.ts';

/** Records so many attestations in groups. Only the recording is timed: the records are parsed before it, and let go after it. */
export async function recordDrafts(store: Store, count: number): Promise<Phase> {
  const drafts = [...generateAttestations({ seed: DELIVERY_SEED, count, workspaceId: BENCH_WORKSPACE })].map(
    (body) => {
      const parsed = parseAttestation(body);
      if (!parsed.ok) throw new Error(parsed.refusal.message);
      return { recordId: parsed.attestation.attestation_id, workspaceId: BENCH_WORKSPACE, body };
    },
  );
  return timed(async () => {
    for (let from = 0; from < count; from += RECORD_GROUP)
      await store.record.recordAttestations(drafts.slice(from, from + RECORD_GROUP));
  });
}
