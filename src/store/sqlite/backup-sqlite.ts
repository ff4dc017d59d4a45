import { chmodSync, closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { backup, DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { toStoreError } from './sqlite-error.ts';

const FILE_MODE = 0o600;
/** Pages copied in one step, while the service goes on. */
const PAGES_A_STEP = 1_000;

export interface BackupReport {
  readonly file: string;
  readonly bytes: number;
  /** Number of the last record that was given one, also where it was removed since; 0 when there was none. */
  readonly lastRecordNo: number;
  readonly schemaVersion: number;
}

/**
 * Copies the database at `path` to `target` while it is in use: one consistent state, checked before it gets its name. Throws
 * `StoreError`; a copy that did not come to its end is removed.
 */
export async function backupSqlite(path: string, target: string): Promise<BackupReport> {
  if (!existsSync(path)) throw new StoreError('store_unavailable', `There is no database at ${path}`);
  if (existsSync(target))
    throw new StoreError('store_io', `${target} exists; a backup never overwrites a file`);
  const unfinished = `${target}.unfinished`;
  let source: DatabaseSync | undefined;
  try {
    // Records are not for others: the mode is set before a byte is in it.
    closeSync(openSync(unfinished, 'wx', FILE_MODE));
    source = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
    await backup(source, unfinished, { rate: PAGES_A_STEP });
    const facts = checkCopy(unfinished);
    sync(unfinished);
    renameSync(unfinished, target);
    chmodSync(target, FILE_MODE);
    return { file: target, bytes: statSync(target).size, ...facts };
  } catch (error) {
    for (const suffix of ['', '-journal', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true });
    throw toStoreError(error);
  } finally {
    source?.close();
  }
}

/** Reads the whole copy once: a backup that cannot be read is none. Leaves no log file beside it. */
export function checkCopy(file: string): Pick<BackupReport, 'lastRecordNo' | 'schemaVersion'> {
  const copy = new DatabaseSync(file, { timeout: 5_000 });
  try {
    copy.exec('pragma journal_mode = delete');
    const said = copy.prepare('pragma quick_check(1)').get()?.['quick_check'];
    if (said !== 'ok') throw new StoreError('store_corrupt', `The copy is damaged: ${String(said)}`);
    const number = (sql: string): number => Number(copy.prepare(sql).get()?.['n'] ?? 0);
    return {
      lastRecordNo: number('select last_record_no as n from aegis_siem_record_counter'),
      schemaVersion: number('select coalesce(max(version), 0) as n from aegis_siem_schema'),
    };
  } finally {
    copy.close();
  }
}

export function sync(file: string): void {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
