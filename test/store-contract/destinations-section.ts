import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Destination } from '../../src/outbox/destination.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  ANSWER_200,
  auditRecord,
  batchDraft,
  destinationDraft,
  newWorkspace,
  openAttestations,
  openRows,
  recordSome,
  statusesOf,
  takeLane,
} from './store-fixtures.ts';

export function destinationsSection(factory: StoreFactory): void {
  describeSection(factory, 'destinations', (section) => {
    section.test('gives a new destination back as it was made, healthy, at version 1', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const draft = destinationDraft(workspaceId);
      const audit = auditRecord(workspaceId, { action: 'destination.create' });
      const created = await store.admin.createDestination(draft, audit);
      const { destinationNo, health, rowVersion, activeSinceMs, createdAtMs, updatedAtMs, ...rest } = created;
      assert.deepEqual(rest, draft);
      assert.equal(rowVersion, 1);
      assert.equal(health.state, 'healthy');
      assert.ok(destinationNo > 0 && activeSinceMs > 0 && createdAtMs > 0 && updatedAtMs > 0);
      assert.deepEqual(await store.admin.readDestination(draft.destinationId, {}), created);
      assert.deepEqual((await store.admin.listAudit({ workspaceId }, { limit: 10 })).items, [audit]);
      const progress = await store.admin.readProgress(destinationNo);
      assert.equal(progress.nextSeq, 1);
      assert.equal(progress.openRows, 0);
      assert.equal(progress.deadLetters, 0);
    });

    section.test('keeps what is known of credentials, through changes and until the deletion', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const credentialNotes = {
        expiresAtMs: 5,
        next: { setAtMs: 1, refused: { atMs: 2, code: 'c', message: 'm' } },
      };
      const { destinationId } = await addDestination(store, workspaceId, { credentialNotes });
      const read = async (): Promise<Destination | undefined> =>
        store.admin.readDestination(destinationId, {});
      assert.deepEqual((await read())?.credentialNotes, credentialNotes);
      await store.admin.updateDestination(
        destinationId,
        undefined,
        { name: 'other' },
        auditRecord(workspaceId),
      );
      assert.deepEqual((await read())?.credentialNotes, credentialNotes);
      const patch = { credentialNotes: { expiresAtMs: 9 } };
      await store.admin.updateDestination(destinationId, undefined, patch, auditRecord(workspaceId));
      assert.deepEqual((await read())?.credentialNotes, { expiresAtMs: 9 });
      await store.admin.updateDestination(
        destinationId,
        undefined,
        { credentialNotes: {} },
        auditRecord(workspaceId),
      );
      assert.equal((await read())?.credentialNotes, undefined);
    });

    section.test('refuses a name that its workspace has, until the other is deleted', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const first = await addDestination(store, workspaceId, { name: 'Splunk' });
      await assert.rejects(addDestination(store, workspaceId, { name: 'Splunk' }), { code: 'name_taken' });
      await addDestination(store, newWorkspace(), { name: 'Splunk' });
      const other = await addDestination(store, workspaceId, { name: 'Sentinel' });
      await assert.rejects(
        store.admin.updateDestination(
          other.destinationId,
          undefined,
          { name: 'Splunk' },
          auditRecord(workspaceId),
        ),
        { code: 'name_taken' },
      );
      await store.admin.deleteDestination(first.destinationId, undefined, auditRecord(workspaceId));
      const again = await addDestination(store, workspaceId, { name: 'Splunk' });
      assert.notEqual(again.destinationNo, first.destinationNo);
    });

    section.test('shows a destination to its own workspace only', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const { destinationId } = await addDestination(store, workspaceId);
      assert.ok((await store.admin.readDestination(destinationId, { workspaceId })) !== undefined);
      assert.equal(
        await store.admin.readDestination(destinationId, { workspaceId: newWorkspace() }),
        undefined,
      );
      assert.equal(await store.admin.readDestination(randomUUID(), {}), undefined);
    });

    section.test('lists in pages without a gap or a repeat, and refuses a strange cursor', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const made: string[] = [];
      for (let index = 0; index < 5; index += 1) {
        made.push((await addDestination(store, workspaceId)).destinationId);
      }
      const seen: string[] = [];
      let cursor: string | undefined;
      let pages = 0;
      do {
        const page = await store.admin.listDestinations(
          { workspaceId },
          { limit: 2, ...(cursor === undefined ? {} : { cursor }) },
        );
        seen.push(...page.items.map((destination) => destination.destinationId));
        cursor = page.nextCursor;
        pages += 1;
      } while (cursor !== undefined);
      assert.deepEqual(seen, made);
      assert.equal(pages, 3);
      for (const strange of ['x', 'bm90IG91cnM', Buffer.from('["1"]').toString('base64url')]) {
        await assert.rejects(store.admin.listDestinations({}, { limit: 2, cursor: strange }), {
          code: 'invalid_cursor',
        });
      }
    });

    section.test('keeps every version of the settings readable', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const first = await addDestination(store, workspaceId);
      const config = { url: 'https://splunk-2.example.com:8088' };
      const updated = await store.admin.updateDestination(
        first.destinationId,
        1,
        { config, sealed: { token: 'v1.key-2.sealed' } },
        auditRecord(workspaceId),
      );
      assert.equal(updated.status, 'updated');
      assert.equal(updated.destination.rowVersion, 2);
      assert.deepEqual(updated.destination.config, config);
      assert.deepEqual(await store.admin.readDestination(first.destinationId, {}), updated.destination);
      const old = await store.delivery.readDestinationVersion(first.destinationNo, 1);
      assert.deepEqual(old?.config, first.config);
      assert.equal(old.rowVersion, 1);
      assert.deepEqual(old.sealed, { token: 'v1.key-2.sealed' });
      assert.deepEqual(
        (await store.delivery.readDestinationVersion(first.destinationNo, 2))?.config,
        updated.destination.config,
      );
      assert.equal(await store.delivery.readDestinationVersion(first.destinationNo, 3), undefined);
    });

    section.test(
      'refuses a change made on top of an older version, and of an unknown destination',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const { destinationId } = await addDestination(store, workspaceId, { name: 'before' });
        const audit = (): ReturnType<typeof auditRecord> => auditRecord(workspaceId);
        await store.admin.updateDestination(destinationId, 1, { name: 'after' }, audit());
        const stale = await store.admin.updateDestination(destinationId, 1, { name: 'late' }, audit());
        assert.equal(stale.status, 'stale');
        assert.equal(stale.current.name, 'after');
        const unknown = await store.admin.updateDestination(randomUUID(), undefined, { name: 'x' }, audit());
        assert.deepEqual(unknown, { status: 'not_found' });
        assert.equal((await store.admin.listAudit({ workspaceId }, { limit: 10 })).items.length, 2);
      },
    );

    section.test(
      'a destination that is enabled again begins anew: what came between is not sent',
      async () => {
        const { store } = section;
        const workspaceId = newWorkspace();
        const first = await addDestination(store, workspaceId);
        const set = (state: Destination['state']): ReturnType<typeof store.admin.updateDestination> =>
          store.admin.updateDestination(first.destinationId, undefined, { state }, auditRecord(workspaceId));
        await set('disabled');
        await recordSome(store, workspaceId, 3);
        const enabled = await set('active');
        assert.equal(enabled.status, 'updated');
        assert.ok(enabled.destination.activeSinceMs >= first.activeSinceMs);
        const [after] = await recordSome(store, workspaceId, 1);
        assert.deepEqual(
          (await openAttestations(store, first)).map((row) => row.recordNo),
          [after?.recordNo],
        );
      },
    );

    section.test('a change of settings ends the pause of the lane', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const lane = await takeLane(store, destination);
      const pausedUntilMs = Date.now() + 3_600_000;
      await store.delivery.saveLane(lane.lease, {
        pausedUntilMs,
        failureStreak: 4,
        health: destination.health,
      });
      assert.equal((await store.admin.readProgress(destination.destinationNo)).pausedUntilMs, pausedUntilMs);
      await store.admin.updateDestination(
        destination.destinationId,
        undefined,
        { name: 'n' },
        auditRecord(workspaceId),
      );
      assert.equal((await store.admin.readProgress(destination.destinationNo)).pausedUntilMs, 0);
    });

    section.test('does not delete over open rows and dead letters unless somebody says why', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      const lane = await takeLane(store, destination);
      const draft = batchDraft(lane, [record.recordNo]);
      await store.delivery.formBatch(lane.lease, draft);

      const refused = await store.admin.deleteDestination(
        destination.destinationId,
        undefined,
        auditRecord(workspaceId),
      );
      assert.deepEqual(refused, { status: 'has_open', openRows: 1, deadLetters: 0 });
      assert.ok((await store.admin.readDestination(destination.destinationId, {})) !== undefined);

      const deleted = await store.admin.deleteDestination(
        destination.destinationId,
        { actor: 'key:admin', reason: 'Splunk is gone' },
        auditRecord(workspaceId, { action: 'destination.delete' }),
      );
      assert.deepEqual(deleted, { status: 'deleted' });
      assert.equal(await store.admin.readDestination(destination.destinationId, {}), undefined);
      assert.deepEqual(await statusesOf(store, record.recordId), ['skipped']);
      const { items } = await store.admin.listDeadLetters({ workspaceId }, { limit: 10 });
      assert.equal(items[0]?.skippedBy, 'key:admin');
      assert.equal(items[0].skipReason, 'Splunk is gone');
      const [row] = await section.sql(
        `select state, sealed from aegis_siem_destinations where destination_id = '${destination.destinationId}'`,
      );
      assert.equal(row?.['state'], 'deleted');
      assert.doesNotMatch(JSON.stringify(row), /key-1/);
      const late = await store.delivery.completeBatch(lane.lease, draft, {
        answer: ANSWER_200,
        deadLetters: [],
      });
      assert.equal(late, 'lane_lost');
      assert.deepEqual(
        await store.admin.deleteDestination(destination.destinationId, undefined, auditRecord(workspaceId)),
        { status: 'not_found' },
      );
    });

    section.test('skips a large backlog whole, each row with who and why', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId);
      await recordSome(store, workspaceId, 4_500);
      const skip = { actor: 'key:admin', reason: 'moved to Sentinel' };
      const result = await store.admin.deleteDestination(
        destination.destinationId,
        skip,
        auditRecord(workspaceId),
      );
      assert.deepEqual(result, { status: 'deleted' });
      assert.deepEqual(await openRows(store, destination), []);
      const [row] = await section.sql(
        `select count(*) as letters, count(distinct dead_letter_id) as ids, min(skip_reason) as reason
         from aegis_siem_dead_letters where destination_no = ${destination.destinationNo} and status = 'skipped'`,
      );
      assert.deepEqual([Number(row?.['letters']), Number(row?.['ids'])], [4_500, 4_500]);
      assert.equal(row?.['reason'], 'moved to Sentinel');
      const { items } = await store.admin.listDeadLetters({ workspaceId }, { limit: 1 });
      assert.match(
        items[0]?.deadLetterId ?? '',
        /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
    });

    section.test('keeps health apart from settings: no new version', async () => {
      const { store } = section;
      const destination = await addDestination(store, newWorkspace());
      const health = { state: 'held', reason: 'invalid_token', message: 'Renew it', sinceMs: 5 } as const;
      await store.admin.saveHealth(destination.destinationNo, health);
      const read = await store.admin.readDestination(destination.destinationId, {});
      assert.deepEqual(read?.health, health);
      assert.equal(read.rowVersion, 1);
    });
  });
}
