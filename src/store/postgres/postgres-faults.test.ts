import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import {
  addDestination,
  newWorkspace,
  openRows,
  reconcileUntil,
  recordDraft,
} from '../../../test/store-contract/store-fixtures.ts';
import {
  usePostgresStores,
  type PostgresStores,
  type TestPostgresStore,
} from '../../../test/support/postgres-store.ts';
import { RECORDING_WAYS, someDraft } from '../../../test/support/postgres-ways.ts';

// After each of these faults on the SIEM side the attestation is committed, the caller has a result, and a warning was logged,
// within a bounded time: whichever way it was recorded.

/** Given to each call; lock waits of 100 ms and the way itself come on top. */
const TIMEOUT_MS = 1_000;

/** An outbox that stays locked for 10 s would be noticed. */
const BOUND_MS = 5_000;

interface Fault {
  readonly name: string;
  readonly breakIt: string;
  /** Undefined: nothing can be mended. */
  readonly mendIt?: string;
  /** Whether the note for the reconciler could be written. */
  readonly noted: boolean;
}

const SLOW_TRIGGER = `create function slow() returns trigger language plpgsql as
  $$ begin perform pg_sleep(30); return new; end $$;
  create trigger slow before insert on aegis_siem_outbox for each row execute function slow()`;

const FAILING = `create function failing() returns trigger language plpgsql as
  $$ begin raise exception 'broken'; end $$;`;

const FAULTS: readonly Fault[] = [
  {
    name: 'the outbox table is renamed',
    breakIt: 'alter table aegis_siem_outbox rename to outbox_elsewhere',
    mendIt: 'alter table outbox_elsewhere rename to aegis_siem_outbox',
    noted: true,
  },
  { name: 'the outbox table is dropped', breakIt: 'drop table aegis_siem_outbox cascade', noted: true },
  {
    name: 'the tables of outbox and notes are both dropped',
    breakIt: 'drop table aegis_siem_outbox cascade; drop table aegis_siem_missed cascade',
    noted: false,
  },
  {
    name: 'the outbox is renamed and the table of notes too',
    breakIt: `alter table aegis_siem_outbox rename to outbox_elsewhere;
      alter table aegis_siem_missed rename to missed_elsewhere`,
    mendIt: `alter table outbox_elsewhere rename to aegis_siem_outbox;
      alter table missed_elsewhere rename to aegis_siem_missed`,
    noted: false,
  },
  {
    name: 'a trigger on the outbox fails',
    breakIt: `${FAILING} create trigger failing before insert on aegis_siem_outbox
      for each row execute function failing()`,
    mendIt: 'drop trigger failing on aegis_siem_outbox',
    noted: true,
  },
  {
    name: 'triggers on outbox and notes both fail',
    breakIt: `${FAILING} create trigger failing before insert on aegis_siem_outbox
      for each row execute function failing();
      create trigger failing before insert on aegis_siem_missed for each row execute function failing()`,
    mendIt: 'drop trigger failing on aegis_siem_outbox; drop trigger failing on aegis_siem_missed',
    noted: false,
  },
  {
    name: 'a trigger on the outbox swallows the rows in silence',
    breakIt: `create function swallow() returns trigger language plpgsql as $$ begin return null; end $$;
      create trigger swallow before insert on aegis_siem_outbox for each row execute function swallow()`,
    mendIt: 'drop trigger swallow on aegis_siem_outbox',
    noted: true,
  },
  {
    name: 'the statement times out during the enqueue',
    breakIt: SLOW_TRIGGER,
    mendIt: 'drop trigger slow on aegis_siem_outbox',
    noted: true,
  },
  {
    name: 'the destinations table is renamed',
    breakIt: 'alter table aegis_siem_destinations rename to destinations_elsewhere',
    mendIt: 'alter table destinations_elsewhere rename to aegis_siem_destinations',
    noted: true,
  },
  {
    name: 'the enqueue functions are dropped',
    breakIt: `drop function aegis_siem_enqueue_one; drop function aegis_siem_enqueue_rows;
      drop function aegis_siem_enqueue`,
    noted: true,
  },
  {
    name: 'every function of the SIEM side but the recording is dropped',
    breakIt: `drop function aegis_siem_enqueue_one; drop function aegis_siem_enqueue_rows;
      drop function aegis_siem_note_missed`,
    noted: false,
  },
];

let stores: PostgresStores | undefined;
before(async () => {
  stores = await usePostgresStores();
});
after(async () => {
  await stores?.close();
});

async function withStore(run: (opened: TestPostgresStore) => Promise<void>): Promise<void> {
  assert.ok(stores !== undefined);
  const opened = await stores.open();
  try {
    await run(opened);
  } finally {
    await opened.close();
  }
}

async function isCommitted(opened: TestPostgresStore, recordId: string): Promise<boolean> {
  const rows = await opened.sql('select 1 from aegis_siem_attestations where attestation_id = $1', [
    recordId,
  ]);
  return rows.length === 1;
}

