import { text } from '../column.ts';
import { StoreError } from '../store-error.ts';
import type { Statements } from './database.ts';

/** Set to `on` in sessions of the service itself, which is for all workspaces. */
export const ALL_WORKSPACES = 'aegis.all_workspaces=on';

/**
 * Row security, for an API that runs under a role of its own: a query sees the rows of the workspace that its session names in
 * `aegis.workspace`, all where `aegis.all_workspaces` is on, and none where neither is set. A setting that was local to a
 * transaction is '' afterwards and not null: both count as none.
 *
 * It is a net under the queries' own conditions: one that forgets its workspace finds nothing of another. The owner has a policy of
 * its own that shows everything (`pg_dump --enable-row-security` as the owner is whole), so the API must not run as the owner.
 * Superusers and roles with BYPASSRLS are above it. Doing it again changes nothing. Throws `StoreError` before PostgreSQL 15.
 */
export async function secureRows(statements: Statements, schema: string): Promise<readonly string[]> {
  await requireVersion(statements);
  const tables = await securedTables(statements, schema);
  for (const { name, column } of tables) {
    const table = `@schema@.${name}`;
    await statements.run(`alter table ${table} enable row level security`);
    await statements.run(`alter table ${table} force row level security`);
    await statements.run(`drop policy if exists ${name}_workspace on ${table}`);
    await statements.run(`create policy ${name}_workspace on ${table} using (${visible(column)})`);
    // Recording is asked by other programs, through functions that run as the owner: they see what they need.
    await statements.run(`drop policy if exists ${name}_owner on ${table}`);
    await statements.run(`create policy ${name}_owner on ${table} to current_user using (true)`);
  }
  await viewsByInvoker(statements, schema);
  return tables.map(({ name }) => name);
}

/** True when rows were secured: then each migration does it again, for what it brought. */
export async function rowsAreSecured(statements: Statements, schema: string): Promise<boolean> {
  const row = await statements.first(
    'select relforcerowsecurity as forced from pg_class where oid = to_regclass($1)',
    [`${schema}.aegis_siem_destinations`],
  );
  return row?.['forced'] === true;
}

interface SecuredTable {
  readonly name: string;
  readonly column: 'workspace_id' | 'destination_no';
}

/** Every table of ours that says whose its rows are, by itself or by its destination. */
async function securedTables(statements: Statements, schema: string): Promise<readonly SecuredTable[]> {
  const rows = await statements.all(
    `select c.relname as name, bool_or(a.attname = 'workspace_id') as own
     from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     where c.relnamespace = to_regnamespace($1) and c.relkind = 'r' and c.relname like 'aegis\\_siem\\_%'
       and a.attname in ('workspace_id', 'destination_no')
     group by c.relname order by c.relname`,
    [schema],
  );
  return rows.map((row) => ({
    name: text(row, 'name'),
    column: row['own'] === true ? 'workspace_id' : 'destination_no',
  }));
}

/** The settings are read once a statement (a sub-select without a variable), not once a row. */
function visible(column: SecuredTable['column']): string {
  const all = `(select current_setting('aegis.all_workspaces', true)) = 'on'`;
  const own = `(select nullif(current_setting('aegis.workspace', true), ''))`;
  return column === 'workspace_id'
    ? `${all} or workspace_id = ${own}`
    : `${all} or destination_no in (select d.destination_no from @schema@.aegis_siem_destinations d where d.workspace_id = ${own})`;
}

/** A view asks with the rights of its owner, who is above all of this; since PostgreSQL 15 it can ask with the caller's. */
async function viewsByInvoker(statements: Statements, schema: string): Promise<void> {
  const views = await statements.all(
    `select c.oid::regclass::text as name from pg_class c
     where c.relnamespace = to_regnamespace($1) and c.relkind = 'v' and c.relname like 'aegis\\_siem\\_%'`,
    [schema],
  );
  for (const row of views) {
    await statements.run(`alter view ${text(row, 'name')} set (security_invoker = true)`);
  }
}

async function requireVersion(statements: Statements): Promise<void> {
  const row = await statements.first(
    `select current_setting('server_version_num')::int >= 150000 as enough, current_setting('server_version') as version`,
  );
  if (row?.['enough'] === true) return;
  throw new StoreError(
    'store_failed',
    'Row security needs PostgreSQL 15 or later: before it, views are above it',
  );
}
