import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  addDestination,
  batchDraft,
  deliver,
  LEASE_MS,
  newWorkspace,
  openRows,
  recordSome,
  takeLane,
} from '../../../test/store-contract/store-fixtures.ts';
import { launchPostgresServer, type OwnPostgresServer } from '../../../test/support/postgres-server.ts';
import type { Store } from '../store.ts';
import { openPostgresStore } from './open-postgres-store.ts';

// A replica that got less than its primary and is promoted: the numbers that were given since are given to nobody again, and
// nobody goes on under a lease of the time before.

let server: OwnPostgresServer;
let store: Store;
before(async () => {
  server = await launchPostgresServer();
  store = await openPostgresStore(server.url, { logger: { warn: () => undefined } });
  await store.migrate();
});
after(async () => {
  await store.close();
  await server.stop();
});

void describe('a replica that lost the end of what was written', { timeout: 120_000 }, () => {
  void test('is no place for an earlier lease; taken again, the lane opens a new epoch', async () => {
    const { delivery } = store;
    const workspaceId = newWorkspace();
    const destination = await addDestination(store, workspaceId);
    const { destinationNo } = destination;
    const first = await recordSome(store, workspaceId, 2);
    const early = await takeLane(store, destination, 'early');
    await deliver(
      store,
      early,
      first.map(({ recordNo }) => recordNo),
    );
    const waiting = await recordSome(store, workspaceId, 2);
    await server.crash();
    await server.keepReplica();
    await server.startAgain();

    // What the replica never learns: another owner, and numbers 3 and 4.
    await delivery.releaseLane(early.lease);
    const late = await takeLane(store, destination, 'late');
    assert.equal(late.nextSeq, 3);
    await deliver(
      store,
      late,
      waiting.map(({ recordNo }) => recordNo),
    );
    await server.crash();
    await server.promoteReplica();

    assert.equal(await delivery.renewLane(late.lease, LEASE_MS), false, 'its take-over is unknown here');
    assert.equal(await delivery.renewLane(early.lease, LEASE_MS), false, 'known here, and of another time');
    const again = await takeLane(store, destination, 'early');
    assert.notEqual(again.currentAnchor, again.epochAnchor);
    assert.equal(again.nextSeq, 3, 'a number that was given already');
    const opened = await delivery.openEpoch(again.lease, again.currentAnchor);
    assert.equal(opened?.nextSeq, 1);
    assert.notEqual(opened.epoch, late.epoch);
    assert.equal(await delivery.renewLane(opened.lease, LEASE_MS), true);
    // The rows are open once more: their delivery is among what was lost.
    const open = await openRows(store, destination);
    assert.deepEqual(
      open.map(({ recordNo }) => recordNo),
      waiting.map(({ recordNo }) => recordNo),
    );
    const draft = batchDraft(
      opened,
      waiting.map(({ recordNo }) => recordNo),
    );
    assert.equal(await delivery.formBatch(opened.lease, draft), true);
    assert.equal(draft.firstSeq, 1);
    assert.equal((await delivery.openBatches(opened.lease)).length, 1);
    assert.equal(
      (await delivery.listDue()).filter((due) => due.destination.destinationNo === destinationNo).length,
      1,
    );
  });
});
