import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { Client } from 'pg';
import { openPostgresStore } from '../../../src/store/postgres/open-postgres-store.ts';
import { RequestScope } from '../../../src/store/request-scope.ts';
import type { Store } from '../../../src/store/store.ts';
import { type TestPostgres, usePostgres } from '../../support/postgres.ts';
import { type ApiWorld, makeDeadLetter, openApiWorld } from '../api-world.ts';
import { ROUTE_CASES } from './route-cases.ts';
import { makeThings, type Things } from './things.ts';

const SILENT = { warn: () => undefined };
const PASSWORD = 'for-this-test-only';

describe('row security on PostgreSQL, for an API under a role of its own', () => {
  const suffix = randomBytes(4).toString('hex');
  const owner = `aegis_owner_${suffix}`;
  const api = `aegis_api_${suffix}`;
  const worker = `aegis_worker_${suffix}`;
  let postgres: TestPostgres;
  let asOwner: Store;
  let asWorker: Store;
  let world: ApiWorld;
  let own: Things;
  let other: Things;
  /** A session of the API's role, as a program would open it. */
  let session: Client;
  let tables: readonly string[] = [];

  const urlOf = (role: string): string => {
    const url = new URL(postgres.url);
    url.username = role;
    url.password = PASSWORD;
    return url.href;
  };
  const asSuperuser = async (...statements: readonly string[]): Promise<void> => {
    const client = new Client({ connectionString: postgres.url });
    await client.connect();
    try {
      for (const statement of statements) await client.query(statement);
    } finally {
      await client.end();
    }
  };

  before(async () => {
    postgres = await usePostgres();
    const database = new URL(postgres.url).pathname.slice(1);
    await asSuperuser(
      `create role ${owner} login createrole password '${PASSWORD}'`,
      `create role ${api} login password '${PASSWORD}'`,
      `create role ${worker} login password '${PASSWORD}'`,
      `alter database ${database} owner to ${owner}`,
      `alter schema public owner to ${owner}`,
    );
    asOwner = await openPostgresStore(urlOf(owner), { logger: SILENT });
    await asOwner.migrate();
    tables = (await asOwner.secureRows?.()) ?? [];
    // The rights that "migrate --roles" gives, and no others.
    await asOwner.grantRoles?.();
    await asSuperuser(`grant aegis_siem_api to ${api}`, `grant aegis_siem_worker to ${worker}`);
    asWorker = await openPostgresStore(urlOf(worker), { logger: SILENT });
    const opened = await openApiWorld({}, await openPostgresStore(urlOf(api), { logger: SILENT }));
    // A dead letter is the worker's to make: the API may not write what proves a delivery.
    world = {
      ...opened,
      deadLetter: (of, record, words = 'refused') => makeDeadLetter(asWorker, of, record, words),
    };
    own = await makeThings(world, 'own');
    other = await makeThings(world, 'other');
    session = new Client({ connectionString: urlOf(api) });
    await session.connect();
  });
  after(async () => {
    await session?.end();
    await world?.close();
    await asOwner?.close();
    await asWorker?.close();
    // Roles are of the whole server, which other tests share.
    await asSuperuser(
      `reassign owned by ${owner} to current_user`,
      `drop owned by ${owner}, ${api}, ${worker}`,
      `drop role ${owner}, ${api}, ${worker}`,
    );
    await postgres.close();
  });

  const countOf = async (table: string): Promise<number> => {
    const { rows } = await session.query<{ count: number }>(`select count(*)::int as count from ${table}`);
    return rows[0]?.count ?? -1;
  };

  test('every table that says whose its rows are has it enabled and forced, with a policy', async (t) => {
    const { rows } = await session.query<{ name: string; safe: boolean }>(
      `select c.relname as name, c.relrowsecurity and c.relforcerowsecurity
           and exists (select 1 from pg_policy p where p.polrelid = c.oid) as safe
       from pg_class c join pg_attribute a on a.attrelid = c.oid
       where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
         and a.attname in ('workspace_id', 'destination_no')
       group by c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity order by 1`,
    );
    t.diagnostic(`tables under forced row security: ${rows.length}`);
    assert.ok(rows.length >= 15);
    assert.deepEqual(
      rows.filter(({ safe }) => !safe),
      [],
    );
    assert.deepEqual(
      rows.map(({ name }) => name),
      tables,
    );
  });

  test('a session without a workspace sees nothing, one with a workspace its own rows, and nothing once it is over', async () => {
    const filled: string[] = [];
    for (const table of tables) {
      assert.equal(await countOf(table), 0, `${table}, before`);
      await session.query(`begin; set local aegis.all_workspaces = 'on'`);
      const all = await countOf(table);
      await session.query('rollback');
      await session.query(`begin; set local aegis.workspace = '${own.workspaceId}'`);
      const mine = await countOf(table);
      await session.query('commit');
      await session.query(`begin; set local aegis.workspace = 'ws-nobody'`);
      assert.equal(await countOf(table), 0, `${table}, as a stranger`);
      await session.query('commit');
      const left = await session.query<{ left: string }>(
        `select current_setting('aegis.workspace', true) as left`,
      );
      assert.equal(left.rows[0]?.left, '', 'a setting that ended is empty, not null');
      assert.equal(await countOf(table), 0, `${table}, after`);
      if (all === 0) continue;
      filled.push(table);
      assert.ok(mine < all, `${table}: ${mine} of ${all}`);
    }
    for (const needed of [
      'attestations',
      'destinations',
      'outbox',
      'dead_letters',
      'audit',
      'replays',
      'lanes',
    ]) {
      assert.ok(filled.includes(`aegis_siem_${needed}`), needed);
    }
  });

  test('a session can neither write into another workspace nor move a row there', async () => {
    const tries = [
      `insert into aegis_siem_audit (audit_id, at, workspace_id, actor, action, subject_id)
       values ('x', 1, '${other.workspaceId}', 'me', 'planted', 'x')`,
      `update aegis_siem_destinations set workspace_id = '${other.workspaceId}' where destination_id = '${own.destinationId}'`,
    ];
    for (const statement of tries) {
      await session.query(`begin; set local aegis.workspace = '${own.workspaceId}'`);
      await assert.rejects(session.query(statement), /row-level security/);
      await session.query('rollback');
    }
    await session.query(`begin; set local aegis.workspace = '${own.workspaceId}'`);
    const foreign = await session.query(
      `update aegis_siem_destinations set name = 'mine' where destination_id = '${other.destinationId}'`,
    );
    await session.query('rollback');
    assert.equal(foreign.rowCount, 0);
  });

  test('the view of deliveries shows no more than the tables', async () => {
    await session.query(`begin; set local aegis.workspace = '${own.workspaceId}'`);
    const { rows } = await session.query<{ workspace_id: string }>(
      'select distinct workspace_id from aegis_siem_deliveries',
    );
    await session.query('commit');
    assert.deepEqual(
      rows.map((row) => row.workspace_id),
      [own.workspaceId],
    );
    assert.equal(await countOf('aegis_siem_deliveries'), 0);
  });

  test('a query that forgot its workspace finds nothing of another', async () => {
    const scope = new RequestScope();
    const ports = world.store.forRequests?.(() => scope.workspaceId());
    assert.ok(ports !== undefined);
    const look = (workspaceId: string): Promise<readonly unknown[]> =>
      scope.run({ workspaceId }, async () => [
        await ports.admin.readDestination(own.destinationId, {}),
        await ports.record.readAttestation(own.openId),
        (await ports.admin.listDeadLetters({}, { limit: 500 })).items.find(
          ({ deadLetterId }) => deadLetterId === own.deadLetterId,
        ),
        await ports.replays.readReplay(own.replayId, {}),
        (await ports.admin.listAudit({}, { limit: 500 })).items.find(
          ({ workspaceId: of }) => of === own.workspaceId,
        ),
        (await ports.admin.listDeliveriesOf(own.deadId))[0],
      ]);
    assert.ok((await look(own.workspaceId)).every((found) => found !== undefined));
    assert.ok((await look(other.workspaceId)).every((found) => found === undefined));
    assert.notEqual(
      await ports.admin.readDestination(own.destinationId, {}),
      undefined,
      'outside of a request',
    );
  });

  test('every route works under it for an administrator of one workspace', async () => {
    for (const [operation, one] of Object.entries(ROUTE_CASES)) {
      if (one.bySession === true || one.endless === true) continue;
      const things = await makeThings(world);
      const key = await world.key(['admin'], things.workspaceId);
      if (one.before !== undefined) await world.call({ ...one.before(things), key });
      const reply = await world.call({ ...one.call(things), key });
      // These are for administrators of all workspaces only.
      const forAll = operation === 'GET /metrics' || operation === 'POST /v1/siem/checkpoint-keys';
      assert.ok(forAll ? reply.status === 403 : reply.status < 300, `${operation}: ${reply.text}`);
    }
  });

  test('recording by a program that knows nothing of it still reaches the destinations', async () => {
    const { rows } = await session.query<{ answer: unknown }>('select aegis_siem_record($1) as answer', [
      JSON.stringify({ ...(JSON.parse(own.openText) as object), attestation_id: crypto.randomUUID() }),
    ]);
    await session.query(`begin; set local aegis.workspace = '${own.workspaceId}'`);
    const after = await countOf('aegis_siem_outbox');
    await session.query('commit');
    assert.ok(after > 0, JSON.stringify(rows));
  });
});
