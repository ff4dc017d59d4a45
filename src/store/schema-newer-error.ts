import { StoreError } from './store-error.ts';

/** Thrown for a database that a newer release has migrated: this release would misread it, so it does not touch it. */
export class SchemaNewerError extends StoreError {
  /** Version that the database has. */
  readonly found: number;
  /** Newest version that this release knows. */
  readonly known: number;

  constructor(found: number, known: number) {
    super(
      'schema_newer',
      `The database has schema version ${found}, this release knows ${known}: start the release that migrated it, or a newer one`,
    );
    this.name = 'SchemaNewerError';
    this.found = found;
    this.known = known;
  }
}
