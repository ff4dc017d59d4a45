import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Migration, readMigrationFiles } from '../migration-files.ts';
import { SchemaMissingError } from '../schema-missing-error.ts';
import { SchemaNewerError } from '../schema-newer-error.ts';
import type { MigrationReport } from '../store.ts';
import { integer } from '../column.ts';
import { rowsAreSecured, secureRows } from './row-security.ts';
import type { Database, Statements } from './database.ts';

/** Those of this store. */
export function readMigrations(): Migration[] {
  return readMigrationFiles(fileURLToPath(new URL('./migrations/', import.meta.url)));
}

/**
 * Brings the tables of `schema` to this release: all outstanding migrations in one transaction, under an advisory lock, so that
 * two processes that start together do not both apply them. Doing it again changes nothing.
 * Throws `SchemaNewerError` for a database of a newer release.
 */
export async function migrate(
  database: Database,
  schema: string,
  migrations: readonly Migration[],
): Promise<MigrationReport> {
  return database.transaction(async (statements) => {
    await statements.first(`select pg_advisory_xact_lock(hashtext('aegis_siem_migrate'), hashtext($1))`, [
      schema,
    ]);
    const known = await statements.first('select 1 as there from pg_namespace where nspname = $1', [schema]);
    // CREATE SCHEMA IF NOT EXISTS needs the right to create one even where it exists.
    if (known === undefined) await statements.run('create schema @schema@');
    const from = await versionOf(statements, schema);
    if (from > migrations.length) throw new SchemaNewerError(from, migrations.length);
    if (from === 0) {
      await statements.run(
        `create table if not exists @schema@.aegis_siem_schema (
           version integer primary key, name text not null, applied_at bigint not null
         )`,
      );
    }
    const outstanding = migrations.filter((migration) => migration.version > from);
    for (const migration of outstanding) {
      await statements.run(migration.sql);
      await statements.run(
        `insert into @schema@.aegis_siem_schema (version, name, applied_at)
         values ($1, $2, (extract(epoch from clock_timestamp()) * 1000)::bigint)`,
        [migration.version, migration.name],
      );
    }
    if (outstanding.length > 0 && (await rowsAreSecured(statements, schema))) {
      await secureRows(statements, schema);
    }
    return { from, to: migrations.length, applied: outstanding.map((migration) => migration.name) };
  });
}

/**
 * Makes the group roles of `roles.sql` where they are missing and gives each its rights, in one transaction. Rights of new tables
 * come by doing it again.
 */
export async function grantRoles(database: Database): Promise<void> {
  const sql = readFileSync(new URL('./roles.sql', import.meta.url), 'utf8');
  await database.transaction(async (statements) => {
    await statements.run(sql);
  });
}

/** Throws `SchemaMissingError` or `SchemaNewerError` unless the tables are exactly those of this release. */
export async function checkSchema(database: Database, schema: string, needed: number): Promise<void> {
  const found = await versionOf(database, schema);
  if (found > needed) throw new SchemaNewerError(found, needed);
  if (found < needed) throw new SchemaMissingError(found, needed);
}

async function versionOf(statements: Statements, schema: string): Promise<number> {
  const table = await statements.first('select to_regclass($1) is not null as there', [
    `${schema}.aegis_siem_schema`,
  ]);
  if (table?.['there'] !== true) return 0;
  const row = await statements.first(
    'select coalesce(max(version), 0) as version from @schema@.aegis_siem_schema',
  );
  return row === undefined ? 0 : integer(row, 'version');
}
