import assert from 'node:assert/strict';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_200,
  ANSWER_503,
  batchDraft,
  LEASE_MS,
  newWorkspace,
  openRows,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

export function laneSection(factory: StoreFactory): void {
  describeSection(factory, 'lane', (section) => {
    section.test('a new lane begins at number 1 of epoch 1, and asks for no further epoch', async () => {
      const lane = await takeLane(section.store, await addDestination(section.store, newWorkspace()));
      assert.equal(lane.nextSeq, 1);
      assert.equal(lane.epochNo, 1);
      assert.equal(lane.failureStreak, 0);
      assert.equal(lane.currentAnchor, lane.epochAnchor);
      assert.match(lane.epoch, /^[0-9a-f-]{8,}$/);
      assert.match(lane.streamId, /^[0-9a-f-]{36}$/);
      assert.match(lane.hecChannel, /^[0-9a-f-]{36}$/);
    });

    section.test(
      'belongs to one owner while the lease runs, and its own owner may take it again',
      async () => {
        const { store } = section;
        const destination = await addDestination(store, newWorkspace());
        const first = await takeLane(store, destination, 'one');
        assert.equal(await store.delivery.takeLane(destination.destinationNo, 'two', LEASE_MS), undefined);
        const again = await takeLane(store, destination, 'one');
        assert.equal(again.lease.token, first.lease.token + 1);
        assert.equal(again.streamId, first.streamId);
        assert.equal(again.epoch, first.epoch);
      },
    );

    section.test(
      'is taken over at once from an owner that is proved to be gone, and from no other one',
      async () => {
        const { store } = section;
        const destination = await addDestination(store, newWorkspace());
        const { destinationNo } = destination;
        const first = await takeLane(store, destination, 'one');
        assert.equal(await store.delivery.takeLane(destinationNo, 'two', LEASE_MS, 'other'), undefined);
        const second = await store.delivery.takeLane(destinationNo, 'two', LEASE_MS, 'one');
        assert.equal(second?.lease.token, first.lease.token + 1);
        assert.equal(await store.delivery.renewLane(first.lease, LEASE_MS), false);
        // The proof was about the owner of before: it opens no lane that has changed hands since.
        assert.equal(await store.delivery.takeLane(destinationNo, 'three', LEASE_MS, 'one'), undefined);
      },
    );

    section.test('goes to exactly one of several that try at once', async () => {
      const { store } = section;
      const { destinationNo } = await addDestination(store, newWorkspace());
      const lanes = await Promise.all(
        ['a', 'b', 'c', 'd'].map((owner) => store.delivery.takeLane(destinationNo, owner, LEASE_MS)),
      );
      assert.equal(lanes.filter((lane) => lane !== undefined).length, 1);
    });

    section.test('every write of an owner whose lease ran out and was taken is refused', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      const late = await store.delivery.takeLane(destination.destinationNo, 'late', 0);
      assert.ok(late !== undefined);
      const draft = batchDraft(late, [record.recordNo]);
      assert.equal(await store.delivery.formBatch(late.lease, draft), true);
      const owner = await takeLane(store, destination, 'new');
      assert.equal(owner.lease.token, late.lease.token + 1);
      assert.equal(owner.nextSeq, 2);

      const { lease } = late;
      const { delivery } = store;
      assert.equal(await delivery.renewLane(lease, LEASE_MS), false);
      const state = { pausedUntilMs: 1, failureStreak: 1, health: destination.health };
      assert.equal(await delivery.saveLane(lease, state), false);
      assert.equal(await delivery.openEpoch(lease, 'anchor'), undefined);
      assert.equal(await delivery.formBatch(lease, { ...draft, firstSeq: 2 }), false);
      assert.equal(
        await delivery.completeBatch(lease, draft, { answer: ANSWER_200, deadLetters: [] }),
        'lane_lost',
      );
      assert.equal(await delivery.replaceBatch(lease, draft, { open: [draft] }), 'lane_lost');
      assert.equal(await delivery.markAwaitingAck(lease, draft, 1, 1), false);
      assert.equal(await delivery.markFormed(lease, draft), false);
      const attempt = { outcome: 'transient', answer: ANSWER_503, events: 1, bytes: 1, firstSeq: 1, atMs: 1 };
      assert.equal(await delivery.noteFailedSend(lease, draft, attempt), false);
      await delivery.releaseLane(lease);

      assert.equal((await openRows(store, destination)).length, 1);
      const [batch] = await delivery.openBatches(owner.lease);
      assert.equal(batch?.attempts, 0);
      assert.equal(batch.state, 'formed');
      assert.equal(await delivery.renewLane(owner.lease, LEASE_MS), true);
    });

    section.test(
      'a lease further ahead than any is given does not bind: the clock was set back',
      async () => {
        const { store } = section;
        const { destinationNo } = await addDestination(store, newWorkspace());
        const first = await store.delivery.takeLane(destinationNo, 'one', 3_600_000);
        assert.ok(first !== undefined);
        const second = await store.delivery.takeLane(destinationNo, 'two', LEASE_MS);
        assert.equal(second?.lease.token, first.lease.token + 1);
        assert.equal(await store.delivery.takeLane(destinationNo, 'three', LEASE_MS), undefined);
      },
    );

    section.test('is free as soon as it is released', async () => {
      const { store } = section;
      const destination = await addDestination(store, newWorkspace());
      const first = await takeLane(store, destination, 'one');
      await store.delivery.releaseLane(first.lease);
      assert.equal(await store.delivery.renewLane(first.lease, LEASE_MS), false);
      const second = await takeLane(store, destination, 'two');
      assert.equal(second.lease.token, first.lease.token + 1);
    });

    section.test('keeps pause, streak, health and unheard requests for the next owner', async () => {
      const { store } = section;
      const destination = await addDestination(store, newWorkspace());
      const lane = await takeLane(store, destination);
      const health = {
        state: 'failing',
        reason: 'timeout',
        message: 'No answer',
        sinceMs: 9,
        nextTryMs: 99,
      } as const;
      const pausedUntilMs = 1_900_000_000_123;
      const state = { pausedUntilMs, failureStreak: 3, health };
      const unheard = { requests: 2, atMs: 1_900_000_000_000 };
      assert.deepEqual(lane.unheard, { requests: 0, atMs: 0 });
      assert.equal(await store.delivery.saveLane(lane.lease, { ...state, unheard }), true);
      // Where it says nothing of them they stay.
      assert.equal(await store.delivery.saveLane(lane.lease, state), true);
      const due = (await store.delivery.listDue()).find(
        (entry) => entry.destination.destinationNo === destination.destinationNo,
      );
      assert.equal(due?.pausedUntilMs, pausedUntilMs);
      assert.equal(due.owner, 'owner-1');
      assert.ok(due.leasedUntilMs > 0);
      assert.deepEqual(due.destination.health, health);
      await store.delivery.releaseLane(lane.lease);
      const next = await takeLane(store, destination, 'two');
      assert.equal(next.pausedUntilMs, pausedUntilMs);
      assert.equal(next.failureStreak, 3);
      assert.deepEqual(next.unheard, unheard);
    });

    section.test('opens a new epoch with another name, from number 1', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 2);
      const lane = await takeLane(store, destination);
      await store.delivery.formBatch(
        lane.lease,
        batchDraft(
          lane,
          records.map((record) => record.recordNo),
        ),
      );
      const next = await store.delivery.openEpoch(lane.lease, 'anchor-2');
      assert.equal(next?.epochNo, 2);
      assert.equal(next.nextSeq, 1);
      assert.equal(next.epochAnchor, 'anchor-2');
      assert.notEqual(next.epoch, lane.epoch);
      assert.equal(next.streamId, lane.streamId);
      assert.deepEqual(next.lease, lane.lease);
      assert.equal((await store.delivery.openBatches(lane.lease)).length, 1);
    });

    section.test('lists who is due: with work or without, never a deleted one', async () => {
      const { store } = section;
      const [busyWorkspace, idleWorkspace] = [newWorkspace(), newWorkspace()];
      const busy = await addDestination(store, busyWorkspace);
      const idle = await addDestination(store, idleWorkspace, { state: 'paused' });
      await recordSome(store, busyWorkspace, 1);
      const due = await store.delivery.listDue();
      const workOf = (destinationNo: number): boolean | undefined =>
        due.find((entry) => entry.destination.destinationNo === destinationNo)?.hasWork;
      assert.equal(workOf(busy.destinationNo), true);
      assert.equal(workOf(idle.destinationNo), false);
      const entry = due.find(({ destination }) => destination.destinationNo === idle.destinationNo);
      assert.deepEqual(entry?.destination, idle);
      assert.equal(entry.owner, undefined);
      assert.ok(due.every(({ destination }) => destination.state !== 'deleted'));
    });
  });
}