void describe('recording on PostgreSQL while the SIEM side is broken', () => {
  for (const fault of FAULTS) {
    void test(`keeps every record when ${fault.name}`, { timeout: 60_000 }, () =>
      withStore(async (opened) => {
        const workspaceId = newWorkspace();
        const destination = await addDestination(opened.store, workspaceId);
        await opened.sql(fault.breakIt);
        for (const way of RECORDING_WAYS) {
          const draft = someDraft(workspaceId);
          const startedMs = performance.now();
          const answer = await way.record(opened, draft, TIMEOUT_MS);
          assert.ok(performance.now() - startedMs < BOUND_MS, `${way.name} comes back in time`);
          assert.equal(answer.status, 'recorded', way.name);
          assert.equal(answer.enqueued, null, way.name);
          assert.ok(answer.warnings.length > 0, `${way.name} warns`);
          assert.equal(await isCommitted(opened, draft.recordId), true, way.name);
        }
        if (fault.noted) {
          const notes = await opened.sql('select record_no from aegis_siem_missed');
          assert.equal(notes.length, RECORDING_WAYS.length);
        }
        if (fault.mendIt === undefined) return;
        await opened.sql(fault.mendIt);
        const openCount = async () => (await openRows(opened.store, destination)).length;
        const report = await reconcileUntil(
          opened.store,
          async () => (await openCount()) === RECORDING_WAYS.length,
        );
        assert.equal(fault.noted ? report.missed : report.repaired, RECORDING_WAYS.length);
      }),
    );
  }

  void test('waits no longer than its bound when another session keeps outbox and notes locked', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      const destination = await addDestination(opened.store, workspaceId);
      const other = await opened.connect();
      await other.query('begin');
      await other.query('lock table aegis_siem_outbox, aegis_siem_missed in access exclusive mode');
      for (const way of RECORDING_WAYS) {
        const draft = someDraft(workspaceId);
        const startedMs = performance.now();
        const answer = await way.record(opened, draft, 10_000);
        assert.ok(performance.now() - startedMs < BOUND_MS, `${way.name} comes back in time`);
        assert.deepEqual([answer.status, answer.enqueued], ['recorded', null], way.name);
        assert.ok(answer.warnings.length > 0, `${way.name} warns`);
        assert.equal(await isCommitted(opened, draft.recordId), true, way.name);
      }
      await other.query('rollback');
      await reconcileUntil(
        opened.store,
        async () => (await openRows(opened.store, destination)).length === RECORDING_WAYS.length,
      );
    }));

  void test('a group of 500 waits for a locked outbox once, not once for each record', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      await addDestination(opened.store, workspaceId);
      const other = await opened.connect();
      await other.query('begin');
      await other.query('lock table aegis_siem_outbox in access exclusive mode');
      const drafts = Array.from({ length: 500 }, () => recordDraft(workspaceId));
      const startedMs = performance.now();
      const results = await opened.store.record.recordAttestations(drafts);
      assert.ok(performance.now() - startedMs < BOUND_MS);
      await other.query('rollback');
      assert.ok(results.every((result) => result.status === 'recorded' && result.enqueued === null));
      const [noted] = await opened.sql('select count(*)::integer as n from aegis_siem_missed');
      assert.equal(noted?.['n'], 500);
    }));

  void test('one record that the outbox refuses costs the others of its group nothing', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      const destination = await addDestination(opened.store, workspaceId);
      const drafts = Array.from({ length: 300 }, () => recordDraft(workspaceId));
      const culprits = [drafts[7]?.recordId, drafts[211]?.recordId];
      await opened.sql(`create function picky() returns trigger language plpgsql as $$ begin
          if new.attestation_id in ('${culprits.join("','")}') then raise exception 'not this one'; end if;
          return new; end $$;
        create trigger picky before insert on aegis_siem_outbox for each row execute function picky()`);
      const results = await opened.store.record.recordAttestations(drafts);
      const missed = results.flatMap((result) =>
        result.status === 'recorded' && result.enqueued === null ? [result.recordId] : [],
      );
      assert.deepEqual(missed, culprits);
      assert.equal((await openRows(opened.store, destination)).length, 298);
      const notes = await opened.sql('select record_no from aegis_siem_missed');
      assert.equal(notes.length, 2);
    }));

  void test('a destination row that holds nonsense costs the other destinations nothing', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      const broken = await addDestination(opened.store, workspaceId);
      const healthy = await addDestination(opened.store, workspaceId);
      await opened.sql(
        `update aegis_siem_destinations set sources = '{"no": "list"}', config = '"no object"', ocsf = '[]'
         where destination_no = ${broken.destinationNo}`,
      );
      for (const way of RECORDING_WAYS) {
        const answer = await way.record(opened, someDraft(workspaceId), TIMEOUT_MS);
        // A destination that no longer says what it takes gets everything: a row too many can be explained.
        assert.deepEqual([answer.status, answer.enqueued], ['recorded', 2], way.name);
      }
      assert.equal((await openRows(opened.store, healthy)).length, RECORDING_WAYS.length);
    }));

  void test('keeps the record when the owner of the functions may not enqueue', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      await addDestination(opened.store, workspaceId);
      const owner = `aegis_siem_test_owner_${randomUUID().slice(0, 8)}`;
      await opened.sql(`create role ${owner} nologin;
        grant usage, create on schema public to ${owner};
        grant select, insert on aegis_siem_attestations to ${owner};
        grant usage on sequence aegis_siem_record_no to ${owner};
        alter function aegis_siem_record_as owner to ${owner}`);
      try {
        const way = RECORDING_WAYS.find(({ name }) => name === 'a transaction of pg');
        const draft = someDraft(workspaceId);
        const answer = await way?.record(opened, draft, TIMEOUT_MS);
        assert.deepEqual([answer?.status, answer?.enqueued], ['recorded', null]);
        assert.ok((answer?.warnings.length ?? 0) > 0);
        assert.equal(await isCommitted(opened, draft.recordId), true);
      } finally {
        await opened.sql(`alter function aegis_siem_record_as owner to current_user;
          drop owned by ${owner}; drop role ${owner}`);
      }
    }));
});
