import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe } from 'node:test';
import { openTestStore, storeTest, type TestStore } from '../../../test/support/sqlite-store.ts';
import {
  addDestination,
  auditRecord,
  newWorkspace,
  recordSome,
} from '../../../test/store-contract/store-fixtures.ts';
import type { Destination } from '../../outbox/destination.ts';

const CHILD = join(import.meta.dirname, '..', '..', '..', 'test', 'support', 'replay-child.ts');

/** A destination that has nothing of `records` records, and a replay of what it misses. */
async function withReplay(open: TestStore, records: number): Promise<Destination> {
  const { store } = open;
  const workspaceId = newWorkspace();
  const destination = await addDestination(store, workspaceId);
  await recordSome(store, workspaceId, records);
  open.exec('delete from aegis_siem_outbox');
  const created = await store.replays.createReplay(
    {
      replayId: randomUUID(),
      destinationId: destination.destinationId,
      plan: await store.replays.planReplay(destination, { kind: 'range', fromMs: 0 }),
      requestedBy: 'key:test',
    },
    auditRecord(workspaceId),
  );
  assert.equal(created.status, 'created');
  return destination;
}

void describe('replays on SQLite', () => {
  storeTest('a process that is killed anywhere leaves a replay that goes on: each record once', async () => {
    await using open = await openTestStore();
    await withReplay(open, 200);
    // Killed after so many steps, in the middle of whatever comes next.
    for (const steps of [1, 2, 3, 5, 8, 13]) {
      const child = spawn(process.execPath, [CHILD, open.path], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      await printed(child, steps);
      child.kill('SIGKILL');
      await exited;
    }
    const last = spawn(process.execPath, [CHILD, open.path], { stdio: ['ignore', 'ignore', 'inherit'] });
    const [code] = (await once(last, 'exit')) as [number | null];
    assert.equal(code, 0);
    const [replay] = (await open.store.replays.listReplays({}, { limit: 1 })).items;
    assert.deepEqual(
      [replay?.status, replay?.enqueued, replay?.delivered, replay?.dead],
      ['finished', 200, 200, 0],
    );
    const [sent] = open.rows(
      `select count(*) as all_of_them, count(distinct m.value) as different
       from aegis_siem_receipts r, json_each(r.record_nos) m`,
    );
    assert.deepEqual(sent, { all_of_them: 200, different: 200 });
    assert.equal(open.rows('pragma integrity_check')[0]?.['integrity_check'], 'ok');
  });
});

/** Resolves when the process has written so many lines, or has ended. */
async function printed(child: ChildProcess, lines: number): Promise<void> {
  let seen = 0;
  for await (const chunk of child.stdout ?? []) {
    seen += String(chunk).split('\n').length - 1;
    if (seen >= lines) return;
  }
}
