import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SchemaMissingError } from '../schema-missing-error.ts';
import { SchemaNewerError } from '../schema-newer-error.ts';
import type { MigrationReport } from '../store.ts';
import { integer } from '../column.ts';
import type { SqliteConnection } from './connection.ts';
import type { Statements } from './statements.ts';

interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

const FILE_NAME = /^(?<version>\d{3})-[a-z0-9-]+\.sql$/;

/** The migrations of this release, by version: 1, 2, 3, ... A file never changes once it was released. */
export function readMigrations(
  folder: string = fileURLToPath(new URL('./migrations/', import.meta.url)),
): Migration[] {
  const migrations = readdirSync(folder)
    .filter((name) => FILE_NAME.test(name))
    .sort()
    .map((name) => ({
      version: Number(FILE_NAME.exec(name)?.groups?.['version']),
      name,
      sql: readFileSync(`${folder}/${name}`, 'utf8'),
    }));
  migrations.forEach((migration, index) => {
    if (migration.version !== index + 1) throw new Error(`Migration ${index + 1} is missing in ${folder}`);
  });
  return migrations;
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
