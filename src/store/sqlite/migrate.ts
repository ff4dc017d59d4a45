import { fileURLToPath } from 'node:url';
import { type Migration, readMigrationFiles } from '../migration-files.ts';
import { SchemaMissingError } from '../schema-missing-error.ts';
import { SchemaNewerError } from '../schema-newer-error.ts';
import type { MigrationReport } from '../store.ts';
import { integer } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import type { Statements } from './statements.ts';

/** Those of this store. */
export function readMigrations(): Migration[] {
  return readMigrationFiles(fileURLToPath(new URL('./migrations/', import.meta.url)));
}

/**
 * Brings the tables to this release: all outstanding migrations in one transaction, under SQLite's write lock, so that two
 * processes that start together do not both apply them. Doing it again changes nothing.
 * Throws `SchemaNewerError` for a database of a newer release.
 */
export function migrate(connection: SqliteConnection, migrations: readonly Migration[]): MigrationReport {
  return connection.write((statements) => {
    statements.db.exec(
      `create table if not exists aegis_siem_schema (
         version integer primary key, name text not null, applied_at integer not null
       ) strict`,
    );
    const from = versionOf(statements);
    if (from > migrations.length) throw new SchemaNewerError(from, migrations.length);
    const outstanding = migrations.filter((migration) => migration.version > from);
    for (const migration of outstanding) {
      statements.db.exec(migration.sql);
      statements.run(
        `insert into aegis_siem_schema (version, name, applied_at)
         values (?, ?, cast(unixepoch('subsec') * 1000 as integer))`,
        migration.version,
        migration.name,
      );
    }
    return { from, to: migrations.length, applied: outstanding.map((migration) => migration.name) };
  });
}

/** Throws `SchemaMissingError` or `SchemaNewerError` unless the tables are exactly those of this release. */
export function checkSchema(connection: SqliteConnection, migrations: readonly Migration[]): void {
  connection.read((statements) => {
    const known = statements.first(
      `select 1 as there from sqlite_schema where type = 'table' and name = 'aegis_siem_schema'`,
    );
    const found = known === undefined ? 0 : versionOf(statements);
    if (found > migrations.length) throw new SchemaNewerError(found, migrations.length);
    if (found < migrations.length) throw new SchemaMissingError(found, migrations.length);
  });
}

function versionOf(statements: Statements): number {
  const row = statements.first('select coalesce(max(version), 0) as version from aegis_siem_schema');
  return row === undefined ? 0 : integer(row, 'version');
}
