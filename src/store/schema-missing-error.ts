import { StoreError } from './store-error.ts';

/** Thrown for a database whose tables are older than this release needs, or not there at all. */
export class SchemaMissingError extends StoreError {
  constructor(found: number, needed: number) {
    super(
      'schema_missing',
      `The database has schema version ${found}, this release needs ${needed}: run "aegis-siem migrate"`,
    );
    this.name = 'SchemaMissingError';
  }
}
