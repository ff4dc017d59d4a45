import type { PruneAudit } from './outbox/pruning-store.ts';
import type { PrunePlan, PruneStores } from './plan-prune.ts';
import type { CheckpointKey } from './proof/checkpoint-key.ts';
import { pruneStatement } from './proof/prune-mark.ts';
import { signText } from './proof/signed-text.ts';

/** Records that go in one transaction, and the pause after it in which others write. */
const PRUNE_STEP_RECORDS = 500;
const PRUNE_PAUSE_MS = 5;

export interface PruneOrder {
  readonly plan: PrunePlan;
  readonly key: CheckpointKey;
  readonly actor: string;
  readonly nowMs: number;
  readonly auditId: string;
}

/** Signs what was confirmed and keeps it with its audit record: from then on the records may go. False: it was overtaken. */
export async function markForPrune(
  { pruning }: Pick<PruneStores, 'pruning'>,
  order: PruneOrder,
): Promise<boolean> {
  const { plan, key, actor, nowMs, auditId } = order;
  const { markNo, fromRecordNo, toRecordNo, records, linkNo, linkSha256, recordedBeforeMs } = plan;
  const mark = {
    markNo,
    fromRecordNo,
    toRecordNo,
    records,
    linkNo,
    linkSha256,
    recordedBeforeMs,
    madeAtMs: Math.floor(nowMs),
    actor,
    keyId: key.keyId,
  };
  const audit: PruneAudit = {
    auditId,
    atMs: nowMs,
    workspaceId: 'aegis-system',
    actor,
    action: 'attestations.pruned',
    subjectId: `prune-mark:${markNo}`,
    before: JSON.stringify({ from_record: fromRecordNo, to_record: toRecordNo, records }),
    after: JSON.stringify({
      records: 0,
      recorded_before: new Date(recordedBeforeMs).toISOString(),
      link: linkNo,
      link_sha256: linkSha256,
    }),
  };
  return pruning.addMark({ ...mark, signature: signText(pruneStatement(mark), key) }, audit);
}

/** Removes what is marked, in small steps; an end in between leaves the rest to the next run. Answers how many went. */
export async function removeMarked(
  { pruning }: Pick<PruneStores, 'pruning'>,
  {
    signal,
    onStep,
    sleep,
  }: {
    readonly signal: AbortSignal;
    readonly onStep: (removed: number) => void;
    readonly sleep: (ms: number) => Promise<void>;
  },
): Promise<number> {
  let removed = 0;
  while (!signal.aborted) {
    const step = await pruning.removeMarked(PRUNE_STEP_RECORDS);
    if (step === 0) break;
    removed += step;
    onStep(removed);
    await sleep(PRUNE_PAUSE_MS);
  }
  return removed;
}
