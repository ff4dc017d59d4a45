import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import type { Client } from 'pg';
import { addDestination, newWorkspace, recordDraft } from '../../../test/store-contract/store-fixtures.ts';
import {
  usePostgresStores,
  type PostgresStores,
  type TestPostgresStore,
} from '../../../test/support/postgres-store.ts';
import { enqueueInPostgres, recordInPostgres } from './record-transaction.ts';
import type { PostgresJsTransaction } from './transaction-client.ts';

let stores: PostgresStores | undefined;
before(async () => {
  stores = await usePostgresStores();
});
after(async () => {
  await stores?.close();
});

const logger = { warn: () => undefined };

async function withStore(run: (opened: TestPostgresStore) => Promise<void>): Promise<void> {
  assert.ok(stores !== undefined);
  const opened = await stores.open();
  try {
    await run(opened);
  } finally {
    await opened.close();
  }
}

async function timeoutOf(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ statement_timeout: string }>('show statement_timeout');
  return rows[0]?.statement_timeout;
}

async function count(opened: TestPostgresStore, table: string): Promise<number> {
  const [row] = await opened.sql(`select count(*)::integer as n from ${table}`);
  return Number(row?.['n']);
}

/** A client with the shape of postgres.js over a `pg` one: its own savepoints, every statement by `unsafe`. */
function asPostgresJs(client: Client): PostgresJsTransaction {
  const tx: PostgresJsTransaction = {
    unsafe: async (text, values) => (await client.query<Record<string, unknown>>(text, values ?? [])).rows,
    savepoint: async (work) => {
      await client.query('savepoint s');
      try {
        return await work(tx);
      } catch (error) {
        await client.query('rollback to s');
        throw error;
      }
    },
  };
  return tx;
}

