import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { MAX_RECORDS_A_PAGE } from '../../src/store/list-deliveries.ts';
import type { DeliveryFilter } from '../../src/store/delivery-look.ts';
import type { Store } from '../../src/store/store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_200,
  ANSWER_503,
  batchDraft,
  deliver,
  makeDead,
  newWorkspace,
  recordDraft,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

/** Every page of a list. */
async function walk(store: Store, filter: DeliveryFilter, limit = 50) {
  const items = [];
  let pages = 0;
  let cursor: string | undefined;
  do {
    const page = await store.deliveries.listDeliveries(filter, {
      limit,
      ...(cursor === undefined ? {} : { cursor }),
    });
    assert.ok(page.items.length <= limit);
    items.push(...page.items);
    cursor = page.nextCursor;
    pages += 1;
    assert.ok(pages < 1_000, 'the list comes to an end');
  } while (cursor !== undefined);
  return { items, pages };
}

export function deliveryLookSection(factory: StoreFactory): void {
  describeSection(factory, 'looking for deliveries', (section) => {
    section.test('lists every delivery once, newest record first, however small the pages', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const one = await addDestination(store, workspaceId);
      const two = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 5);
      await deliver(
        store,
        await takeLane(store, one),
        records.slice(0, 3).map(({ recordNo }) => recordNo),
      );
      const names = (items: Awaited<ReturnType<typeof walk>>['items']): string[] =>
        items.map(
          ({ recordNo, destinationId, status }) =>
            `${records.findIndex((record) => record.recordNo === recordNo)} ${destinationId === one.destinationId ? 'one' : 'two'} ${status}`,
        );
      const expected = [
        '4 one pending',
        '4 two pending',
        '3 one pending',
        '3 two pending',
        '2 one delivered',
        '2 two pending',
        '1 one delivered',
        '1 two pending',
        '0 one delivered',
        '0 two pending',
      ];
      for (const limit of [1, 2, 3, 50]) {
        assert.deepEqual(
          names((await walk(store, { workspaceId }, limit)).items),
          expected,
          `${limit} a page`,
        );
      }
      assert.deepEqual(
        names((await walk(store, { workspaceId, destinationId: two.destinationId }, 2)).items),
        expected.filter((line) => line.includes('two')),
      );
      assert.deepEqual((await walk(store, { workspaceId: newWorkspace() })).items, []);
    });

    section.test('filters by status, whichever table holds the delivery', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const records = await recordSome(store, workspaceId, 5);
      const [pending, inFlight, delivered, dead, leftOut] = records;
      assert.ok(pending && inFlight && delivered && dead && leftOut);
      const lane = await takeLane(store, destination);
      await deliver(store, lane, [delivered.recordNo], { leftOut: [leftOut.recordNo] });
      await makeDead(store, await takeLane(store, destination), dead);
      const late = await takeLane(store, destination);
      await store.delivery.formBatch(late.lease, batchDraft(late, [inFlight.recordNo]));
      for (const [status, record] of Object.entries({
        pending,
        in_flight: inFlight,
        delivered,
        dead,
        skipped: leftOut,
      })) {
        const { items } = await walk(store, { workspaceId, status: status as 'pending' });
        assert.deepEqual(
          items.map(({ attestationId }) => attestationId),
          [record.recordId],
          status,
        );
      }
    });

    section.test('filters by time, tool and agent, and shows the words of a record', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      await addDestination(store, workspaceId);
      const body = (tool: string, agent: string): string =>
        JSON.stringify({ tool_name: tool, agent_id: agent, verdict: 'allow' });
      const bodies = [
        body('crm.export', 'a-1'),
        body('crm.read', 'a-1'),
        body('mail.send', 'a-2'),
        'no json',
      ];
      for (const text of bodies) {
        await store.record.recordAttestations([recordDraft(workspaceId, { body: text })]);
      }
      const find = async (filter: DeliveryFilter): Promise<(string | undefined)[]> =>
        (await walk(store, { workspaceId, ...filter }, 1)).items.map(({ tool }) => tool);
      assert.deepEqual(await find({}), [undefined, 'mail.send', 'crm.read', 'crm.export']);
      assert.deepEqual(await find({ tool: 'crm.*' }), ['crm.read', 'crm.export']);
      assert.deepEqual(await find({ tool: 'crm.' }), []);
      assert.deepEqual(await find({ tool: 'crm.*', agent: 'a-2' }), []);
      assert.deepEqual(await find({ agent: 'a-2', status: 'pending' }), ['mail.send']);
      const all = await walk(store, { workspaceId });
      const times = all.items.map(({ recordedAtMs }) => recordedAtMs);
      const [newest = 0] = times;
      assert.equal((await find({ fromMs: newest + 1 })).length, 0);
      assert.equal((await find({ toMs: newest + 1 })).length, 4);
      assert.equal((await find({ toMs: times.at(-1) ?? 0 })).length, 0);
      assert.equal(all.items[1]?.agent, 'a-2');
      assert.equal(all.items[1]?.verdict, 'allow');
    });

    section.test('a page ends after a bounded number of records, and the next one goes on', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      await addDestination(store, workspaceId);
      const many = MAX_RECORDS_A_PAGE + 10;
      for (let made = 0; made < many; made += 1_000) {
        await recordSome(store, workspaceId, Math.min(1_000, many - made));
      }
      const filter = { workspaceId, status: 'delivered' } as const;
      const first = await store.deliveries.listDeliveries(filter, { limit: 10 });
      assert.deepEqual([first.items.length, first.recordsLookedAt], [0, MAX_RECORDS_A_PAGE]);
      assert.ok(first.nextCursor !== undefined && first.lookedBackToMs !== undefined);
      const second = await store.deliveries.listDeliveries(filter, { limit: 10, cursor: first.nextCursor });
      // The destination's own making is a record too.
      assert.deepEqual([second.recordsLookedAt, second.nextCursor], [11, undefined]);
      await assert.rejects(store.deliveries.listDeliveries(filter, { limit: 1, cursor: 'x' }), {
        code: 'invalid_cursor',
      });
    });

    section.test(
      'tells each place of a record: number, hash, answer, and the sends that failed',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const destination = await addDestination(store, workspaceId);
        const [before, record, dead] = await recordSome(store, workspaceId, 3);
        assert.ok(before && record && dead);
        const lane = await takeLane(store, destination);
        const draft = batchDraft(lane, [before.recordNo, record.recordNo], { replayed: [1] });
        await store.delivery.formBatch(lane.lease, draft);
        const attempt = {
          outcome: 'throttled',
          answer: ANSWER_503,
          events: 2,
          bytes: 9,
          firstSeq: draft.firstSeq,
          atMs: Date.now() + 60_000,
        };
        await store.delivery.noteFailedSend(lane.lease, draft, attempt);
        const [open] = await store.deliveries.readPlaces(record.recordId);
        assert.ok(open !== undefined);
        assert.deepEqual(
          [open.state, open.seq, open.deliveredAtMs, open.attempts],
          ['formed', 2, undefined, 1],
        );
        await store.delivery.completeBatch(lane.lease, draft, { answer: ANSWER_200, deadLetters: [] });
        await makeDead(store, await takeLane(store, destination), dead);

        const [place, ...others] = await store.deliveries.readPlaces(record.recordId);
        assert.ok(place !== undefined);
        assert.deepEqual(others, []);
        assert.deepEqual(
          [
            place.state,
            place.seq,
            place.batchFirstSeq,
            place.batchPlaces,
            place.replayed,
            place.destinationVersion,
          ],
          ['finished', 2, 1, 2, true, 1],
        );
        assert.deepEqual([...place.sha256], [...new Uint8Array(32).fill(1)]);
        assert.deepEqual([place.epoch, place.streamId], [lane.epoch, lane.streamId]);
        assert.deepEqual(place.answer, ANSWER_200);
        assert.ok((place.deliveredAtMs ?? 0) > 0);
        assert.deepEqual(
          place.failedSends.map(({ outcome, answer }) => [outcome, answer.code]),
          [['throttled', '9']],
        );
        const [buried] = await store.deliveries.readPlaces(dead.recordId);
        assert.deepEqual([buried?.tombstone?.reason, buried?.replayed], ['refused', false]);
        assert.deepEqual(await store.deliveries.readPlaces(randomUUID()), []);
      },
    );
  });
}
