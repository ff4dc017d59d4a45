import type { Batch, BatchDraft, BatchKey } from '../../outbox/batch.ts';
import { recordsOf } from '../../outbox/batch-places.ts';
import type { Completion, OpenRow } from '../../outbox/delivery-store.ts';
import { copyPlain } from './copy-plain.ts';
import type { MemoryTables } from './memory-tables.ts';

/** Open rows and open batches by destination, and what becomes of a batch that is finished. */
export class MemoryBatches {
  readonly #tables: MemoryTables;
  readonly #nowMs: () => number;

  constructor(tables: MemoryTables, nowMs: () => number) {
    this.#tables = tables;
    this.#nowMs = nowMs;
  }

  rowsOf(destinationNo: number): Map<number, boolean> {
    return mapIn(this.#tables.outbox, destinationNo);
  }

  of(destinationNo: number): Map<string, Batch> {
    return mapIn(this.#tables.batches, destinationNo);
  }

  row(destinationNo: number, recordNo: number): OpenRow | undefined {
    const record = this.#tables.records.get(recordNo);
    if (record === undefined) return undefined;
    const { source, recordId, body } = record;
    return { recordNo, source, recordId, body, replayed: this.rowsOf(destinationNo).get(recordNo) === true };
  }

  put(destinationNo: number, draft: BatchDraft, attempts: number, from: Batch | undefined): void {
    const batch: Batch = {
      ...draftOf(draft),
      state: 'formed',
      attempts,
      formedAtMs: from?.formedAtMs ?? this.#nowMs(),
      ...(from?.lastAnswer === undefined ? {} : { lastAnswer: from.lastAnswer }),
    };
    this.of(destinationNo).set(nameOf(draft), batch);
  }

  take(destinationNo: number, key: BatchKey): Batch | undefined {
    const batches = this.of(destinationNo);
    const batch = batches.get(nameOf(key));
    batches.delete(nameOf(key));
    return batch;
  }

  change(destinationNo: number, key: BatchKey, change: (batch: Batch) => Batch): boolean {
    const batches = this.of(destinationNo);
    const batch = batches.get(nameOf(key));
    if (batch === undefined) return false;
    batches.set(nameOf(key), change(batch));
    return true;
  }

  finish(destinationNo: number, draft: BatchDraft, completion: Completion, attempts: number): void {
    for (const recordNo of recordsOf(draft)) this.rowsOf(destinationNo).delete(recordNo);
    const deliveredAtMs = this.#nowMs();
    const receipt = {
      destinationNo,
      draft: draftOf(draft),
      completion: copyPlain(completion),
      attempts,
    };
    this.#tables.receipts.push({ ...receipt, deliveredAtMs });
    for (const letter of completion.deadLetters) {
      this.#tables.deadLetters.push({ destinationNo, ...copyPlain(letter) });
    }
  }
}

/** Of a batch among those of its destination. */
export function nameOf(key: BatchKey): string {
  return `${key.epochNo}:${key.firstSeq}`;
}

/** A copy of the draft's own fields: callers may pass a whole batch. */
function draftOf(draft: BatchDraft): BatchDraft {
  const {
    epochNo,
    firstSeq,
    recordNos,
    hashes,
    tombstones,
    leftOut,
    destinationVersion,
    renderKey,
    replayed,
  } = draft;
  return copyPlain({
    epochNo,
    firstSeq,
    recordNos,
    hashes,
    tombstones,
    leftOut,
    destinationVersion,
    renderKey,
    replayed,
  });
}

function mapIn<Key, Value>(maps: Map<number, Map<Key, Value>>, destinationNo: number): Map<Key, Value> {
  const found = maps.get(destinationNo) ?? new Map<Key, Value>();
  maps.set(destinationNo, found);
  return found;
}