void describe("recording in the caller's own PostgreSQL transaction", { timeout: 60_000 }, () => {
  void test('writes record and rows, and takes both back with a rollback', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      await addDestination(opened.store, workspaceId);
      for (const pipeline of [false, true]) {
        const client = await opened.connect({ pipeline });
        await client.query('begin');
        const result = await recordInPostgres(client, recordDraft(workspaceId), { logger });
        assert.equal(result.status === 'recorded' && result.enqueued, 1);
        await client.query('rollback');
      }
      assert.equal(await count(opened, 'aegis_siem_attestations'), 0);
      assert.equal(await count(opened, 'aegis_siem_outbox'), 0);
    }));

  void test('keeps its statements prepared on the connection only where it is told to', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      await addDestination(opened.store, workspaceId);
      for (const pipeline of [false, true]) {
        for (const prepare of [false, true]) {
          const client = await opened.connect({ pipeline });
          for (const timeoutMs of [1_000, Infinity]) {
            await client.query('begin');
            // Together on a connection that has none of them yet: the second must not prepare a name again.
            const results = await Promise.all(
              [1, 2].map(() =>
                recordInPostgres(client, recordDraft(workspaceId), { logger, prepare, timeoutMs }),
              ),
            );
            const again = await enqueueInPostgres(
              client,
              { event: recordDraft(workspaceId) },
              { logger, prepare, timeoutMs },
            );
            await client.query('commit');
            assert.deepEqual(
              [...results, again].map(({ status }) => status),
              ['recorded', 'recorded', 'enqueued'],
            );
          }
          const { rows } = await client.query<{ name: string }>('select name from pg_prepared_statements');
          // The bound, and two calls with and without its end.
          assert.equal(rows.length, prepare ? 5 : 0);
          assert.ok(rows.every(({ name }) => name.startsWith('aegis_siem_')));
        }
      }
      assert.equal(await count(opened, 'aegis_siem_attestations'), 16);
    }));

  void test('goes on with the same prepared statements after a transaction that failed', () =>
    withStore(async (opened) => {
      const client = await opened.connect({ pipeline: true });
      const options = { logger, prepare: true };
      await client.query('begin');
      await assert.rejects(recordInPostgres(client, recordDraft('w'), { ...options, schema: 'nowhere' }));
      await client.query('rollback');
      for (let round = 0; round < 2; round += 1) {
        await client.query('begin');
        const { status } = await recordInPostgres(client, recordDraft('w'), options);
        assert.equal(status, 'recorded');
        await client.query('commit');
      }
    }));

  void test('says duplicate for the same bytes and id_conflict for others, and the transaction goes on', () =>
    withStore(async (opened) => {
      const client = await opened.connect();
      const draft = recordDraft('ws');
      await client.query('begin');
      assert.equal((await recordInPostgres(client, draft, { logger })).status, 'recorded');
      assert.equal((await recordInPostgres(client, draft, { logger })).status, 'duplicate');
      const other = await recordInPostgres(client, { ...draft, body: `${draft.body} ` }, { logger });
      assert.equal(other.status === 'rejected' && other.refusal.code, 'id_conflict');
      assert.equal((await client.query('commit')).command, 'COMMIT');
      assert.equal(await count(opened, 'aegis_siem_attestations'), 1);
    }));

  void test("puts the caller's statement_timeout back, and keeps it where it is the shorter one", () =>
    withStore(async (opened) => {
      for (const pipeline of [false, true]) {
        for (const callers of ['0', '7s', '4s']) {
          const client = await opened.connect({ pipeline });
          await client.query('begin');
          await client.query(`set local statement_timeout = '${callers}'`);
          const draft = recordDraft('ws');
          await recordInPostgres(client, draft, { logger, timeoutMs: 5_000 });
          assert.equal(await timeoutOf(client), callers);
          await enqueueInPostgres(client, { attestationId: draft.recordId }, { logger, timeoutMs: 5_000 });
          assert.equal(await timeoutOf(client), callers);
          await client.query('commit');
          assert.equal(await timeoutOf(client), '0');
        }
      }
    }));

  void test('leaves the time limit to the caller when it is Infinity', () =>
    withStore(async (opened) => {
      const client = await opened.connect();
      await client.query('begin');
      const result = await recordInPostgres(client, recordDraft('ws'), { logger, timeoutMs: Infinity });
      assert.equal(result.status, 'recorded');
      await client.query('commit');
    }));

  void test('refuses a time limit that is none, before it touches the transaction', () =>
    withStore(async (opened) => {
      const client = await opened.connect();
      await client.query('begin');
      await assert.rejects(recordInPostgres(client, recordDraft('ws'), { logger, timeoutMs: 0 }), RangeError);
      const enqueued = await enqueueInPostgres(
        client,
        { attestationId: randomUUID() },
        { logger, timeoutMs: -1 },
      );
      assert.equal(enqueued.status, 'failed');
      assert.equal((await client.query('commit')).command, 'COMMIT');
    }));

  void test('text that PostgreSQL cannot hold never reaches it', () =>
    withStore(async (opened) => {
      const client = await opened.connect();
      await client.query('begin');
      for (const bad of ['\u0000', '\ud800', '\udc00x']) {
        const draft = recordDraft('ws');
        const inBody = await recordInPostgres(client, { ...draft, body: `{"a":"${bad}"}` }, { logger });
        assert.equal(inBody.status === 'rejected' && inBody.refusal.code, 'invalid_text');
        const inWorkspace = await recordInPostgres(client, { ...draft, workspaceId: bad }, { logger });
        assert.deepEqual(inWorkspace.status === 'rejected' && inWorkspace.refusal.pointer, '/workspace_id');
        const event = await enqueueInPostgres(client, { event: { ...draft, recordId: bad } }, { logger });
        assert.equal(event.status, 'rejected');
        const [failed, good] = await opened.store.record.recordAttestations([
          { ...draft, body: bad },
          recordDraft('ws'),
        ]);
        assert.equal(failed?.status === 'failed' && failed.code, 'invalid_text');
        assert.equal(good?.status, 'recorded');
      }
      const noId = await enqueueInPostgres(client, { attestationId: "'; drop table x" }, { logger });
      assert.equal(noId.status, 'rejected');
      assert.equal((await client.query('commit')).command, 'COMMIT');
    }));

  void test('pipelined: record, the answer and the time limit travel without waiting', () =>
    withStore(async (opened) => {
      const client = await opened.connect({ pipeline: true });
      await client.query('begin');
      const texts: string[] = [];
      const query = client.query.bind(client);
      const { promise: sent, resolve } = Promise.withResolvers<void>();
      const spy = {
        pipeline: true,
        query: (text: string, values?: unknown[]) => {
          texts.push(text);
          // Nothing is answered before both were sent: a caller that waits in between would wait for ever.
          if (texts.length === 2) resolve();
          return sent.then(() => query(text, values));
        },
      };
      assert.equal((await recordInPostgres(spy, recordDraft('ws'), { logger })).status, 'recorded');
      assert.equal(texts.length, 2);
      await client.query('commit');
    }));
});

