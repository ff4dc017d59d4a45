import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe } from 'node:test';
import { Worker } from 'node:worker_threads';
import { openTestStore, storeTest, type TestStore } from '../../../test/support/sqlite-store.ts';
import { SqliteConnection } from './connection.ts';
import { LogFile } from './log-file.ts';

const MEBIBYTE = 1_048_576;

/** Writes about this much into the log, in commits of 4 MB; the data itself is the same row again and again. */
function write({ other }: TestStore, bytes: number): void {
  other.exec('pragma wal_autocheckpoint = 0');
  other.exec('create table if not exists ballast (n integer primary key, data blob)');
  const commit = other.prepare('insert or replace into ballast values (1, randomblob(?))');
  for (let written = 0; written < bytes; written += 4 * MEBIBYTE) commit.run(4 * MEBIBYTE);
}

const logBytes = ({ path }: TestStore): number => statSync(`${path}-wal`).size;

void describe('the write-ahead log', () => {
  storeTest('is folded while others write, and cut once nobody does', async () => {
    await using open = await openTestStore();
    write(open, 12 * MEBIBYTE);
    const first = await open.store.retention.foldLog?.();
    assert.deepEqual(first, { logBytes: logBytes(open), cut: false, heldByReader: false });
    assert.ok(logBytes(open) > 12 * MEBIBYTE);
    const second = await open.store.retention.foldLog?.();
    assert.deepEqual(second, { logBytes: 0, cut: true, heldByReader: false });
    assert.equal(logBytes(open), 0);
    assert.equal(open.rows('select count(*) as n from ballast')[0]?.['n'], 1);
  });

  storeTest('is left alone while it is short', async () => {
    await using open = await openTestStore();
    const before = logBytes(open);
    assert.ok(before > 0, 'the migrations are in it');
    for (let look = 0; look < 3; look += 1) {
      const report = await open.store.retention.foldLog?.();
      assert.deepEqual(report, { logBytes: before, cut: false, heldByReader: false });
    }
  });

  storeTest(
    'names a reader that holds it, loses nothing meanwhile, and is cut when the reader ends',
    async () => {
      await using open = await openTestStore();
      const reader = new DatabaseSync(open.path);
      reader.exec('begin');
      reader.prepare('select count(*) from aegis_siem_attestations').get();
      write(open, 12 * MEBIBYTE);
      for (let look = 0; look < 3; look += 1) {
        const report = await open.store.retention.foldLog?.();
        assert.deepEqual(report, { logBytes: logBytes(open), cut: false, heldByReader: true });
      }
      assert.ok(logBytes(open) > 12 * MEBIBYTE, 'what the reader may still need is there');
      reader.exec('commit');
      reader.close();
      assert.equal((await open.store.retention.foldLog?.())?.cut, true);
      assert.equal(logBytes(open), 0);
    },
  );

  storeTest('stays bounded under load although readers overlap without a gap', async () => {
    await using open = await openTestStore();
    await using readers = await startReaders(open.path);
    const log = new LogFile(open.path, 16 * MEBIBYTE);
    const connection = new SqliteConnection(open.path);
    let longest = 0;
    for (let round = 0; round < 16; round += 1) {
      write(open, 8 * MEBIBYTE);
      longest = Math.max(longest, logBytes(open));
      log.fold(connection);
    }
    connection.close();
    assert.ok(readers.reads() > 10, 'they did read meanwhile');
    assert.ok(longest < 48 * MEBIBYTE, `${longest} bytes of ${128 * MEBIBYTE} written`);
  });
});

/** Two threads that read all the time, each on its own connection, so that there is hardly a moment without a reader. */
async function startReaders(path: string): Promise<{ reads(): number } & AsyncDisposable> {
  const counter = new Int32Array(new SharedArrayBuffer(8));
  const workers = [0, 1].map(
    () =>
      new Worker(
        `const { workerData } = require('node:worker_threads');
         const { DatabaseSync } = require('node:sqlite');
         const database = new DatabaseSync(workerData.path);
         for (;;) {
           database.exec('begin');
           database.prepare('select count(*) from aegis_siem_attestations').get();
           Atomics.wait(workerData.counter, 1, 0, 20);
           database.exec('commit');
           Atomics.add(workerData.counter, 0, 1);
           Atomics.notify(workerData.counter, 0);
         }`,
        { eval: true, workerData: { path, counter } },
      ),
  );
  await Atomics.waitAsync(counter, 0, 0).value;
  return {
    reads: () => Atomics.load(counter, 0),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
