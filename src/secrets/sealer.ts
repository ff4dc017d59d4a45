/** What a sealed value belongs to. It is bound as AAD: a value moved to another row, field or workspace does not open. */
export interface SealContext {
  readonly workspaceId: string;
  readonly destinationId: string;
  readonly field: string;
}

/** Seals credentials at rest with AES-256-GCM under a named key. */
export interface Sealer {
  /** Id of the key that seals now. */
  readonly keyId: string;
  /** Answers one line of text: version, key id, nonce, ciphertext and tag. */
  seal(plain: string, context: SealContext): string;
  /** Throws `UnsealError` (code `key_missing`, `wrong_context` or `malformed`) without any of the text. */
  open(sealed: string, context: SealContext): string;
}