void describe("enqueuing in the caller's own PostgreSQL transaction", { timeout: 60_000 }, () => {
  void test('writes the rows of a recorded attestation, and none again', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      const client = await opened.connect({ pipeline: true });
      const draft = recordDraft(workspaceId);
      await opened.store.record.recordAttestations([draft]);
      await addDestination(opened.store, workspaceId);
      await client.query('begin');
      const target = { attestationId: draft.recordId };
      assert.deepEqual(await enqueueInPostgres(client, target, { logger }), { status: 'enqueued', rows: 1 });
      assert.deepEqual(await enqueueInPostgres(client, target, { logger }), { status: 'enqueued', rows: 0 });
      const unknown = await enqueueInPostgres(client, { attestationId: randomUUID() }, { logger });
      assert.equal(unknown.status === 'failed' && unknown.code, 'not_enqueued');
      assert.equal((await client.query('commit')).command, 'COMMIT');
    }));

  void test('takes another event once, and refuses other bytes under its uid', () =>
    withStore(async (opened) => {
      const workspaceId = newWorkspace();
      await addDestination(opened.store, workspaceId);
      const client = await opened.connect();
      await client.query('begin');
      const event = { recordId: 'uid-1', workspaceId, body: '{"metadata":{"uid":"uid-1"}}' };
      assert.deepEqual(await enqueueInPostgres(client, { event }, { logger }), {
        status: 'enqueued',
        rows: 1,
      });
      assert.deepEqual(await enqueueInPostgres(client, { event }, { logger }), {
        status: 'enqueued',
        rows: 0,
      });
      const other = await enqueueInPostgres(client, { event: { ...event, body: '{}' } }, { logger });
      assert.equal(other.status === 'rejected' && other.refusal.code, 'id_conflict');
      await client.query('commit');
    }));

  const kinds = ['pg', 'pg that pipelines', 'postgres.js'] as const;
  for (const kind of kinds) {
    void test(`with ${kind}: a function that is missing or forbidden costs the transaction nothing`, () =>
      withStore(async (opened) => {
        const client = await opened.connect({ pipeline: kind === 'pg that pipelines' });
        const tx = kind === 'postgres.js' ? asPostgresJs(client) : client;
        const warnings: string[] = [];
        const warning = { logger: { warn: (_: unknown, message: string) => warnings.push(message) } };
        const target = { attestationId: randomUUID() };
        const reader = `aegis_siem_test_reader_${randomUUID().slice(0, 8)}`;
        await opened.sql(`create role ${reader}`);
        try {
          await client.query('begin');
          await client.query('create table callers_own (n int); insert into callers_own values (1)');
          await client.query(`grant all on callers_own to ${reader}; set local role ${reader}`);
          const forbidden = await enqueueInPostgres(tx, target, warning);
          assert.equal(forbidden.status, 'failed');
          await client.query('reset role');
          await client.query('drop function aegis_siem_enqueue');
          const missing = await enqueueInPostgres(tx, target, warning);
          assert.equal(missing.status, 'failed');
          assert.equal(warnings.length, 2);
          assert.equal((await client.query('commit')).command, 'COMMIT');
          assert.equal(await count(opened, 'callers_own'), 1);
        } finally {
          await opened.sql(`drop owned by ${reader}; drop role ${reader}`);
        }
      }));
  }
});

