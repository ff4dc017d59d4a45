import type { FinishedBatch, LagMeasure } from '../delivery/delivery-observer.ts';
import type { BacklogStore } from '../outbox/backlog-store.ts';

/** Records of a batch whose delay is measured. */
const MAX_MEASURED = 5;

export interface LagProbeParts {
  readonly backlog: Pick<BacklogStore, 'recordedAtMs'>;
  readonly nowMs: () => number;
  readonly onMeasured: (measure: LagMeasure) => void;
}

/**
 * How long the sampled records of a finished batch took from being recorded to being taken. Runs beside the delivery: a store
 * that fails costs a measurement and nothing else.
 */
export async function measureLag(batch: FinishedBatch, parts: LagProbeParts): Promise<void> {
  if (batch.delivered === 0 || batch.sampleRecordNos.length === 0) return;
  const nowMs = parts.nowMs();
  try {
    const times = await parts.backlog.recordedAtMs(spread(batch.sampleRecordNos));
    const lagsMs = [...times.values()].map((recordedAtMs) => Math.max(0, nowMs - recordedAtMs));
    if (lagsMs.length > 0) parts.onMeasured({ destinationId: batch.destinationId, lagsMs });
  } catch {
    // The store's failures are counted where its calls are; the next batch is measured again.
  }
}

/** The first, the last and some between. */
function spread(recordNos: readonly number[]): readonly number[] {
  const count = Math.min(MAX_MEASURED, recordNos.length);
  const step = count < 2 ? 0 : (recordNos.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, index) => recordNos[Math.round(index * step)] ?? []).flat();
}
