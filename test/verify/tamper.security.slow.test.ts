/** What somebody with full rights on the database does behind the product's back, and the word by which it is found. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import type { Client } from 'pg';
import { openSqliteStore } from '../../src/store/sqlite/open-sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { usePostgresStores } from '../support/postgres-store.ts';
import { allFaults, judgeWhole, StoreWorld } from './store-world.ts';
import { TAMPER_CASES, type TamperCase, type TamperScene } from './tamper-table.ts';

interface TamperedStore {
  readonly store: Store;
  /** With every right there is. */
  tamper(sql: readonly string[], leavesTriggers: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A scene that was set once; `open` gives a copy of it. */
interface TamperStage {
  readonly scene: TamperScene;
  readonly open: () => Promise<TamperedStore>;
  close(): Promise<void>;
}

function tamperSuite(dialect: TamperScene['dialect'], set: () => Promise<TamperStage>): void {
  let stage: TamperStage | undefined;
  before(async () => {
    stage = await set();
  });
  after(() => stage?.close());

  const cases = TAMPER_CASES.filter(({ only }) => only === undefined || only === dialect);
  for (const one of cases) it(`finds it when ${one.name}`, () => judgeCase(stage ?? assert.fail(), one));

  it('finds nothing in a store that nobody touched', async () => {
    const opened = await (stage ?? assert.fail()).open();
    try {
      const verdict = await judgeWhole(opened.store);
      assert.deepEqual(allFaults(verdict), []);
      assert.equal(verdict.complete, true);
      assert.ok(verdict.chain.records >= 9);
      assert.equal(verdict.streams.length, 1);
    } finally {
      await opened.close();
    }
  });
}

async function judgeCase(
  { scene, open }: TamperStage,
  { sql, found, leavesTriggers = false }: TamperCase,
): Promise<void> {
  const opened = await open();
  try {
    await opened.tamper(sql(scene), leavesTriggers);
    const faults = allFaults(await judgeWhole(opened.store));
    const expected = found(scene);
    if (leavesTriggers) {
      assert.ok(faults.length > 0 && faults.every((fault) => expected.includes(fault)), faults.join('; '));
    } else assert.deepEqual(faults, expected);
  } finally {
    await opened.close();
  }
}

/** Links of four records: 1 to 4, then a number without one, 5 to 8, and another event. Receipts of three and of one place. */
async function setScene(store: Store, dialect: TamperScene['dialect']): Promise<TamperScene> {
  const world = await StoreWorld.open(store);
  await world.chain();
  const { tip: oldTip } = await store.chain.readHead();
  assert.ok(oldTip !== undefined && oldTip.linkNo > 0);
  const firstLinkNo = oldTip.linkNo + 1;
  const first = await world.record(4);
  await world.leaveNumberUnused(first[0] ?? assert.fail());
  const more = await world.record(4);
  await world.recordEvent();
  const records = [...first, ...more];
  const numbers = records.map(({ recordNo }) => recordNo);
  await world.chain();
  await world.deliver(numbers.slice(0, 3));
  await world.checkpoint();
  await world.deliver(numbers.slice(3, 4));
  await world.checkpoint();
  return { firstLinkNo, oldTip, records, unusedNo: (first[3]?.recordNo ?? 0) + 1, dialect };
}

describe('a tampered SQLite store', () => {
  tamperSuite('sqlite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-tamper-'));
    const model = join(folder, 'model.db');
    const store = await openSqliteStore(model);
    await store.migrate();
    const scene = await setScene(store, 'sqlite');
    await store.close();
    let copies = 0;
    return {
      scene,
      close: async () => rmSync(folder, { recursive: true }),
      open: async () => {
        copies += 1;
        const path = join(folder, `copy-${copies}.db`);
        copyFileSync(model, path);
        const copy = await openSqliteStore(path);
        return {
          store: copy,
          close: () => copy.close(),
          tamper: async (sql, leavesTriggers) => tamperSqlite(path, sql, leavesTriggers),
        };
      },
    };
  });
});

/** On a connection with none of the store's settings. */
function tamperSqlite(path: string, sql: readonly string[], leavesTriggers: boolean): void {
  const db = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  const triggers = db.prepare(`select name, sql from sqlite_schema where type = 'trigger'`).all();
  if (!leavesTriggers) for (const { name } of triggers) db.exec(`drop trigger ${String(name)}`);
  for (const statement of sql) db.exec(statement);
  if (!leavesTriggers) for (const { sql: text } of triggers) db.exec(String(text));
  db.close();
}

describe('a tampered PostgreSQL store', { timeout: 240_000 }, () => {
  tamperSuite('postgres', async () => {
    const stores = await usePostgresStores();
    const model = await stores.open();
    const scene = await setScene(model.store, 'postgres');
    await model.close();
    return {
      scene,
      close: () => stores.close(),
      open: async () => {
        const opened = await stores.open(undefined, model.url);
        return {
          store: opened.store,
          close: () => opened.close(),
          tamper: async (sql, leavesTriggers) => tamperPostgres(await opened.connect(), sql, leavesTriggers),
        };
      },
    };
  });
});

/** As a superuser. Foreign keys are triggers too, and `replica` leaves those out; ours are ENABLE ALWAYS. */
async function tamperPostgres(
  client: Client,
  sql: readonly string[],
  leavesTriggers: boolean,
): Promise<void> {
  const { rows } = await client.query<{ table: string; trigger: string; enabled: string }>(
    `select c.relname as table, t.tgname as trigger, t.tgenabled::text as enabled
     from pg_trigger t join pg_class c on c.oid = t.tgrelid where not t.tgisinternal`,
  );
  const guards = leavesTriggers ? [] : rows.filter(({ enabled }) => enabled === 'A');
  await client.query('set session_replication_role = replica');
  for (const { table, trigger } of guards)
    await client.query(`alter table ${table} disable trigger ${trigger}`);
  for (const statement of sql) await client.query(statement);
  for (const { table, trigger } of guards)
    await client.query(`alter table ${table} enable always trigger ${trigger}`);
}
