import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../store-error.ts';
import { type BackupReport, checkCopy, sync } from './backup-sqlite.ts';
import { linkRestored } from './link-restored.ts';
import { toStoreError } from './sqlite-error.ts';

export interface RestorePlan {
  readonly backup: string;
  /** Where the store is to be. */
  readonly target: string;
  readonly sidecar: string;
  /** Ends the names of what is put aside. */
  readonly asideSuffix: string;
}

export interface RestoreReport extends Pick<BackupReport, 'lastRecordNo' | 'schemaVersion'> {
  readonly file: string;
  /** Streams that begin a new epoch when they are sent to next. */
  readonly streams: number;
  /** The store that stood there could be read: `verify` sees one chain of checkpoints. Else it calls the restore a fork, once. */
  readonly linked: boolean;
  /** Where the store that stood there is now. */
  readonly putAside?: string;
}

/**
 * Puts a backup in the place of the store. Every stream begins a new epoch afterwards, whatever the backup holds: numbers that
 * were given after it must never be given twice. What stood there is put aside, never removed. Throws `StoreError` and changes
 * nothing when the backup is unsound or the store is in use.
 */
export function restoreSqlite({ backup, target, sidecar, asideSuffix }: RestorePlan): RestoreReport {
  if (!existsSync(backup)) throw new StoreError('store_unavailable', `There is no backup at ${backup}`);
  const incoming = `${target}.incoming`;
  try {
    mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 });
    copyFileSync(backup, incoming);
    const facts = checkCopy(incoming);
    const streams = forgetEpochs(incoming);
    const putAside = existsSync(target) ? putAsideStore(target, asideSuffix) : undefined;
    const linked = putAside === undefined ? false : isLinked(incoming, putAside);
    sync(incoming);
    // Without its marks every stream that has given numbers opens a new epoch when its lane is taken.
    if (existsSync(sidecar)) renameSync(sidecar, `${sidecar}.${asideSuffix}`);
    renameSync(incoming, target);
    return { file: target, ...facts, streams, linked, ...(putAside === undefined ? {} : { putAside }) };
  } catch (error) {
    rmSync(incoming, { force: true });
    throw toStoreError(error);
  }
}

/** A stream that has not begun yet keeps its numbers and gets another name: its twin may begin elsewhere. */
function forgetEpochs(file: string): number {
  const db = new DatabaseSync(file);
  try {
    db.exec(`update aegis_siem_lanes set owner = null, leased_until = 0`);
    const rename = db.prepare(
      `update aegis_siem_lanes set epoch = ? where destination_no = ? and epoch_no = 1 and next_seq = 1`,
    );
    const lanes = db.prepare('select destination_no from aegis_siem_lanes').all();
    for (const lane of lanes) rename.run(randomBytes(8).toString('hex'), Number(lane['destination_no']));
    return lanes.length;
  } finally {
    db.close();
  }
}

function isLinked(incoming: string, putAside: string): boolean {
  try {
    linkRestored(incoming, putAside);
    return true;
  } catch {
    // It was lost or damaged, which is why a backup is restored: the report says what follows from that.
    return false;
  }
}

/** Only a store that nobody has open lets its journal mode be changed; its log is folded into the file by that. */
function putAsideStore(target: string, suffix: string): string {
  const db = new DatabaseSync(target, { timeout: 0 });
  try {
    db.exec('pragma journal_mode = delete');
  } catch (cause) {
    const code = cause instanceof Error && 'errcode' in cause ? cause.errcode : undefined;
    // A damaged store is what a restore is for: it is put aside as it is.
    if (code === 5 || code === 261) {
      throw new StoreError('store_locked', `${target} is in use: stop the service first`, { cause });
    }
  } finally {
    db.close();
  }
  const aside = `${target}.${suffix}`;
  for (const part of ['', '-wal', '-shm', '-journal']) {
    if (existsSync(`${target}${part}`)) renameSync(`${target}${part}`, `${aside}${part}`);
  }
  return aside;
}
