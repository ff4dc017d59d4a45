import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe } from 'node:test';
import { openTestStore, storeTest, type TestStore } from '../../../test/support/sqlite-store.ts';
import {
  addDestination,
  auditRecord,
  newWorkspace,
  openRows,
  recordSome,
} from '../../../test/store-contract/store-fixtures.ts';
import type { Destination } from '../../outbox/destination.ts';

const LIMITS = { maxRows: 5, maxLooked: 100 };

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
  storeTest('rows and cursor come together or not at all', async () => {
    await using open = await openTestStore();
    const destination = await withReplay(open, 8);
    open.exec(`create trigger broken before update of cursor_no on aegis_siem_replays
      begin select raise(abort, 'the disk is full'); end`);
    await assert.rejects(open.store.replayFeed.feed(LIMITS, 1_000));
    assert.deepEqual(await openRows(open.store, destination), []);
    open.exec('drop trigger broken');
    await open.store.replayFeed.feed(LIMITS, 1_000);
    assert.equal((await openRows(open.store, destination)).length, 5);
  });
});
