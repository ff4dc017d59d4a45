/**
 * Stable words for what a store can fail with. Drivers' own codes stay in `cause`.
 *
 * - `store_locked`: another writer held the lock longer than the store waits.
 * - `store_full`: no room left, on the disk or under a limit of the database.
 * - `disk_reserve`: the disk of the embedded store is full but for its reserve; nothing more is recorded, delivery goes on.
 * - `store_io`: reading or writing the file failed.
 * - `store_read_only`: the file or its folder cannot be written.
 * - `store_unavailable`: the server cannot be reached, or the connection was lost.
 * - `store_corrupt`: the file is damaged or is not a database.
 * - `schema_missing`, `schema_newer`: the tables are not the ones of this release.
 * - `name_taken`: another destination of the workspace has that name.
 * - `invalid_cursor`: a cursor that this store did not hand out.
 * - `store_failed`: anything else; see `cause`.
 */
export type StoreErrorCode =
  | 'store_locked'
  | 'store_full'
  | 'disk_reserve'
  | 'store_io'
  | 'store_read_only'
  | 'store_unavailable'
  | 'store_corrupt'
  | 'schema_missing'
  | 'schema_newer'
  | 'name_taken'
  | 'invalid_cursor'
  | 'store_failed';

/** Thrown when a store cannot do what it was asked. The sentence holds no values of records and no secrets. */
export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'StoreError';
    this.code = code;
  }
}
