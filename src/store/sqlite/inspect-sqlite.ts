import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { StoreFault, StoreInspection } from '../inspect-store.ts';
import { StoreError } from '../store-error.ts';
import { SqliteConnection } from './connection.ts';
import { migrate, readMigrations } from './migrate.ts';
import { toStoreError } from './sqlite-error.ts';

/** Findings of SQLite's own check that are shown. */
const MAX_DAMAGE_LINES = 5;

/** Looks at a database file. Throws `StoreError`: `store_unavailable` where there is none, else what SQLite says. */
export function inspectSqlite(path: string): StoreInspection {
  if (!existsSync(path)) throw new StoreError('store_unavailable', `There is no database at ${path}`);
  const migrations = readMigrations();
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    const schemaVersion = schemaVersionOf(db);
    return {
      kind: 'sqlite',
      engineVersion: String(db.prepare('select sqlite_version() as version').get()?.['version']),
      schemaVersion,
      schemaWanted: migrations.length,
      // The same machine, the same clock.
      clockAheadMs: 0,
      faults: [
        ...damage(db),
        ...journal(db),
        ...(schemaVersion === migrations.length ? changedObjects(db) : []),
      ],
    };
  } catch (error) {
    throw toStoreError(error);
  } finally {
    db?.close();
  }
}

function schemaVersionOf(db: DatabaseSync): number {
  const there = db.prepare(`select 1 from sqlite_schema where name = 'aegis_siem_schema'`).get();
  if (there === undefined) return 0;
  return Number(db.prepare('select coalesce(max(version), 0) as v from aegis_siem_schema').get()?.['v']);
}

/** https://www.sqlite.org/pragma.html#pragma_quick_check */
function damage(db: DatabaseSync): readonly StoreFault[] {
  const said = db
    .prepare(`pragma quick_check(${MAX_DAMAGE_LINES})`)
    .all()
    .map((row) => String(row['quick_check']));
  if (said.length === 1 && said[0] === 'ok') return [];
  return [
    {
      code: 'store_corrupt',
      level: 'fail',
      message: `SQLite finds damage: ${said.join('; ')}`,
      fix: 'Stop the service, keep a copy of the file, and restore the last backup',
    },
  ];
}

function journal(db: DatabaseSync): readonly StoreFault[] {
  const mode = String(db.prepare('pragma journal_mode').get()?.['journal_mode']);
  if (mode === 'wal') return [];
  return [
    {
      code: 'journal_mode',
      level: 'warn',
      message: `The journal mode is ${mode}, not wal: recording and delivery wait for each other`,
      fix: 'Start the service once: it sets the mode. If it does not stay, the file system cannot share memory (a network disk)',
    },
  ];
}

/** Tables, indexes and triggers as the migrations make them: a dropped trigger would let records be changed. */
function changedObjects(db: DatabaseSync): readonly StoreFault[] {
  const model = new SqliteConnection(':memory:');
  try {
    migrate(model, readMigrations());
    const wanted = objectsOf(model.statements.db);
    const found = objectsOf(db);
    const missing = [...wanted.keys()].filter((name) => !found.has(name));
    const changed = [...wanted].filter(([name, sql]) => found.has(name) && found.get(name) !== sql);
    const names = [...missing, ...changed.map(([name]) => name)];
    if (names.length === 0) return [];
    return [
      {
        code: 'schema_changed',
        level: 'fail',
        message: `Missing or changed in the database: ${names.join(', ')}. Records may have been altered past the triggers`,
        fix: 'Find out who changed the database; prove the records with "aegis-siem verify", then restore the schema from a backup',
      },
    ];
  } finally {
    model.close();
  }
}

function objectsOf(db: DatabaseSync): ReadonlyMap<string, string> {
  const rows = db
    .prepare(
      `select type || ' ' || name as name, coalesce(sql, '') as sql from sqlite_schema
        where name like 'aegis_siem%' or tbl_name like 'aegis_siem%'`,
    )
    .all();
  return new Map(rows.map((row) => [String(row['name']), String(row['sql']).replaceAll(/\s+/g, ' ')]));
}
