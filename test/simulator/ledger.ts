/** One record as the simulation knows it, whatever the store says. */
export interface LedgerRecord {
  readonly recordNo: number;
  readonly uid: string;
  committed: boolean;
  /** Destinations that took rows when it was recorded. */
  readonly owedTo: Set<number>;
  /** Destinations that refuse it by its content. */
  readonly poisonTo: Set<number>;
  /** What became of its enqueue. */
  readonly enqueue: 'written' | 'missed' | 'lost';
}

/** The truth about records, kept outside the store: what the store forgets, this remembers. */
export class Ledger {
  readonly records = new Map<number, LedgerRecord>();
  readonly byUid = new Map<string, LedgerRecord>();
  /** `destinationNo:recordNo` of what people closed, with a reason. */
  readonly skipped = new Set<string>();
  readonly deletedDestinations = new Set<number>();

  add(record: LedgerRecord): void {
    this.records.set(record.recordNo, record);
    this.byUid.set(record.uid, record);
  }

  skip(destinationNo: number, recordNo: number): void {
    this.skipped.add(`${destinationNo}:${recordNo}`);
  }

  isSkipped(destinationNo: number, recordNo: number): boolean {
    return this.skipped.has(`${destinationNo}:${recordNo}`);
  }

  isPoison(destinationNo: number, uid: string): boolean {
    return this.byUid.get(uid)?.poisonTo.has(destinationNo) === true;
  }
}
