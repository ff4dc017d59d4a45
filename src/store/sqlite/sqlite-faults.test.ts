import assert from 'node:assert/strict';
import { describe } from 'node:test';
import {
  addDestination,
  ANSWER_200,
  batchDraft,
  newWorkspace,
  openRows,
  recordDraft,
  recordSome,
  reconcileUntil,
  takeLane,
} from '../../../test/store-contract/store-fixtures.ts';
import { SqliteConnection } from './connection.ts';
import { SqliteDeliveryStore } from './delivery-store.ts';
import { SqliteRecordStore } from './record-store.ts';
import { openTestStore, storeTest } from '../../../test/support/sqlite-store.ts';

// After each of these faults on the SIEM side the attestation is committed, the caller has a result, and a warning was logged.

interface Fault {
  readonly name: string;
  readonly breakIt: string;
  /** Null: nothing needs mending. */
  readonly mendIt: string | null;
  /** Whether the note for the reconciler could be written. */
  readonly noted: boolean;
}

const FAULTS: readonly Fault[] = [
  {
    name: 'the outbox table is renamed',
    breakIt: 'alter table aegis_siem_outbox rename to outbox_elsewhere',
    mendIt: 'alter table outbox_elsewhere rename to aegis_siem_outbox',
    noted: true,
  },
  {
    name: 'a trigger on the outbox fails',
    breakIt: `create trigger broken before insert on aegis_siem_outbox begin select raise(fail, 'broken'); end`,
    mendIt: 'drop trigger broken',
    noted: true,
  },
  {
    name: 'a trigger on the outbox swallows the rows in silence',
    breakIt: `create trigger broken before insert on aegis_siem_outbox begin select raise(ignore); end`,
    mendIt: 'drop trigger broken',
    noted: true,
  },
  {
    name: 'a trigger on the outbox rolls back the whole transaction',
    breakIt: `create trigger broken before insert on aegis_siem_outbox begin select raise(rollback, 'broken'); end`,
    mendIt: 'drop trigger broken',
    noted: true,
  },
  {
    name: 'the destinations table is renamed',
    breakIt: 'alter table aegis_siem_destinations rename to destinations_elsewhere',
    mendIt: 'alter table destinations_elsewhere rename to aegis_siem_destinations',
    noted: true,
  },
  {
    name: 'the tables of outbox and notes are both renamed',
    breakIt: `alter table aegis_siem_outbox rename to outbox_elsewhere;
      alter table aegis_siem_missed rename to missed_elsewhere`,
    mendIt: `alter table outbox_elsewhere rename to aegis_siem_outbox;
      alter table missed_elsewhere rename to aegis_siem_missed`,
    noted: false,
  },
  {
    name: 'triggers on outbox and notes both roll back the whole transaction',
    breakIt: `create trigger broken before insert on aegis_siem_outbox begin select raise(rollback, 'broken'); end;
      create trigger broken_too before insert on aegis_siem_missed begin select raise(rollback, 'broken'); end`,
    mendIt: 'drop trigger broken; drop trigger broken_too',
    noted: false,
  },
];

void describe('recording on SQLite while the SIEM side is broken', () => {
  for (const fault of FAULTS) {
    storeTest(`keeps every record when ${fault.name}, and enqueues them once it is mended`, async () => {
      await using open = await openTestStore();
      const workspaceId = newWorkspace();
      const destination = await addDestination(open.store, workspaceId);
      const drafts = Array.from({ length: 20 }, () => recordDraft(workspaceId));
      open.exec(fault.breakIt);

      const results = await open.store.record.recordAttestations(drafts);

      assert.ok(results.every((result) => result.status === 'recorded' && result.enqueued === null));
      assert.ok(open.warnings.length > 0, 'a warning was logged');
      for (const draft of drafts) {
        assert.equal((await open.store.record.readAttestation(draft.recordId))?.body, draft.body);
      }
      if (fault.mendIt !== null) open.exec(fault.mendIt);
      const notes = open.rows('select count(*) as n from aegis_siem_missed')[0]?.['n'];
      assert.equal(notes, fault.noted ? 20 : 0);
      const report = await reconcileUntil(open.store, async () => true);
      assert.equal(fault.noted ? report.missed : report.repaired, 20);
      assert.equal((await openRows(open.store, destination)).length, 20);
    });
  }

  storeTest('keeps every record when the outbox table is dropped for good', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    await addDestination(open.store, workspaceId);
    open.exec('drop table aegis_siem_outbox');
    const [record] = await recordSome(open.store, workspaceId, 1);
    assert.ok(record !== undefined);
    assert.equal((await open.store.record.readAttestation(record.recordId))?.body, record.body);
    assert.equal(open.rows('select record_no from aegis_siem_missed').length, 1);
    assert.ok(open.warnings.length > 0);
  });

  storeTest('a trigger that fails for one record costs the others of its group nothing', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const drafts = Array.from({ length: 5 }, () => recordDraft(workspaceId));
    open.exec(
      `create trigger broken before insert on aegis_siem_outbox when new.attestation_id = '${drafts[2]?.recordId}'
       begin select raise(abort, 'broken'); end`,
    );
    const results = await open.store.record.recordAttestations(drafts);
    assert.deepEqual(
      results.map((result) => result.status === 'recorded' && result.enqueued),
      [1, 1, null, 1, 1],
    );
    assert.equal((await openRows(open.store, destination)).length, 4);
    assert.equal(open.rows('select record_no from aegis_siem_missed').length, 1);
  });

  storeTest('a destination row that cannot be read costs no record and no other destination', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const sound = await addDestination(open.store, workspaceId);
    const damaged = await addDestination(open.store, workspaceId);
    open.exec(
      `pragma ignore_check_constraints = on;
       update aegis_siem_destinations set sources = 'not JSON', config = '{' where destination_no = ${damaged.destinationNo};
       pragma ignore_check_constraints = off`,
    );
    const [record] = await recordSome(open.store, workspaceId, 1);
    assert.equal((await openRows(open.store, sound)).length, 1);
    assert.deepEqual(
      (await openRows(open.store, damaged)).map(({ recordNo }) => recordNo),
      [record?.recordNo],
      'what cannot be read gets everything, rather than nothing',
    );
    const due = await open.store.delivery.listDue();
    assert.deepEqual(
      due.map(({ destination }) => destination.destinationNo),
      [sound.destinationNo],
    );
    assert.ok(open.warnings.some(({ fields }) => fields['destinationNo'] === damaged.destinationNo));
  });

  storeTest('a record that the tables refuse fails alone', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const drafts = Array.from({ length: 3 }, () => recordDraft(workspaceId));
    open.exec(
      `create trigger refuse before insert on aegis_siem_attestations when new.attestation_id = '${drafts[1]?.recordId}'
       begin select raise(abort, 'refused'); end`,
    );
    const results = await open.store.record.recordAttestations(drafts);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['recorded', 'failed', 'recorded'],
    );
    assert.equal(await open.store.record.readAttestation(drafts[1]?.recordId ?? ''), undefined);
  });
});

