import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openTestStore, storeTest } from '../../../test/support/sqlite-store.ts';
import {
  addDestination,
  deliver,
  newWorkspace,
  openRows,
  takeLane,
} from '../../../test/store-contract/store-fixtures.ts';

const WRITER = fileURLToPath(new URL('../../../test/support/sqlite-writer.ts', import.meta.url));
const FILL_DISK = fileURLToPath(new URL('../../../test/support/fill-disk.ts', import.meta.url));

void describe('several processes on one SQLite store', () => {
  storeTest('two record while a third delivers: every record leaves once', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const writers = [startWriter(open.path, workspaceId, 500), startWriter(open.path, workspaceId, 500)];
    const ended = Promise.all(writers.map(({ child }) => once(child, 'close')));
    let lane = await takeLane(open.store, destination);
    const delivered: string[] = [];
    let running = true;
    void ended.then(() => (running = false));
    for (;;) {
      const wasRunning = running;
      const rows = await openRows(open.store, destination, { maxRows: 37 });
      if (rows.length === 0 && !wasRunning) break;
      if (rows.length > 0) {
        await deliver(
          open.store,
          lane,
          rows.map(({ recordNo }) => recordNo),
        );
        lane = { ...lane, nextSeq: lane.nextSeq + rows.length };
        delivered.push(...rows.map(({ recordId }) => recordId));
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    const acknowledged = writers.flatMap(({ ids }) => ids());
    assert.equal(acknowledged.length, 1_000);
    assert.deepEqual([...delivered].sort(), [...acknowledged].sort());
  });

  storeTest(
    'a writer killed at any time leaves whole records with their rows, and every acknowledged one',
    async () => {
      await using open = await openTestStore();
      const workspaceId = newWorkspace();
      const destination = await addDestination(open.store, workspaceId);
      const writer = startWriter(open.path, workspaceId, 1_000_000);
      await writer.atLeast(200);
      writer.child.kill('SIGKILL');
      await once(writer.child, 'close');

      const acknowledged = writer.ids();
      const rows = await openRows(open.store, destination, { maxRows: 1_000_000 });
      const recorded = open.rows('select attestation_id from aegis_siem_attestations');
      assert.ok(acknowledged.length >= 200);
      assert.deepEqual(
        rows.map(({ recordId }) => recordId).sort(),
        recorded.map((row) => String(row['attestation_id'])).sort(),
        'no record without its row, no row without its record',
      );
      const known = new Set(rows.map(({ recordId }) => recordId));
      assert.deepEqual(
        acknowledged.filter((id) => !known.has(id)),
        [],
      );
      assert.equal(rows.length % 10, 0, 'a group is there whole or not at all');
    },
  );
});

void describe('SQLite on a disk that fills', () => {
  storeTest(
    'refuses with store_full, loses nothing that was acknowledged, and records again once there is room',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-full-'));
      try {
        const mount = `mount -t tmpfs -o size=4m tmpfs "$0" && exec "$1" "$2" "$0"`;
        const output = execFileSync(
          'unshare',
          ['--mount', 'sh', '-c', mount, folder, process.execPath, FILL_DISK],
          { encoding: 'utf8', timeout: 60_000 },
        );
        const seen = JSON.parse(output) as Record<string, unknown>;
        assert.ok(Number(seen['acknowledged']) > 100);
        assert.deepEqual(seen, {
          acknowledged: seen['acknowledged'],
          readable: seen['acknowledged'],
          failedCode: 'store_full',
          mixed: false,
          after: 'recorded',
          rows: Number(seen['acknowledged']) + 1,
          integrity: 'ok',
        });
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
    canMount() ? false : 'a file system of its own needs `unshare --mount` and the right to mount a tmpfs',
  );
});

interface Writer {
  readonly child: ChildProcess;
  /** Whole lines that were printed so far. */
  readonly ids: () => string[];
  /** Resolves once so many were acknowledged. */
  readonly atLeast: (count: number) => Promise<void>;
}

function startWriter(path: string, workspaceId: string, count: number): Writer {
  const child = spawn(process.execPath, [WRITER, path, workspaceId, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  const ids = (): string[] => output.split('\n').slice(0, -1);
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    output += chunk;
  });
  return {
    child,
    ids,
    atLeast: async (wanted) => {
      while (ids().length < wanted) await once(child.stdout, 'data');
    },
  };
}

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-mount-'));
  try {
    return (
      spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}
