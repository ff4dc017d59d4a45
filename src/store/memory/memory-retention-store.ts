import type { PruneReport, RetentionCutoffs, RetentionStore } from '../../outbox/retention-store.ts';
import { recordsOf } from '../../outbox/batch-places.ts';
import type { MemoryReceipt, MemoryTables } from './memory-tables.ts';

/** Retention over the tables in memory; there are no skipped letters here. */
export class MemoryRetentionStore implements RetentionStore {
  readonly #tables: MemoryTables;

  constructor(tables: MemoryTables) {
    this.#tables = tables;
  }

  async prune(cutoffs: RetentionCutoffs, maxRows: number): Promise<PruneReport> {
    const { receiptsBeforeMs = -Infinity, attemptsBeforeMs = -Infinity } = cutoffs;
    const { receipts, attempts } = this.#tables;
    const goingReceipts = receipts
      .filter((receipt) => receipt.deliveredAtMs < receiptsBeforeMs && this.#mayGo(receipt))
      .slice(0, maxRows);
    const goingAttempts = attempts
      .filter((attempt) => attempt.atMs < attemptsBeforeMs)
      .slice(0, maxRows - goingReceipts.length);
    remove(receipts, goingReceipts);
    remove(attempts, goingAttempts);
    return {
      receipts: goingReceipts.length,
      attempts: goingAttempts.length,
      skippedLetters: 0,
      more: goingReceipts.length + goingAttempts.length >= maxRows,
    };
  }

  #mayGo({ destinationNo, draft }: MemoryReceipt): boolean {
    const { receipts, destinations, reconcilerMarks, missed } = this.#tables;
    const isLatest = !receipts.some(
      (other) =>
        other.destinationNo === destinationNo &&
        other.draft.epochNo === draft.epochNo &&
        other.draft.firstSeq > draft.firstSeq,
    );
    const state = destinations.get(destinationNo)?.state;
    const takesRows = state === 'active' || state === 'paused';
    const mark = takesRows ? (reconcilerMarks.get(destinationNo) ?? 0) : Infinity;
    const safeNo = Math.min(mark, ...[...missed].map((recordNo) => recordNo - 1));
    return !isLatest && Math.max(0, ...recordsOf(draft)) <= safeNo;
  }
}

function remove<Item>(list: Item[], going: readonly Item[]): void {
  const gone = new Set(going);
  list.splice(0, list.length, ...list.filter((item) => !gone.has(item)));
}
