import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe } from 'node:test';
import { openTestStore, storeTest } from '../../../test/support/sqlite-store.ts';
import { SqliteConnection } from './connection.ts';
import { migrate, readMigrations } from './migrate.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

void describe('migrations of the SQLite store', () => {
  storeTest('are applied once, in order, and named in the report', async () => {
    await using folder = temporaryFolder();
    const store = await openSqliteStore(folder.file);
    const names = readMigrations().map(({ name }) => name);
    assert.deepEqual(await store.migrate(), { from: 0, to: names.length, applied: names });
    assert.deepEqual(await store.migrate(), { from: names.length, to: names.length, applied: [] });
    await store.ping();
    await store.close();
  });

  storeTest('a database of a newer release is refused with both versions, and not touched', async () => {
    await using open = await openTestStore();
    open.exec(`insert into aegis_siem_schema (version, name, applied_at) values (999, '999-later.sql', 1)`);
    const refused = { name: 'SchemaNewerError', code: 'schema_newer', found: 999 };
    await assert.rejects(open.store.migrate(), refused);
    await assert.rejects(open.store.ping(), refused);
    assert.equal(open.rows('select max(version) as v from aegis_siem_schema')[0]?.['v'], 999);
  });

  storeTest('a database without tables is refused until it is migrated', async () => {
    await using folder = temporaryFolder();
    const store = await openSqliteStore(folder.file);
    await assert.rejects(store.ping(), { name: 'SchemaMissingError', code: 'schema_missing' });
    await store.migrate();
    await store.ping();
    await store.close();
  });

  storeTest('a migration that fails leaves the database as it was', async () => {
    await using open = await openTestStore();
    const connection = new SqliteConnection(open.path);
    const broken = {
      version: readMigrations().length + 1,
      name: 'broken.sql',
      sql: 'create table half (n integer); create table nonsense (',
    };
    assert.throws(() => migrate(connection, [...readMigrations(), broken]), { code: 'store_failed' });
    connection.close();
    assert.deepEqual(open.rows(`select name from sqlite_schema where name = 'half'`), []);
    assert.deepEqual((await open.store.migrate()).applied, []);
  });

  storeTest('two that start together apply everything once', async () => {
    await using folder = temporaryFolder();
    const stores = await Promise.all([openSqliteStore(folder.file), openSqliteStore(folder.file)]);
    const reports = await Promise.all(stores.map((store) => store.migrate()));
    assert.deepEqual(
      reports.map(({ applied }) => applied.length > 0),
      [true, false],
    );
    for (const store of stores) await store.close();
  });

  storeTest('a file that is no database is refused, and left alone', async () => {
    await using folder = temporaryFolder();
    writeFileSync(
      folder.file,
      'a letter to somebody, quite long enough to be read as a header of a database',
    );
    const before = statSync(folder.file).size;
    await assert.rejects(openSqliteStore(folder.file), { code: 'store_corrupt' });
    assert.equal(statSync(folder.file).size, before);
  });

  storeTest('a path that cannot be made is refused', async () => {
    await assert.rejects(openSqliteStore('/nowhere/at/all/aegis.db'), { code: 'store_io' });
  });

  storeTest('the file and its log are for the owner only', async () => {
    await using open = await openTestStore();
    for (const file of [open.path, `${open.path}-wal`]) {
      assert.equal(statSync(file).mode & 0o777, 0o600, file);
    }
  });

  storeTest('every connection is set so that records are safe', async () => {
    await using folder = temporaryFolder();
    const connection = new SqliteConnection(folder.file, 1_234);
    const { db } = connection.statements;
    const pragma = (name: string): unknown => Object.values(db.prepare(`pragma ${name}`).get() ?? {})[0];
    assert.deepEqual(
      {
        journal: pragma('journal_mode'),
        synchronous: pragma('synchronous'),
        foreignKeys: pragma('foreign_keys'),
        recursiveTriggers: pragma('recursive_triggers'),
        busyTimeout: pragma('busy_timeout'),
      },
      { journal: 'wal', synchronous: 2, foreignKeys: 1, recursiveTriggers: 1, busyTimeout: 1_234 },
    );
    connection.close();
  });

  storeTest('a record number that the counter never gave is refused', async () => {
    await using open = await openTestStore();
    const db = new DatabaseSync(open.path);
    assert.throws(
      () =>
        db.exec(
          `insert into aegis_siem_attestations (record_no, attestation_id, workspace_id, recorded_at, body)
           values (5, 'x', 'w', 1, '{}')`,
        ),
      /aegis_siem_record_counter/,
    );
    db.close();
  });
});

function temporaryFolder(): { readonly file: string } & AsyncDisposable {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-migrate-'));
  return {
    file: join(folder, 'aegis.db'),
    [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }),
  };
}