void describe('the SQL functions, from any language', { timeout: 60_000 }, () => {
  void test('a role that may call them needs no right on any table', () =>
    withStore(async (opened) => {
      const role = `aegis_siem_test_recorder_${randomUUID().slice(0, 8)}`;
      await opened.sql(`create role ${role}; grant usage on schema public to ${role};
        grant execute on function aegis_siem_record(text), aegis_siem_enqueue(uuid),
          aegis_siem_enqueue_event(text) to ${role}`);
      try {
        const client = await opened.connect();
        await client.query(`set role ${role}`);
        const { body, recordId } = recordDraft('ws');
        const recorded = await client.query('select status, enqueued from aegis_siem_record($1)', [body]);
        assert.deepEqual(recorded.rows, [{ status: 'recorded', enqueued: 0 }]);
        const enqueued = await client.query('select aegis_siem_enqueue($1) as rows', [recordId]);
        assert.deepEqual(enqueued.rows, [{ rows: 0 }]);
        await assert.rejects(client.query('select 1 from aegis_siem_attestations'), /permission denied/);
        await assert.rejects(client.query('select aegis_siem_reconcile(1, 1)'), /permission denied/);
      } finally {
        await opened.sql(`drop owned by ${role}; drop role ${role}`);
      }
    }));

  void test('bad input is rejected with a warning and never raises', () =>
    withStore(async (opened) => {
      const client = await opened.connect();
      const warnings: string[] = [];
      client.on('notice', (notice) => warnings.push(notice.message ?? ''));
      const inputs = [
        'no JSON',
        '[]',
        '{}',
        null,
        '{"attestation_id":"x","workspace_id":"w"}',
        `{"attestation_id":"${randomUUID()}"}`,
        `{"attestation_id":"${randomUUID()}","workspace_id":7}`,
        `{"attestation_id":"${randomUUID()}","workspace_id":"w","x":"\\u0000"}`,
        `{"attestation_id":"${randomUUID()}","workspace_id":"w","x":"\\ud800"}`,
        '{"workspace_id":"secret-value',
      ];
      await client.query('begin');
      for (const input of inputs) {
        for (const name of ['aegis_siem_record', 'aegis_siem_enqueue_event']) {
          const { rows } = await client.query<{ status: string }>(`select status from ${name}($1)`, [input]);
          assert.equal(rows[0]?.status, 'rejected', `${name}: ${input}`);
        }
      }
      assert.equal((await client.query('commit')).command, 'COMMIT');
      assert.equal(warnings.length, inputs.length * 2);
      assert.ok(!warnings.join('\n').includes('secret-value'), 'no value of the record is in a warning');
    }));

  void test('an event is kept byte for byte', () =>
    withStore(async (opened) => {
      const event = '{ "metadata" : {"uid":"u-1"},\n "b":1.50, "a":"\\u00e9" }';
      await opened.sql('select aegis_siem_enqueue_event($1)', [`{"workspace_id":"w","event":${event}}`]);
      assert.deepEqual(await opened.sql('select body from aegis_siem_events'), [{ body: event }]);
    }));

  void test('replica role, TRUNCATE, UPDATE and DELETE do not get around append-only', () =>
    withStore(async (opened) => {
      await opened.store.record.recordAttestations([recordDraft('ws')]);
      const client = await opened.connect();
      for (const role of ['origin', 'local', 'replica']) {
        await client.query(`set session_replication_role = ${role}`);
        for (const attack of [
          `update aegis_siem_attestations set body = '{}'`,
          'delete from aegis_siem_attestations',
          'truncate aegis_siem_attestations cascade',
        ]) {
          await assert.rejects(client.query(attack), /append-only/, `${role}: ${attack}`);
        }
      }
      assert.equal(await count(opened, 'aegis_siem_attestations'), 1);
    }));
});
