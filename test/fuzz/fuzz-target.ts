/** Something that reads what others wrote. */
export interface FuzzTarget {
  readonly name: string;
  /** Good and bad examples to begin from. */
  readonly seeds: readonly string[];
  /** Makes of the changed bytes what is read; its time does not count. */
  readonly prepare?: (bytes: Buffer) => Buffer;
  /** Reads it. Throws where a promise of the reader does not hold, and lets through whatever the reader throws. */
  readonly read: (bytes: Buffer) => void | Promise<void>;
}

export interface FuzzResult {
  readonly name: string;
  readonly inputs: number;
  /** The longest that one input kept the thread. */
  readonly longestTickMs: number;
  readonly slowestInput: Buffer;
  readonly crashes: readonly { readonly input: Buffer; readonly error: unknown }[];
}