void describe('SQLite that cannot write at all', () => {
  storeTest(
    'answers store_locked within its bound while another holds the lock, and works again after',
    async () => {
      await using open = await openTestStore({ busyTimeoutMs: 50 });
      const workspaceId = newWorkspace();
      const destination = await addDestination(open.store, workspaceId);
      const drafts = [recordDraft(workspaceId), recordDraft(workspaceId)];
      open.exec('begin immediate');
      const startedMs = performance.now();
      const results = await open.store.record.recordAttestations(drafts);
      const tookMs = performance.now() - startedMs;

      assert.deepEqual(
        results.map((result) => result.status === 'failed' && result.code),
        ['store_locked', 'store_locked'],
      );
      assert.ok(tookMs < 5_000, `answered after ${tookMs} ms`);
      await assert.rejects(open.store.delivery.takeLane(destination.destinationNo, 'me', 1_000), {
        name: 'StoreUnavailableError',
        code: 'store_locked',
      });
      assert.equal(await open.store.record.readAttestation(drafts[0]?.recordId ?? ''), undefined);

      open.exec('rollback');
      const again = await open.store.record.recordAttestations(drafts);
      assert.deepEqual(
        again.map((result) => result.status),
        ['recorded', 'recorded'],
      );
      assert.equal((await openRows(open.store, destination)).length, 2);
    },
  );

  storeTest(
    'answers store_full when no room is left, keeps nothing half, and works again after',
    async () => {
      await using open = await openTestStore();
      const workspaceId = newWorkspace();
      const destination = await addDestination(open.store, workspaceId);
      const before = await recordSome(open.store, workspaceId, 5);
      const connection = new SqliteConnection(open.path);
      const record = new SqliteRecordStore(connection, { warn: () => undefined });
      leaveNoRoom(connection);
      const drafts = Array.from({ length: 300 }, () =>
        recordDraft(workspaceId, { body: JSON.stringify('x'.repeat(2_000)) }),
      );

      const results = await record.recordAttestations(drafts);

      assert.ok(results.every((result) => result.status === 'failed' && result.code === 'store_full'));
      assert.equal(open.rows('select count(*) as n from aegis_siem_attestations')[0]?.['n'], before.length);
      assert.equal((await openRows(open.store, destination)).length, before.length);
      assert.deepEqual(open.rows('pragma integrity_check'), [{ integrity_check: 'ok' }]);

      makeRoom(connection);
      const again = await record.recordAttestations(drafts);
      assert.ok(again.every((result) => result.status === 'recorded' && result.enqueued === 1));
      connection.close();
    },
  );

  storeTest('a full disk costs delivery nothing that is kept: the batch stands as it was', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const records = await recordSome(open.store, workspaceId, 200);
    const lane = await takeLane(open.store, destination);
    const draft = batchDraft(
      lane,
      records.map(({ recordNo }) => recordNo),
      { hashes: new Uint8Array(200 * 32) },
    );
    await open.store.delivery.formBatch(lane.lease, draft);
    const connection = new SqliteConnection(open.path);
    const delivery = new SqliteDeliveryStore(connection, undefined, { warn: () => undefined });
    leaveNoRoom(connection);
    const completion = { answer: { ...ANSWER_200, message: 'y'.repeat(100_000) }, deadLetters: [] };
    await assert.rejects(delivery.completeBatch(lane.lease, draft, completion), {
      code: 'store_full',
    });
    assert.equal((await open.store.delivery.openBatches(lane.lease)).length, 1);
    assert.equal((await openRows(open.store, destination)).length, 200);
    makeRoom(connection);
    assert.equal(await delivery.completeBatch(lane.lease, draft, completion), 'settled');
    connection.close();
  });
});

/** The connection behaves as on a disk that is full: https://www.sqlite.org/pragma.html#pragma_max_page_count */
function leaveNoRoom({ statements: { db } }: SqliteConnection): void {
  db.exec(`pragma max_page_count = ${Number(db.prepare('pragma page_count').get()?.['page_count'])}`);
}

function makeRoom({ statements: { db } }: SqliteConnection): void {
  db.exec('pragma max_page_count = 1073741823');
}
