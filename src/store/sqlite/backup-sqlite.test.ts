import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { openStore } from '../open-store.ts';
import { backupSqlite } from './backup-sqlite.ts';

test('a backup names the last number that was given, also where every record was removed since', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-backup-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'aegis.db');
  const store = await openStore(`sqlite:${file}`);
  await store.migrate();
  await store.close();
  assert.equal((await backupSqlite(file, join(folder, 'empty.db'))).lastRecordNo, 0);
  // As after seven records and a prune of all of them.
  const db = new DatabaseSync(file);
  db.exec('update aegis_siem_record_counter set last_record_no = 7');
  db.close();
  assert.equal((await backupSqlite(file, join(folder, 'pruned.db'))).lastRecordNo, 7);
});
