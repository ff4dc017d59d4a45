/**
 * A sealed value cannot be opened: its key is not loaded (`key_missing`), it belongs to another row, field or workspace or
 * was changed (`wrong_context`), or it is no sealed value (`malformed`). Nothing is sent in its place.
 */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
  readonly code: 'key_missing' | 'wrong_context' | 'malformed';

  constructor(code: UnsealError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
