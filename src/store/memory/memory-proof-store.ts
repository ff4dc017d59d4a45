import type { LaneLease } from '../../outbox/delivery-store.ts';
import type {
  FinishedQuery,
  FinishedReceipt,
  ProofStore,
  StoredCheckpoint,
  StoredCheckpointKey,
} from '../../outbox/proof-store.ts';
import type { MemoryDeliveryStore } from './memory-delivery-store.ts';
import type { MemoryReceipt } from './memory-tables.ts';

/** Checkpoints beside the memory store: over its receipts, whatever tables it has at the moment. */
export class MemoryProofStore implements ProofStore {
  readonly keys: StoredCheckpointKey[] = [];
  readonly checkpoints: StoredCheckpoint[] = [];
  readonly #delivery: Pick<MemoryDeliveryStore, 'tables'>;

  constructor(delivery: Pick<MemoryDeliveryStore, 'tables'>) {
    this.#delivery = delivery;
  }

  async checkpointKeys(): Promise<readonly StoredCheckpointKey[]> {
    return this.keys.toReversed();
  }

  async lastCheckpoint(destinationNo: number): Promise<StoredCheckpoint | undefined> {
    const delivered = this.checkpoints.filter(
      (one) =>
        one.destinationNo === destinationNo &&
        this.#delivery.tables.receipts.some(
          (receipt) =>
            receipt.destinationNo === destinationNo &&
            receipt.draft.epochNo === one.epochNo &&
            receipt.draft.firstSeq === one.seq &&
            isCheckpoint(receipt),
        ),
    );
    return delivered.toSorted((a, b) => a.epochNo - b.epochNo || a.seq - b.seq).at(-1);
  }

  async readCheckpoint(
    destinationNo: number,
    epochNo: number,
    seq: number,
  ): Promise<StoredCheckpoint | undefined> {
    return this.checkpoints.find(
      (one) => one.destinationNo === destinationNo && one.epochNo === epochNo && one.seq === seq,
    );
  }

  async saveCheckpoint(lease: LaneLease, checkpoint: StoredCheckpoint): Promise<boolean> {
    const { destinationNo, epochNo, seq } = checkpoint;
    const lane = this.#delivery.tables.lanes.get(destinationNo);
    if (lane?.token !== lease.token || lane.owner !== lease.owner) return false;
    if (lane.epochNo !== epochNo || lane.nextSeq !== seq) return false;
    const known = await this.readCheckpoint(destinationNo, epochNo, seq);
    if (known !== undefined) this.checkpoints.splice(this.checkpoints.indexOf(known), 1);
    this.checkpoints.push(checkpoint);
    return true;
  }

  async finishedPlaces(query: FinishedQuery): Promise<readonly FinishedReceipt[]> {
    const { destinationNo, epochNo, fromSeq, after, maxReceipts } = query;
    return this.#delivery.tables.receipts
      .map((receipt, receiptNo) => ({ receipt, receiptNo }))
      .filter(
        ({ receipt: { destinationNo: no, draft } }) => no === destinationNo && draft.epochNo === epochNo,
      )
      .map(({ receipt, receiptNo }) => finishedOf(receipt, receiptNo))
      .filter(({ firstSeq, places }) => firstSeq >= fromSeq || firstSeq + places > fromSeq)
      .toSorted((a, b) => a.firstSeq - b.firstSeq || a.receiptNo - b.receiptNo)
      .filter(
        ({ firstSeq, receiptNo }) =>
          after === undefined ||
          firstSeq > after.firstSeq ||
          (firstSeq === after.firstSeq && receiptNo > after.receiptNo),
      )
      .slice(0, maxReceipts);
  }
}

function finishedOf(receipt: MemoryReceipt, receiptNo: number): FinishedReceipt {
  const { firstSeq, recordNos, hashes, tombstones, leftOut, destinationVersion } = receipt.draft;
  return {
    firstSeq,
    receiptNo,
    places: recordNos.length,
    hashes,
    tombstones,
    isCheckpoint: isCheckpoint(receipt),
    leftOut: leftOut.length,
    destinationVersion,
  };
}

function isCheckpoint({ draft: { recordNos, tombstones } }: MemoryReceipt): boolean {
  return recordNos.length === 1 && recordNos[0] === null && tombstones.length === 0;
}
