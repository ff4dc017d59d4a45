import { StoreError, type StoreErrorCode } from './store-error.ts';

/** Codes after which the same call may work a little later, without a restart. */
export type StoreUnavailableCode = Extract<
  StoreErrorCode,
  'store_locked' | 'store_full' | 'disk_reserve' | 'store_io' | 'store_read_only' | 'store_unavailable'
>;

/** Thrown when the store as a whole cannot be read or written now. Nothing of the call was kept; the next one starts afresh. */
export class StoreUnavailableError extends StoreError {
  declare readonly code: StoreUnavailableCode;

  constructor(code: StoreUnavailableCode, message: string, options?: { readonly cause?: unknown }) {
    super(code, message, options);
    this.name = 'StoreUnavailableError';
  }
}
