import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { SqliteConnection } from './connection.ts';

const HOLD_MS = 40;
const GAP_MS = 2;
const WRITES = 10;
/** One must pass for each write of ours; SQLite's own waiting lets many more. */
const MAX_PASSED = WRITES * 3;

/** Another connection that commits all the time, each commit waiting for a slow disk. It counts its commits and its turns. */
const NEIGHBOUR = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(workerData.path, { timeout: 5_000 });
  const commits = new Int32Array(workerData.commits);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  parentPort.postMessage('running');
  while (Atomics.load(commits, 1) === 0) {
    db.exec('begin immediate');
    Atomics.add(commits, 2, 1);
    Atomics.notify(commits, 2);
    Atomics.wait(pause, 0, 0, ${HOLD_MS});
    db.exec('commit');
    Atomics.add(commits, 0, 1);
    Atomics.wait(pause, 0, 0, ${GAP_MS});
  }
  db.close();
`;

test('a writer gets into the short gaps between the commits of a busy neighbour', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-lock-'));
  const path = join(folder, 'aegis.db');
  const connection = new SqliteConnection(path);
  connection.write(({ db }) => db.exec('create table t (n integer)'));
  const commits = new Int32Array(new SharedArrayBuffer(12));
  const neighbour = new Worker(NEIGHBOUR, { eval: true, workerData: { path, commits: commits.buffer } });
  await once(neighbour, 'message');

  let passed = 0;
  try {
    const before = Atomics.load(commits, 0);
    for (let n = 0; n < WRITES; n += 1) {
      // Each begins while the neighbour has just taken the lock.
      Atomics.wait(commits, 2, Atomics.load(commits, 2));
      connection.write((statements) => statements.run('insert into t (n) values (?)', n));
    }
    passed = Atomics.load(commits, 0) - before;
    assert.equal(connection.statements.first('select count(*) as n from t')?.['n'], WRITES);
  } finally {
    Atomics.store(commits, 1, 1);
    await once(neighbour, 'exit');
    connection.close();
    rmSync(folder, { recursive: true });
  }
  assert.ok(passed <= MAX_PASSED, `${passed} commits of the neighbour passed ${WRITES} writes`);
});
