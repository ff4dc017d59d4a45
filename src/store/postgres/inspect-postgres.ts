import { emitWarnings } from '../emit-warnings.ts';
import type { StoreFault, StoreInspection } from '../inspect-store.ts';
import { StoreError } from '../store-error.ts';
import { sqlStateOf } from './postgres-error.ts';
import { Database, type Row } from './database.ts';
import type { Migration } from '../migration-files.ts';
import { readMigrations } from './migrate.ts';
import { DEFAULT_SCHEMA } from './schema-name.ts';

const OLDEST_VERSION = 140_000;
const STATEMENT_TIMEOUT_MS = 10_000;

/** Looks at a PostgreSQL server and our tables there. Throws `StoreError` where it cannot be reached. */
export async function inspectPostgres(url: string, nowMs: () => number): Promise<StoreInspection> {
  const database = new Database({
    url,
    schema: DEFAULT_SCHEMA,
    applicationName: 'aegis-siem doctor',
    maxConnections: 1,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    logger: emitWarnings,
  });
  try {
    const before = nowMs();
    const server = await database.first(
      `select current_setting('server_version') as version,
              current_setting('server_version_num')::integer as version_no,
              current_setting('fsync') as fsync,
              current_setting('full_page_writes') as full_page_writes,
              current_setting('synchronous_commit') as synchronous_commit,
              pg_is_in_recovery() as in_recovery,
              (extract(epoch from clock_timestamp()) * 1000)::float8 as now_ms`,
    );
    const between = (before + nowMs()) / 2;
    const migrations = readMigrations();
    const schemaVersion = await schemaVersionOf(database);
    return {
      kind: 'postgres',
      engineVersion: String(server?.['version']),
      schemaVersion,
      schemaWanted: migrations.length,
      clockAheadMs: Math.round(Number(server?.['now_ms']) - between),
      faults: [
        ...serverFaults(server ?? {}),
        ...(await roomFaults(database)),
        ...(schemaVersion === migrations.length ? await triggerFaults(database, migrations) : []),
      ],
    };
  } finally {
    await database.close();
  }
}

async function schemaVersionOf(database: Database): Promise<number> {
  const table = await database.first(`select to_regclass($1) is not null as there`, [
    `${DEFAULT_SCHEMA}.aegis_siem_schema`,
  ]);
  if (table?.['there'] !== true) return 0;
  const row = await database.first(
    'select coalesce(max(version), 0)::integer as v from @schema@.aegis_siem_schema',
  );
  return Number(row?.['v'] ?? 0);
}

function serverFaults(server: Row): readonly StoreFault[] {
  const faults: StoreFault[] = [];
  if (Number(server['version_no']) < OLDEST_VERSION) {
    faults.push({
      code: 'server_too_old',
      level: 'fail',
      message: `PostgreSQL ${String(server['version'])} is older than 14`,
      fix: 'Upgrade the server to 14 or later',
    });
  }
  if (server['in_recovery'] === true) {
    faults.push({
      code: 'read_only_replica',
      level: 'fail',
      message: 'This server is a replica: nothing can be recorded on it',
      fix: 'Point AEGIS_SIEM_STORE at the primary, or promote this server',
    });
  }
  for (const name of ['fsync', 'full_page_writes'] as const) {
    if (server[name] === 'on') continue;
    faults.push({
      code: 'not_durable',
      level: 'fail',
      message: `${name} is off: a crash of the server can lose or damage recorded decisions`,
      fix: `Set ${name} = on in postgresql.conf`,
    });
  }
  if (server['synchronous_commit'] === 'off') {
    faults.push({
      code: 'asynchronous_commit',
      level: 'warn',
      message: 'synchronous_commit is off: the last moments before a crash of the server may be lost',
      fix: 'Set synchronous_commit = on, or local, for this database',
    });
  }
  return faults;
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const DISK_FULL = '53100';
/** Of one number a row, as a temporary file has them: 21 MB on PostgreSQL 18. */
const ROOM_ROWS = 1_500_000;

/**
 * Nobody but the machine of the server knows how full its disk is. What can be had is a try: a result that does not fit into memory
 * goes to a temporary file beside the data, which is gone when the statement ends. A read, which changes nothing.
 */
async function roomFaults(database: Database): Promise<readonly StoreFault[]> {
  try {
    await database.transaction(async (statements) => {
      await statements.run(`set local work_mem = '64kB'`);
      await statements.first('select count(*) from generate_series(1, $1::integer)', [ROOM_ROWS]);
    });
    return [];
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    // A temp_file_limit of the operator's is no full disk.
    if (sqlStateOf(error.cause) !== DISK_FULL) return [];
    return [
      {
        code: 'disk_full',
        level: 'fail',
        message: `${error.message}: it has no room for some 20 MB more`,
        fix: 'Make room where the server keeps its data, or give it a larger volume',
      },
    ];
  }
}

/** A dropped or disabled trigger would let records be changed. */
async function triggerFaults(
  database: Database,
  migrations: readonly Migration[],
): Promise<readonly StoreFault[]> {
  const rows = await database.all(
    `select tgname as name, tgenabled::text as enabled from pg_trigger
      where not tgisinternal and tgrelid in (
        select oid from pg_class where relnamespace = $1::regnamespace and relname like 'aegis\\_siem%')`,
    [DEFAULT_SCHEMA],
  );
  const enabled = new Set(rows.filter((row) => row['enabled'] !== 'D').map((row) => String(row['name'])));
  const missing = [...triggerNames(migrations)].filter((name) => !enabled.has(name));
  if (missing.length === 0) return [];
  return [
    {
      code: 'schema_changed',
      level: 'fail',
      message: `Dropped or disabled in the database: ${missing.join(', ')}. Records may have been altered past the triggers`,
      fix: 'Find out who changed the database; prove the records with "aegis-siem verify", then make the triggers again',
    },
  ];
}

/** Names of the triggers that the migrations leave behind, in the order of their statements. */
function triggerNames(migrations: readonly Pick<Migration, 'sql'>[]): ReadonlySet<string> {
  const names = new Set<string>();
  const statement =
    /\b(?<verb>create|drop)\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+(?:if\s+exists\s+)?(?<name>\w+)/gi;
  for (const { sql } of migrations) {
    for (const { groups } of sql.replaceAll(/--[^\n]*/g, '').matchAll(statement)) {
      if (groups?.['verb']?.toLowerCase() === 'create') names.add(groups['name'] ?? '');
      else names.delete(groups?.['name'] ?? '');
    }
  }
  return names;
}
