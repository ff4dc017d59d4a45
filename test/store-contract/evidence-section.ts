import assert from 'node:assert/strict';
import type { Store } from '../../src/store/store.ts';
import type { StoreVerdict } from '../../src/verify/judge-store.ts';
import { allFaults, judgeWhole, StoreWorld } from '../verify/store-world.ts';
import { deliverOneByOne, pruneAll, pruneReceipts, withLane } from './retention-section.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  batchDraft,
  makeDead,
  newWorkspace,
  openAttestations,
  openRows,
  reconcileUntil,
  recordSome,
  statusesOf,
  takeLane,
} from './store-fixtures.ts';

/** What stays when the old goes: letters that wait for a decision, and whatever the reconciler may still ask for. */
export function evidenceSection(factory: StoreFactory): void {
  describeSection(
    factory,
    'evidence of a destination that was deleted with a batch on its way',
    (section) => {
      section.test('asks for no receipt of what was skipped', async () => {
        const { store } = section;
        const world = await StoreWorld.open(store);
        await world.record(2);
        const numbers = (await openRows(store, world.destination)).map(({ recordNo }) => recordNo);
        await world.deliver(numbers);
        await world.checkpoint();
        const [open] = await world.record(1);
        const draft = batchDraft(world.lane, [open?.recordNo ?? 0]);
        assert.equal(await store.delivery.formBatch(world.lane.lease, draft), true);
        const { destinationId } = world.destination;
        const skip = { actor: 'tester', reason: 'done' };
        const deleted = await store.admin.deleteDestination(
          destinationId,
          skip,
          auditRecord(world.workspaceId),
        );
        assert.deepEqual(deleted, { status: 'deleted' });
        await world.chain();
        assert.deepEqual(allFaults(await judgeWhole(store)), []);
      });
    },
  );

  describeSection(
    factory,
    'evidence of a destination that was deleted before its first checkpoint',
    (section) => {
      section.test('is complete once the chain has the record of its deletion, and names it', async () => {
        const { store } = section;
        const world = await StoreWorld.open(store);
        const { destinationId, destinationNo } = world.destination;
        await world.deliver((await world.record(3)).map(({ recordNo }) => recordNo));
        await world.chain();
        await deleteDestination(store, world);
        const unproven = ['unproven number 1', 'unproven number -'];
        assert.deepEqual(allFaults(await judgeWhole(store)), unproven, 'its row alone proves nothing');
        await world.chain();
        const verdict = await judgeWhole(store);
        assert.deepEqual(allFaults(verdict), []);
        assert.equal(verdict.complete, true);
        const [stream] = verdict.streams;
        const [row] = await section.sql(
          `select record_no from aegis_siem_events where body like '%destination.deleted%' and body like '%${destinationId}%'`,
        );
        assert.equal(stream?.deletion?.recordNo, Number(row?.['record_no']));
        assert.deepEqual(stream?.deletion?.end, {
          streamId: world.lane.streamId,
          epoch: world.lane.epoch,
          lastSeq: 3,
        });
        assert.equal(stream?.findings.kept[0]?.severity, 'note');
        assert.match(stream?.findings.kept[0]?.message ?? '', /^3 places, numbers 1 to 3, .*deleted at 20/u);
        await section.sql(`update aegis_siem_lanes set next_seq = 6 where destination_no = ${destinationNo}`);
        assert.deepEqual(allFaults(await judgeWhole(store)), ['edited number 3', 'truncated number 4']);
      });
    },
  );

  describeSection(factory, 'evidence of a destination that was deleted after a checkpoint', (section) => {
    section.test('ends with what the checkpoint covers, and tells of the rest why nothing will', async () => {
      const { store } = section;
      const world = await StoreWorld.open(store);
      const numbers = (await world.record(3)).map(({ recordNo }) => recordNo);
      await world.deliver(numbers.slice(0, 2));
      await world.checkpoint();
      await world.deliver(numbers.slice(2));
      await deleteDestination(store, world);
      const later = { asOfMs: Date.now() + 400_000, graceMs: 90_000 };
      assert.deepEqual(
        faultsOfStreams(await judgeWhole(store, later)),
        ['stale'],
        'its row alone ends nothing',
      );
      await world.chain();
      const verdict = await judgeWhole(store, later);
      assert.deepEqual(faultsOfStreams(verdict), []);
      const [stream] = verdict.streams;
      assert.equal(stream?.last?.toSeq, 2);
      assert.match(
        stream?.findings.kept[0]?.message ?? '',
        /^1 places, numbers 3 to 4, are covered by no checkpoint, and will be/u,
      );
    });
  });

  describeSection(factory, 'retention of evidence', (section) => {
    section.test(
      'the story of a record ends with its receipt; the latest of the epoch still tells it',
      async () => {
        const { store } = section;
        const { lane, recordNos, recordIds } = await withLane(store, 3);
        await deliverOneByOne(store, lane, recordNos);
        await pruneReceipts(store, 2);
        const [first = '', , last = ''] = recordIds;
        assert.deepEqual(await statusesOf(store, first), []);
        assert.deepEqual(await statusesOf(store, last), ['delivered']);
      },
    );

    section.test(
      'an enqueue that failed and is not repaired yet keeps the evidence of its record',
      async () => {
        const { store } = section;
        const { destination, lane, recordNos } = await withLane(store, 3);
        await deliverOneByOne(store, lane, recordNos);
        await reconcileUntil(store, async () => {
          const [row] = await section.sql(
            `select mark from aegis_siem_reconciler where destination_no = ${destination.destinationNo}`,
          );
          return Number(row?.['mark']) >= (recordNos.at(-1) ?? 0);
        });
        const noted = recordNos[1] ?? 0;
        await section.sql(
          `insert into aegis_siem_missed (record_no, reason, missed_at) values (${noted}, 'test', 1)`,
        );
        assert.equal((await pruneAll(store)).receipts, 1, 'only the one below the note');
        await reconcileUntil(store, async () => true);
        assert.deepEqual(await openRows(store, destination), [], 'the note was held against the receipt');
        assert.equal((await pruneAll(store)).receipts, 1);
      },
    );

    section.test(
      'receipts of a disabled destination go without a mark, and enabling it sends nothing again',
      async () => {
        const { store } = section;
        const { destination, lane, recordNos } = await withLane(store, 3);
        await deliverOneByOne(store, lane, recordNos);
        const set = (state: 'active' | 'disabled') =>
          store.admin.updateDestination(
            destination.destinationId,
            undefined,
            { state },
            auditRecord(destination.workspaceId),
          );
        await set('disabled');
        assert.equal(await pruneReceipts(store, 2), 2);
        await set('active');
        await reconcileUntil(store, async () => true);
        assert.deepEqual(await openAttestations(store, destination), []);
      },
    );

    section.test(
      'skipped letters go by the time of their skip; those that wait for a decision stay',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const destination = await addDestination(store, workspaceId);
        const records = await recordSome(store, workspaceId, 3);
        const lane = await takeLane(store, destination);
        for (const [index, record] of records.entries()) {
          await makeDead(store, { ...lane, nextSeq: lane.nextSeq + index }, record);
        }
        await section.sql(`update aegis_siem_dead_letters set dead_at = 1`);
        const letters = async () => (await store.admin.listDeadLetters({ workspaceId }, { limit: 9 })).items;
        const ids = (await letters()).slice(0, 2).map(({ deadLetterId }) => deadLetterId);
        const audit = auditRecord(workspaceId);
        const skipping = Date.now();
        await store.admin.skipDeadLetters({ workspaceId, ids }, 'test data', 'key:test', false, audit);
        assert.equal((await pruneAll(store, { skippedBeforeMs: skipping - 60_000 })).skippedLetters, 0);
        assert.equal((await pruneAll(store)).skippedLetters, 0, 'above the mark they are evidence');
        await reconcileUntil(store, async () => true);
        assert.equal((await pruneAll(store)).skippedLetters, 2);
        assert.deepEqual(
          (await letters()).map(({ status, recordNo }) => [status, recordNo]),
          [['dead', records[2]?.recordNo]],
        );
        const again = await reconcileUntil(store, async () => true);
        assert.equal(again.repaired, 0);
        assert.deepEqual(await openRows(store, destination), []);
      },
    );

    section.test(
      'a skipped letter that is retried and goes dead again waits for a decision, whatever its age',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const destination = await addDestination(store, workspaceId);
        const [record] = await recordSome(store, workspaceId, 1);
        assert.ok(record !== undefined);
        const lane = await takeLane(store, destination);
        await makeDead(store, lane, record);
        const [first, second] = [auditRecord(workspaceId), auditRecord(workspaceId)];
        const [letter] = (await store.admin.listDeadLetters({ workspaceId }, { limit: 9 })).items;
        const ids = [letter?.deadLetterId ?? ''];
        await store.admin.skipDeadLetters({ workspaceId, ids }, 'later', 'key:test', false, first);
        assert.deepEqual(await store.admin.retryDeadLetters({ workspaceId, ids }, false, second), ids);
        await makeDead(store, { ...lane, nextSeq: lane.nextSeq + 1 }, record);
        await reconcileUntil(store, async () => true);
        assert.equal((await pruneAll(store)).skippedLetters, 0);
        assert.deepEqual(await statusesOf(store, record.recordId), ['dead']);
      },
    );
  });
}

/** As the API does. */
async function deleteDestination(store: Store, { destination, workspaceId }: StoreWorld): Promise<void> {
  const { destinationId } = destination;
  const audit = auditRecord(workspaceId, { action: 'destination.deleted', subjectId: destinationId });
  assert.deepEqual(await store.admin.deleteDestination(destinationId, undefined, audit), {
    status: 'deleted',
  });
}

function faultsOfStreams({ streams }: StoreVerdict): string[] {
  const findings = streams.flatMap((stream) => stream.findings.kept);
  return findings.filter(({ severity }) => severity === 'fault').map(({ name }) => name);
}
