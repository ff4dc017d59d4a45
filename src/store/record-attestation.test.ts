import assert from 'node:assert/strict';
import { describe } from 'node:test';
import type { DatabaseSync } from 'node:sqlite';
import { generateAttestations } from '../../test/support/generate-attestations.ts';
import { openTestStore, storeTest } from '../../test/support/sqlite-store.ts';
import {
  addDestination,
  newWorkspace,
  openRows,
  reconcileUntil,
} from '../../test/store-contract/store-fixtures.ts';
import { recordAttestation } from './record-attestation.ts';
import type { StoreLogger } from './store.ts';

const SILENT: StoreLogger = { warn: () => undefined };

void describe('recordAttestation on SQLite', () => {
  storeTest("records in the caller's transaction, with its rows, and wakes the lanes", async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const [text] = texts(workspaceId, 1);
    let wakes = 0;
    open.exec('begin immediate');
    const result = await recordAttestation(open.other, text, { wake: () => (wakes += 1) });
    assert.equal(result.status, 'recorded');
    assert.equal(result.enqueued, 1);
    assert.equal(wakes, 1);
    assert.equal(
      await open.store.record.readAttestation(result.attestationId),
      undefined,
      'not committed yet',
    );
    open.exec('commit');
    assert.equal((await open.store.record.readAttestation(result.attestationId))?.body, text);
    assert.equal((await openRows(open.store, destination)).length, 1);
  });

  storeTest("goes with the caller's rollback, rows and all", async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    const destination = await addDestination(open.store, workspaceId);
    const [text] = texts(workspaceId, 1);
    open.exec('begin immediate');
    await recordAttestation(open.other, text);
    open.exec('rollback');
    assert.deepEqual(await openRows(open.store, destination), []);
    assert.deepEqual(open.rows('select * from aegis_siem_attestations'), []);
  });

  storeTest('rejects an object that has no JSON text, and leaves the transaction as it was', async () => {
    await using open = await openTestStore();
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    const throwing = {
      toJSON: () => {
        throw new Error('not now');
      },
    };
    open.exec('begin immediate');
    for (const input of [circle, { sequence: 1n }, throwing]) {
      const result = await recordAttestation(open.other, input);
      assert.equal(result.status === 'rejected' && result.refusal.code, 'not_json');
    }
    assert.equal(open.other.isTransaction, true);
    open.exec('rollback');
  });

  storeTest('uses a transaction of its own where the caller has none', async () => {
    await using open = await openTestStore();
    const [text] = texts(newWorkspace(), 1);
    const result = await recordAttestation(open.other, text);
    assert.equal(result.status, 'recorded');
    assert.equal(open.other.isTransaction, false);
    assert.equal((await open.store.record.readAttestation(result.attestationId))?.body, text);
    assert.equal((await recordAttestation(open.other, text)).status, 'duplicate');
    const changed = await recordAttestation(open.other, `${text} `);
    assert.equal(changed.status === 'rejected' && changed.refusal.code, 'id_conflict');
  });

  storeTest('takes text, bytes and objects; text and bytes are kept as they are', async () => {
    await using open = await openTestStore();
    const [one, two, three] = texts(newWorkspace(), 3);
    const spaced = ` ${one}\n`;
    const kept = async (input: string | Uint8Array | object): Promise<string | undefined> => {
      const result = await recordAttestation(open.other, input);
      assert.equal(result.status, 'recorded');
      return (await open.store.record.readAttestation(result.attestationId))?.body;
    };
    assert.equal(await kept(spaced), spaced);
    assert.equal(await kept(Buffer.from(two, 'utf8')), two);
    const object = JSON.parse(three) as object;
    assert.equal(await kept(object), JSON.stringify(object));
  });

  storeTest('rejects bad input with code and pointer, and writes nothing', async () => {
    await using open = await openTestStore();
    const [text] = texts(newWorkspace(), 1);
    const attestation = JSON.parse(text) as Record<string, unknown>;
    const cases: readonly [unknown, string][] = [
      ['{', ''],
      [JSON.stringify({ ...attestation, verdict: 'maybe' }), '/verdict'],
      [{ ...attestation, timestamp: 'yesterday' }, '/timestamp'],
      [{ toJSON: () => undefined }, ''],
    ];
    for (const [input, pointer] of cases) {
      const result = await recordAttestation(open.other, input as string);
      assert.equal(result.status, 'rejected');
      assert.equal(result.refusal.pointer, pointer);
      assert.match(result.refusal.code, /^[a-z0-9_]+$/);
    }
    assert.deepEqual(open.rows('select * from aegis_siem_attestations'), []);
  });

  storeTest('answers duplicate and id_conflict inside a transaction that goes on', async () => {
    await using open = await openTestStore();
    const [text] = texts(newWorkspace(), 1);
    open.exec('create table own (n integer)');
    open.exec('begin immediate; insert into own values (1)');
    await recordAttestation(open.other, text);
    assert.equal((await recordAttestation(open.other, text)).status, 'duplicate');
    const other = await recordAttestation(open.other, `${text} `);
    assert.deepEqual(other, {
      status: 'rejected',
      refusal: {
        code: 'id_conflict',
        pointer: '/attestation_id',
        message: 'This attestation_id is recorded already, with other bytes',
      },
    });
    open.exec('commit');
    assert.deepEqual(open.rows('select n from own'), [{ n: 1 }]);
    assert.equal(open.rows('select 1 from aegis_siem_attestations').length, 1);
  });

  for (const [name, breakIt] of [
    ['the outbox is dropped', 'drop table aegis_siem_outbox'],
    [
      'outbox and notes are renamed',
      'alter table aegis_siem_outbox rename to o; alter table aegis_siem_missed rename to m',
    ],
    [
      'a trigger on the outbox fails',
      `create trigger b before insert on aegis_siem_outbox begin select raise(abort, 'broken'); end`,
    ],
  ] as const) {
    storeTest(`keeps the record and the caller's own work when ${name}`, async () => {
      await using open = await openTestStore();
      const workspaceId = newWorkspace();
      await addDestination(open.store, workspaceId);
      const [text] = texts(workspaceId, 1);
      const warnings: unknown[] = [];
      open.exec('create table own (n integer)');
      open.exec(breakIt);
      open.exec('begin immediate; insert into own values (1)');
      const result = await recordAttestation(open.other, text, {
        logger: { warn: (fields) => warnings.push(fields) },
      });
      open.exec('commit');
      assert.equal(result.status, 'recorded');
      assert.equal(result.enqueued, null);
      assert.ok(warnings.length > 0);
      assert.deepEqual(open.rows('select n from own'), [{ n: 1 }]);
      assert.equal((await open.store.record.readAttestation(result.attestationId))?.body, text);
    });
  }

  storeTest('a logger that throws costs nothing', async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    await addDestination(open.store, workspaceId);
    open.exec('drop table aegis_siem_outbox');
    const logger: StoreLogger = {
      warn: () => {
        throw new Error('the log is full');
      },
    };
    const [text] = texts(workspaceId, 1);
    open.exec('begin immediate');
    assert.equal((await recordAttestation(open.other, text, { logger })).status, 'recorded');
    open.exec('commit');
  });

  storeTest("says that the caller's transaction is lost when a trigger rolled all of it back", async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    await addDestination(open.store, workspaceId);
    open.exec(
      `create trigger b before insert on aegis_siem_outbox begin select raise(rollback, 'broken'); end`,
    );
    const [text] = texts(workspaceId, 1);
    open.exec('begin immediate');
    const result = await recordAttestation(open.other, text, { logger: SILENT });
    assert.equal(result.status, 'transaction_lost');
    assert.equal(open.other.isTransaction, false);
    assert.deepEqual(open.rows('select * from aegis_siem_attestations'), []);

    const alone = await recordAttestation(open.other, text, { logger: SILENT });
    assert.equal(alone.status, 'recorded', 'in a transaction of its own it is done again without the rows');
    open.exec('drop trigger b');
    assert.equal((await reconcileUntil(open.store, async () => true)).missed, 1);
  });

  storeTest('throws a typed error when the record itself cannot be written', async () => {
    await using open = await openTestStore();
    const [text] = texts(newWorkspace(), 1);
    open.exec('pragma busy_timeout = 20');
    const holder = await openHolder(open.path);
    await assert.rejects(recordAttestation(open.other, text), { code: 'store_locked' });
    holder.exec('rollback');
    holder.close();
    assert.equal((await recordAttestation(open.other, text)).status, 'recorded');
  });

  storeTest('a transaction that read before another wrote is told to begin immediately', async () => {
    await using open = await openTestStore();
    const [mine, theirs] = texts(newWorkspace(), 2);
    open.exec('begin; select count(*) from aegis_siem_attestations');
    open.rows('select count(*) from aegis_siem_attestations');
    await recordAttestation((await openPlain(open.path)).db, theirs);
    await assert.rejects(recordAttestation(open.other, mine), { code: 'store_locked' });
    open.exec('rollback');
  });

  storeTest("works on a connection with settings of the caller's own", async () => {
    await using open = await openTestStore();
    const workspaceId = newWorkspace();
    await addDestination(open.store, workspaceId);
    const [text] = texts(workspaceId, 1);
    const { DatabaseSync } = await import('node:sqlite');
    const odd = new DatabaseSync(open.path, {
      readBigInts: true,
      returnArrays: true,
      enableForeignKeyConstraints: false,
    });
    odd.exec('savepoint aegis_siem_guard');
    const result = await recordAttestation(odd, text);
    odd.exec('release aegis_siem_guard');
    assert.equal(result.status === 'recorded' && result.enqueued, 1);
    assert.equal(odd.isTransaction, false);
    odd.close();
    assert.equal(open.rows('select 1 from aegis_siem_outbox').length, 1);
  });

  storeTest('refuses a first argument that is no transaction', async () => {
    const [text] = texts(newWorkspace(), 1);
    const pool = { query: () => undefined, totalCount: 3 };
    for (const tx of [undefined, null, {}, 'sqlite', pool, { unsafe: () => undefined }]) {
      await assert.rejects(recordAttestation(tx as unknown as DatabaseSync, text), TypeError);
    }
  });
});

function texts(workspaceId: string, count: number): [string, string, string] {
  const [one = '', two = '', three = ''] = [...generateAttestations({ seed: 7, count, workspaceId })];
  return [one, two, three];
}

async function openPlain(path: string): Promise<{ db: DatabaseSync }> {
  const { DatabaseSync } = await import('node:sqlite');
  return { db: new DatabaseSync(path) };
}

async function openHolder(path: string): Promise<DatabaseSync> {
  const { db } = await openPlain(path);
  db.exec('begin immediate');
  return db;
}
