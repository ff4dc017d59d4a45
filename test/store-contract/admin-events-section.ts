import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type AdminFacts, readAdminFacts } from '../../src/ocsf/admin/admin-facts.ts';
import type { Destination, Health } from '../../src/outbox/destination.ts';
import { TROUBLE_TOLD_EVERY_MS } from '../../src/outbox/health-news.ts';
import type { Store } from '../../src/store/store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';
import {
  addDestination,
  auditRecord,
  deliver,
  makeDead,
  newWorkspace,
  openRows,
  recordDraft,
  recordSome,
  takeLane,
} from './store-fixtures.ts';

/** What people and the delivery do, told to the destinations that take administrative events. */
export function adminEventsSection(factory: StoreFactory): void {
  describeSection(factory, 'administrative events', (section) => {
    section.test('an audit record is told once, to those of its workspace that ask for it', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const watcher = await addWatcher(store, workspaceId);
      const other = await addDestination(store, workspaceId);
      const elsewhere = await addWatcher(store, newWorkspace());
      const audit = auditRecord(workspaceId, { action: 'api_key.created', after: '{"name":"ci"}' });
      await store.admin.appendAudit(audit);
      const [, , told, ...rest] = await factsOf(store, watcher);
      assert.deepEqual(rest, []);
      assert.deepEqual(
        [told?.uid, told?.code, told?.actor, told?.entity],
        [
          `audit:${audit.auditId}`,
          'api_key.created',
          'key:test',
          { kind: 'api_key', uid: 'subject', name: 'ci', after: { name: 'ci' } },
        ],
      );
      assert.deepEqual(await openRows(store, other), []);
      assert.equal((await factsOf(store, elsewhere)).length, 1, 'its own making alone');
      const { items } = await store.admin.listAudit({ workspaceId }, { limit: 1 });
      assert.deepEqual(items, [audit]);
    });

    section.test('an action that does not come to be is not told', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const watcher = await addWatcher(store, workspaceId);
      const stale = await store.admin.updateDestination(
        watcher.destinationId,
        99,
        {},
        auditRecord(workspaceId),
      );
      assert.equal(stale.status, 'stale');
      const again = { ...auditRecord(workspaceId) };
      await store.admin.appendAudit(again);
      // The audit's id is taken: neither a second record nor a second event.
      await assert.rejects(store.admin.appendAudit(again));
      assert.equal((await factsOf(store, watcher)).length, 2);
    });

    section.test('a dead letter is told, and that of an administrative event is not', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const watcher = await addWatcher(store, workspaceId);
      const broken = await addDestination(store, workspaceId);
      const [record] = await recordSome(store, workspaceId, 1);
      assert.ok(record !== undefined);
      let lane = await takeLane(store, broken);
      await makeDead(store, lane, record, 'refused_by_destination');
      const told = (await factsOf(store, watcher)).at(-1);
      assert.equal(told?.code, 'dead_letters.made');
      assert.equal(told.entity.uid, broken.destinationId);
      assert.deepEqual(told.details, {
        count: 1,
        codes: ['refused_by_destination'],
        records: [{ record_id: record.recordId, code: 'refused_by_destination' }],
      });

      const before = await openRows(store, watcher);
      const row = before.at(-1);
      assert.ok(row !== undefined);
      lane = await takeLane(store, watcher);
      await makeDead(store, lane, { ...recordDraft(workspaceId), recordNo: row.recordNo });
      assert.equal(
        (await openRows(store, watcher)).length,
        before.length - 1,
        'no event about its own event',
      );
    });

    section.test('a destination that is held is told once, and its recovery too', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const watcher = await addWatcher(store, workspaceId);
      const { lease } = await takeLane(store, watcher);
      const save = (health: Health): Promise<boolean> =>
        store.delivery.saveLane(lease, { pausedUntilMs: 0, failureStreak: 1, health });
      const held: Health = {
        state: 'held',
        reason: 'unauthorized',
        message: 'The token',
        sinceMs: Date.now(),
      };
      assert.ok(await save(held));
      assert.ok(await save(held));
      assert.ok(await save({ state: 'healthy', sinceMs: Date.now() }));
      assert.ok(await save({ state: 'healthy', sinceMs: Date.now() }));
      // So soon after the last trouble it is not told again.
      assert.ok(await save(held));
      const facts = await factsOf(store, watcher);
      assert.deepEqual(
        facts.slice(1).map(({ code }) => code),
        ['destination.held', 'destination.recovered'],
      );
      assert.deepEqual(facts[1]?.entity.after, { type: 'splunk_hec', health: 'held' });
      assert.equal(facts[1]?.details?.['reason'], 'unauthorized');
      const lateMs = Date.now() - TROUBLE_TOLD_EVERY_MS - 1;
      await section.sql(
        `update aegis_siem_lanes set health_news = '{"state":"healthy","troubleAtMs":${lateMs}}'
         where destination_no = ${watcher.destinationNo}`,
      );
      assert.ok(await save(held));
      assert.equal((await factsOf(store, watcher)).length, 4);
    });

    section.test('what waits of them keeps nobody from deleting a destination', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const watcher = await addWatcher(store, workspaceId);
      const both = await addDestination(store, workspaceId, { sources: ['admin', 'attestations'] });
      await recordSome(store, workspaceId, 1);
      assert.equal((await openRows(store, both)).length, 2);
      const audit = () => auditRecord(workspaceId, { action: 'destination.deleted', actor: 'key:ops' });
      assert.deepEqual(await store.admin.deleteDestination(both.destinationId, undefined, audit()), {
        status: 'has_open',
        openRows: 1,
        deadLetters: 0,
      });
      const waiting = (await openRows(store, watcher)).length;
      assert.ok(waiting > 0);
      assert.deepEqual(await store.admin.deleteDestination(watcher.destinationId, undefined, audit()), {
        status: 'deleted',
      });
      const letters = await section.sql(
        `select status, skipped_by from aegis_siem_dead_letters where destination_no = ${watcher.destinationNo}`,
      );
      assert.equal(letters.length, waiting);
      assert.deepEqual({ ...letters[0] }, { status: 'skipped', skipped_by: 'key:ops' });
      assert.equal((await factsOf(store, both)).at(-1)?.code, 'destination.deleted');
    });

    section.test('a lane that is lost tells nothing', async () => {
      const { store } = section;
      const watcher = await addWatcher(store, newWorkspace());
      const { lease } = await takeLane(store, watcher);
      const health: Health = { state: 'held', sinceMs: 0 };
      const late = { ...lease, token: lease.token - 1 };
      const saved = await store.delivery.saveLane(late, { pausedUntilMs: 0, failureStreak: 1, health });
      assert.equal(saved, false);
      assert.equal((await factsOf(store, watcher)).length, 1);
    });

    section.test('the gap of a disabled destination stands in its stream, whatever it takes', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId, { sources: ['attestations'] });
      const change = (state: 'disabled' | 'active', name?: string) =>
        store.admin.updateDestination(
          destination.destinationId,
          undefined,
          { state, ...(name === undefined ? {} : { name }) },
          auditRecord(workspaceId, {
            action: 'destination.changed',
            before: JSON.stringify({ state: state === 'active' ? 'disabled' : 'active' }),
            after: JSON.stringify({ state }),
          }),
        );
      const disabled = await change('disabled');
      assert.equal(disabled.status, 'updated');
      await change('disabled', `Splunk ${randomUUID()}`);
      await recordSome(store, workspaceId, 2);
      const enabled = await change('active');
      assert.equal(enabled.status, 'updated');
      const [told, ...rest] = await factsOf(store, destination);
      assert.deepEqual(rest, []);
      assert.equal(told?.code, 'destination.enabled');
      assert.deepEqual(told.details?.['gap'], {
        from: new Date(disabled.destination.updatedAtMs).toISOString(),
        to: new Date(enabled.destination.activeSinceMs).toISOString(),
      });
    });

    section.test('a replay that ends by itself is told', async () => {
      const { store } = section;
      const workspaceId = newWorkspace();
      const destination = await addDestination(store, workspaceId, { sources: ['attestations', 'admin'] });
      const created = (await openRows(store, destination)).map(({ recordNo }) => recordNo);
      await deliver(store, await takeLane(store, destination), created);
      const plan = await store.replays.planReplay(destination, { kind: 'range', fromMs: 0, toMs: 1 });
      const replayId = randomUUID();
      const made = await store.replays.createReplay(
        { replayId, destinationId: destination.destinationId, plan, requestedBy: 'key:test' },
        auditRecord(workspaceId, { action: 'replay.started', subjectId: replayId }),
      );
      assert.equal(made.status, 'created');
      const deadline = performance.now() + 20_000;
      for (;;) {
        const { steps } = await store.replayFeed.feed({ maxRows: 10, maxLooked: 100 }, Date.now());
        if (steps.some(({ ended }) => ended === 'finished')) break;
        // On PostgreSQL it waits until transactions that were open beside it have ended.
        assert.ok(performance.now() < deadline, 'the replay comes to an end within 20 s');
      }
      assert.deepEqual(
        (await factsOf(store, destination)).map(({ code, entity }) => [code, entity.uid]),
        [
          ['replay.started', replayId],
          ['replay.finished', replayId],
        ],
      );
    });
  });
}

function addWatcher(store: Store, workspaceId: string): Promise<Destination> {
  return addDestination(store, workspaceId, { sources: ['admin'] });
}

async function factsOf(store: Store, destination: Destination): Promise<AdminFacts[]> {
  const rows = (await openRows(store, destination)).filter(({ source }) => source !== 'attestation');
  return rows.map((row) => {
    assert.equal(row.source, 'admin');
    const facts = readAdminFacts(row.body);
    assert.ok(facts !== undefined, row.body);
    assert.equal(facts.uid, row.recordId);
    return facts;
  });
}
