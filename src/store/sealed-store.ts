/** One row that holds sealed values, of whatever table. */
export interface SealedRow {
  readonly kind: 'destination' | 'checkpoint_key';
  /** Names the row within its kind. */
  readonly id: string;
  /** Of a destination; empty for a checkpoint key. */
  readonly workspaceId: string;
  /** By field. */
  readonly sealed: Readonly<Record<string, string>>;
  readonly fingerprints: Readonly<Record<string, string>>;
  /** What the column holds, character by character: a row that was changed meanwhile is told by it. */
  readonly stored: string;
}

/** What a row gets in place of what it held. */
export interface ResealedRow {
  readonly row: SealedRow;
  readonly sealed: Readonly<Record<string, string>>;
  readonly fingerprints: Readonly<Record<string, string>>;
}

/** Where a walk over the rows stands: destinations first, then checkpoint keys. */
export interface SealedPlace {
  readonly kind: SealedRow['kind'];
  readonly id: string;
}

export interface SealedQuery {
  /** `of`: rows with a value under this key id; `otherThan`: with one that is not. */
  readonly keyId: { readonly of: string } | { readonly otherThan: string };
  readonly after?: SealedPlace;
  readonly limit: number;
}

/** How many values are sealed under a key. */
export interface SealedCount {
  /** `fernet` for tokens of the original system, which name no key. */
  readonly keyId: string;
  readonly values: number;
}

/** Every sealed value of a store, whatever it is for: what a change of the master key walks over. */
export interface SealedStore {
  countSealed(): Promise<readonly SealedCount[]>;
  listSealed(query: SealedQuery): Promise<readonly SealedRow[]>;
  /**
   * Writes rows that still hold what was read, in one short transaction; takes no lock on a table. A row that was changed
   * meanwhile stays as it is. Neither version nor settings of a destination change. Answers how many were written.
   */
  reseal(rows: readonly ResealedRow[]): Promise<number>;
}
