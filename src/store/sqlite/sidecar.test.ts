import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe } from 'node:test';
import { openTestStore, storeTest, type TestStore } from '../../../test/support/sqlite-store.ts';
import {
  addDestination,
  deliver,
  newWorkspace,
  recordSome,
  takeLane,
} from '../../../test/store-contract/store-fixtures.ts';
import type { Destination } from '../../outbox/destination.ts';
import { openSqliteStore } from './open-sqlite-store.ts';

void describe('epoch marks beside the SQLite store', () => {
  storeTest('a fresh store and a fresh file agree, and go on agreeing', async () => {
    await using open = await openTestStore();
    const destination = await withNumbers(open, 3);
    const lane = await takeLane(open.store, destination);
    assert.equal(lane.currentAnchor, lane.epochAnchor);
    assert.equal(lane.nextSeq, 4);
  });

  storeTest('are for the owner only, and name stream, epoch and the number reached', async () => {
    await using open = await openTestStore();
    const destination = await withNumbers(open, 3);
    const lane = await takeLane(open.store, destination);
    const file = sidecarOf(open);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
      version: 1,
      streams: { [lane.streamId]: { epoch: lane.epoch, nextSeq: 4 } },
    });
  });

  storeTest('are written at each renewal and at the release', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const records = await recordSome(open.store, workspaceId, 2);
    const lane = await takeLane(open.store, destination);
    const marked = (): unknown => {
      const { streams } = JSON.parse(readFileSync(sidecarOf(open), 'utf8')) as {
        streams: Record<string, { nextSeq: number }>;
      };
      return streams[lane.streamId]?.nextSeq;
    };
    await deliver(open.store, lane, [records[0]?.recordNo ?? 0]);
    assert.equal(marked(), 1);
    await open.store.delivery.renewLane(lane.lease, 1_000);
    assert.equal(marked(), 2);
    await deliver(open.store, { ...lane, nextSeq: 2 }, [records[1]?.recordNo ?? 0]);
    await open.store.delivery.releaseLane(lane.lease);
    assert.equal(marked(), 3);
  });

  storeTest('a store put back to an earlier day asks for a new epoch, once', async () => {
    await using open = await openTestStore();
    const destination = await withNumbers(open, 3);
    const copy = `${open.path}.copy`;
    open.exec(`vacuum into '${copy}'`);
    await deliverMore(open, destination, 2);

    const restored = await openSqliteStore(copy, { sidecarPath: sidecarOf(open) });
    const lane = await restored.delivery.takeLane(destination.destinationNo, 'owner-1', 60_000);
    assert.ok(lane !== undefined);
    assert.notEqual(lane.currentAnchor, lane.epochAnchor);
    const opened = await restored.delivery.openEpoch(lane.lease, lane.currentAnchor);
    assert.equal(opened?.epochNo, 2);
    const again = await restored.delivery.takeLane(destination.destinationNo, 'owner-1', 60_000);
    assert.equal(again?.currentAnchor, again?.epochAnchor);
    assert.equal(again?.epoch, opened.epoch);
    await restored.close();

    const original = await takeLane(open.store, destination);
    assert.notEqual(original.currentAnchor, original.epochAnchor, 'the file knows another epoch by now');
  });

  for (const [name, damage] of [
    ['lost', (file: string) => rmSync(file)],
    ['damaged', (file: string) => writeFileSync(file, '{"version":1,')],
    ['of another shape', (file: string) => writeFileSync(file, '{"version":1,"streams":{"a":7}}')],
  ] as const) {
    storeTest(`a stream that has begun asks for a new epoch when the file is ${name}`, async () => {
      await using open = await openTestStore();
      const destination = await withNumbers(open, 2);
      damage(sidecarOf(open));
      const lane = await takeLane(open.store, destination);
      assert.notEqual(lane.currentAnchor, lane.epochAnchor);
      await open.store.delivery.openEpoch(lane.lease, lane.currentAnchor);
      const again = await takeLane(open.store, destination);
      assert.equal(again.currentAnchor, again.epochAnchor);
    });
  }

  storeTest('a file that cannot be written is logged, and delivery goes on', async () => {
    await using open = await openTestStore({ sidecarPath: '/nowhere/at/all.json' });
    const destination = await addDestination(open.store, newWorkspace());
    const lane = await takeLane(open.store, destination);
    assert.equal(await open.store.delivery.renewLane(lane.lease, 1_000), true);
    assert.ok(open.warnings.some(({ fields }) => fields['code'] === 'sidecar_not_written'));
  });

  storeTest('two streams share the file without losing each other', async () => {
    await using open = await openTestStore();
    const one = await withNumbers(open, 1);
    const second = await openSqliteStore(open.path);
    const two = await addDestination(second, newWorkspace());
    await second.delivery.takeLane(two.destinationNo, 'owner-2', 60_000);
    await takeLane(open.store, one);
    const { streams } = JSON.parse(readFileSync(sidecarOf(open), 'utf8')) as { streams: object };
    assert.equal(Object.keys(streams).length, 2);
    await second.close();
  });

  storeTest('a copy of store and file together agrees: such a fork is not found here', async () => {
    await using open = await openTestStore();
    const destination = await withNumbers(open, 2);
    const copy = `${open.path}.fork`;
    open.exec(`vacuum into '${copy}'`);
    copyFileSync(sidecarOf(open), `${copy}.epochs.json`);
    const forked = await openSqliteStore(copy);
    const lane = await forked.delivery.takeLane(destination.destinationNo, 'owner-1', 60_000);
    assert.equal(lane?.currentAnchor, lane?.epochAnchor);
    await forked.close();
  });
});

function sidecarOf(open: TestStore): string {
  return `${open.path}.epochs.json`;
}

async function withNumbers(open: TestStore, numbers: number): Promise<Destination> {
  const destination = await addDestination(open.store, newWorkspace());
  await deliverMore(open, destination, numbers);
  return destination;
}

/** Gives so many numbers and marks them. */
async function deliverMore(open: TestStore, destination: Destination, numbers: number): Promise<void> {
  const records = await recordSome(open.store, destination.workspaceId, numbers);
  const lane = await takeLane(open.store, destination);
  await deliver(
    open.store,
    lane,
    records.map(({ recordNo }) => recordNo),
  );
  await open.store.delivery.renewLane(lane.lease, 60_000);
}
