/** A named key of 32 bytes: one that seals and opens (AES-256-GCM), or one that only opens tokens of another system. */
export interface SealingKey {
  readonly keyId: string;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Absent: seals and opens our own form. `fernet`: opens Fernet tokens, seals nothing. */
  readonly form?: 'fernet';
}

export const SEALING_KEY_BYTES = 32;
