import type { NumberRange } from '../proof/number-ranges.ts';
import type { SealedReceipt } from './judge-seals.ts';
import { HASH_BYTES } from '../proof/merkle-tree.ts';
import { type EpochRecord, type FinishedRun, StreamRecord } from './stream-record.ts';

export interface StoreReceipt extends FinishedRun, SealedReceipt {
  readonly firstSeq: number;
  readonly places: number;
  readonly isCheckpoint: boolean;
}

/** What is read of the receipts of one epoch, in steps. */
export interface ReceiptSource {
  finishedPlaces(query: {
    readonly destinationNo: number;
    readonly epochNo: number;
    readonly fromSeq: number;
    readonly after?: { readonly firstSeq: number; readonly receiptNo: number };
    readonly maxReceipts: number;
  }): Promise<readonly StoreReceipt[]>;
}

const AT_ONCE = 200;

/** The receipts of one epoch in the order of their numbers. In memory are those that were read and not judged yet. */
export class ReceiptWindow {
  readonly #receipts: AsyncGenerator<StoreReceipt, void>;
  #next: StoreReceipt | undefined;
  #isOpen = false;
  #kept: StoreReceipt[] = [];
  #greatest = 0;

  constructor(source: ReceiptSource, destinationNo: number, epochNo: number) {
    this.#receipts = receiptsOf(source, destinationNo, epochNo);
  }

  /** The greatest number that a receipt was read of. */
  get greatest(): number {
    return this.#greatest;
  }

  get kept(): readonly StoreReceipt[] {
    return this.#kept;
  }

  /** Reads the receipts that begin up to this number. Answers where checkpoints were delivered among them. */
  async readTo(seq: number): Promise<readonly number[]> {
    const checkpoints: number[] = [];
    for (;;) {
      const receipt = await this.#peek();
      if (receipt === undefined || receipt.firstSeq > seq) return checkpoints;
      if (this.#take(receipt)) checkpoints.push(receipt.firstSeq);
    }
  }

  /**
   * Reads on over about so many places, to where no receipt that was read reaches into the next one. Undefined at the end of the
   * epoch; else where checkpoints were delivered.
   */
  async readSome(places: number): Promise<readonly number[] | undefined> {
    const checkpoints: number[] = [];
    let read = 0;
    let receipt = await this.#peek();
    if (receipt === undefined) return undefined;
    while (receipt !== undefined && (read < places || receipt.firstSeq <= this.#greatest)) {
      read += receipt.places;
      if (this.#take(receipt)) checkpoints.push(receipt.firstSeq);
      receipt = await this.#peek();
    }
    return checkpoints;
  }

  /** What stands at the numbers of a range, as far as it was read. */
  record(stream: string, epoch: string, { from, to }: NumberRange): EpochRecord {
    const record = new StreamRecord(stream);
    for (const receipt of this.#kept) {
      const run = partOf(receipt, { from, to });
      if (run !== undefined) record.addFinished(epoch, run);
    }
    return record.epochOf(epoch);
  }

  /** Lets go of what ends at this number or before it: it is judged. */
  drop(toSeq: number): void {
    this.#kept = this.#kept.filter(({ firstSeq, places }) => firstSeq + Math.max(places, 1) - 1 > toSeq);
  }

  #take(receipt: StoreReceipt): boolean {
    this.#kept.push(receipt);
    this.#greatest = Math.max(this.#greatest, receipt.firstSeq + receipt.places - 1);
    this.#isOpen = false;
    return receipt.isCheckpoint;
  }

  async #peek(): Promise<StoreReceipt | undefined> {
    if (!this.#isOpen) {
      const read = await this.#receipts.next();
      this.#next = read.done === true ? undefined : read.value;
      this.#isOpen = true;
    }
    return this.#next;
  }
}

function partOf(run: FinishedRun, range: NumberRange): FinishedRun | undefined {
  const from = Math.max(run.firstSeq, range.from);
  const to = Math.min(run.firstSeq + run.places - 1, range.to);
  if (to < from) return undefined;
  const skipped = from - run.firstSeq;
  const places = to - from + 1;
  return {
    firstSeq: from,
    places,
    hashes: run.hashes.subarray(skipped * HASH_BYTES, (skipped + places) * HASH_BYTES),
    tombstones: run.tombstones
      .map(({ index }) => ({ index: index - skipped }))
      .filter(({ index }) => index >= 0 && index < places),
  };
}

async function* receiptsOf(
  source: ReceiptSource,
  destinationNo: number,
  epochNo: number,
): AsyncGenerator<StoreReceipt, void> {
  for (let after: { firstSeq: number; receiptNo: number } | undefined; ;) {
    const query = { destinationNo, epochNo, fromSeq: 1, maxReceipts: AT_ONCE };
    const page = await source.finishedPlaces(after === undefined ? query : { ...query, after });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return;
    after = { firstSeq: last.firstSeq, receiptNo: last.receiptNo };
  }
}
