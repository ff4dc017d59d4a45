/**
 * A change of the master key walks over what `SealedStore` lists. Whatever else held a sealed value would be lost with the old
 * key: so every column of every table is searched for one, in a store in which everything that is sealed has a value.
 */
import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { it } from 'node:test';
import { Client, escapeIdentifier } from 'pg';
import { openStore } from '../../src/store/open-store.ts';
import { callService } from '../api/call-service.ts';
import { Installation, WORKSPACE } from '../api/installation.ts';
import { startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { issueCertificate, makeAuthority } from '../fake-splunk/test-certificates.ts';
import { usePostgres } from '../support/postgres.ts';

/** `version.key id.…`: see `src/secrets/create-sealer.ts`. */
const SEALED = /v\d+\.k-[0-9a-f]{12}\.[\w-]{8,}/g;
const COLUMNS = ['aegis_siem_destinations.sealed', 'aegis_siem_keys.sealed'];
/** Words in the name of a column that is for something secret; a hash of one is not sealed. */
const NAMES_ONE = /(?:sealed|secret|private|passw)(?!.*_sha256$)/;

interface Cell {
  /** `table.column` */
  readonly column: string;
  readonly text: string;
}

for (const storeName of ['sqlite', 'postgres'] as const) {
  it(
    `no column but those that are walked holds a sealed value (${storeName})`,
    { timeout: 120_000 },
    async (t) => {
      const installation = new Installation();
      const splunk = await startFakeSplunk();
      const postgres = storeName === 'postgres' ? await usePostgres() : undefined;
      t.after(async () => {
        await splunk.close();
        await postgres?.close();
        installation.remove();
      });
      const storeUrl = postgres?.url ?? `sqlite:${installation.file('aegis.db')}`;
      const service = await installation.start({
        AEGIS_SIEM_STORE: storeUrl,
        AEGIS_SIEM_CHECKPOINT_SECONDS: '300',
        AEGIS_SIEM_KEY_FILE: installation.file('master-key'),
        AEGIS_SIEM_ADMIN_KEY_FILE: installation.file('admin-key'),
      });
      const call = (method: string, path: string, body: object) =>
        callService(service.url, installation.key(), method, path, body);
      const ours = issueCertificate(makeAuthority('Ours'), { dnsName: 'sender.example.com' });
      const made = await call('POST', '/v1/siem/destinations', {
        name: 'splunk',
        workspace_id: WORKSPACE,
        type: 'splunk_hec',
        config: { url: splunk.url, tls: { client_cert_pem: ours.certificatePem } },
        credentials: {
          token: splunk.token,
          client_key_pem: ours.privateKeyPem,
          redaction_key: 'a key of a hash, of forty characters or so',
        },
        enabled: false,
      });
      assert.equal(made.status, 201, made.text);
      const path = `/v1/siem/destinations/${made.body.destination_id}`;
      const next = await call('PATCH', path, {
        next_credentials: { token: 'b'.repeat(36), client_key_pem: ours.privateKeyPem },
      });
      assert.equal(next.status, 200, next.text);
      await call('POST', '/v1/session', { api_key: installation.key() });
      await service.stop();

      const cells =
        postgres === undefined
          ? cellsOfSqlite(installation.file('aegis.db'))
          : await cellsOfPostgres(postgres.url);
      const found = cells.flatMap(({ column, text }) => (text.match(SEALED) ?? []).map(() => column));
      assert.deepEqual([...new Set(found)].toSorted(), COLUMNS);
      const store = await openStore(storeUrl, { logger: { warn: () => undefined } });
      try {
        const listed = (await store.sealed.countSealed()).reduce((sum, { values }) => sum + values, 0);
        assert.equal(listed, found.length);
        assert.ok(listed >= 6, `${listed}: three credentials, two that wait, a signing key`);
      } finally {
        await store.close();
      }
      const columns = new Set(cells.map(({ column }) => column));
      assert.deepEqual(
        [...columns].filter((column) => NAMES_ONE.test(column.split('.')[1] ?? '')).toSorted(),
        COLUMNS,
      );
      assert.ok(columns.size > 150, `${columns.size} columns`);
      t.diagnostic(`cases ${columns.size}`);
    },
  );
}

/** Every value of every column as text; a column without a value once, empty. */
function cellsOfSqlite(file: string): readonly Cell[] {
  using database = new DatabaseSync(file, { readOnly: true });
  const tables = database
    .prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite%'")
    .all();
  return tables.flatMap(({ name: table }) => {
    const columns = database.prepare(`pragma table_info("${String(table)}")`).all();
    return columns.flatMap(({ name }) => {
      const column = `${String(table)}.${String(name)}`;
      const rows = database
        .prepare(`select cast("${String(name)}" as text) as text from "${String(table)}"`)
        .all();
      return [{ column, text: '' }, ...rows.map(({ text }) => ({ column, text: String(text) }))];
    });
  });
}

async function cellsOfPostgres(url: string): Promise<readonly Cell[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query<{ schema: string; table: string; name: string }>(
      `select c.table_schema as schema, c.table_name as table, c.column_name as name from information_schema.columns c
       join information_schema.tables t using (table_schema, table_name)
       where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')`,
    );
    const cells: Cell[] = [];
    for (const { schema, table, name } of rows) {
      const column = `${table}.${name}`;
      const from = `${escapeIdentifier(schema)}.${escapeIdentifier(table)}`;
      const found = await client.query<{ text: string | null }>(
        `select ${escapeIdentifier(name)}::text as text from ${from}`,
      );
      cells.push({ column, text: '' }, ...found.rows.map(({ text }) => ({ column, text: text ?? '' })));
    }
    return cells;
  } finally {
    await client.end();
  }
}
