/** A named AES-256 key. */
export interface SealingKey {
  readonly keyId: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
}

export const SEALING_KEY_BYTES = 32;
