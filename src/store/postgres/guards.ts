import type { BrokenGuard } from '../../outbox/evidence-store.ts';
import { integer, maybeText, text } from '../column.ts';
import type { Row, Statements } from './database.ts';
import type { Migration } from '../migration-files.ts';
import { readMigrations } from './migrate.ts';

const REFUSING_FUNCTION = 'aegis_siem_refuse_change';
/** Of pg_trigger.tgtype: before, for each row, update and delete; before, for each statement, truncate. */
const ROW_TYPE = 2 + 1 + 8 + 16;
const TRUNCATE_TYPE = 2 + 32;

/** Holds the triggers on our tables against what the migrations make of them. */
export async function readGuards(statements: Statements, schema: string): Promise<readonly BrokenGuard[]> {
  const rows = await statements.all(
    `select t.tgname as name, t.tgenabled::text as enabled, t.tgtype::integer as type, p.proname as function,
       p.prosrc as body, (t.tgqual is not null)::integer as has_condition
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
     join pg_proc p on p.oid = t.tgfoid
     where not t.tgisinternal and n.nspname = $1 and c.relname like 'aegis\\_siem%' order by c.relname, t.tgname`,
    [schema],
  );
  const migrations = readMigrations();
  const wanted = wantedTriggers(migrations);
  const found = new Map(rows.map((row) => [text(row, 'name'), row]));
  const broken: BrokenGuard[] = [];
  for (const trigger of wanted.keys()) {
    const problem = problemOf(found.get(trigger), wanted.get(trigger) ?? 'any', refusingBody(migrations));
    if (problem !== undefined) broken.push({ trigger, problem });
  }
  for (const trigger of found.keys()) if (!wanted.has(trigger)) broken.push({ trigger, problem: 'foreign' });
  return broken;
}

/** What a trigger must be: one that refuses changes, always; or one of the others. */
type Wanted = 'refuses_rows' | 'refuses_truncate' | 'any';

function problemOf(row: Row | undefined, wanted: Wanted, body: string): BrokenGuard['problem'] | undefined {
  if (row === undefined) return 'missing';
  const enabled = text(row, 'enabled');
  if (enabled === 'D') return 'disabled';
  if (wanted === 'any') return undefined;
  if (enabled !== 'A') return 'disabled';
  const isWhole =
    text(row, 'function') === REFUSING_FUNCTION &&
    maybeText(row, 'body')?.trim() === body &&
    integer(row, 'has_condition') === 0 &&
    integer(row, 'type') === (wanted === 'refuses_rows' ? ROW_TYPE : TRUNCATE_TYPE);
  return isWhole ? undefined : 'changed';
}

const STATEMENT =
  /\b(?<verb>create|drop)\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\s+(?:if\s+exists\s+)?(?<name>\w+)(?<rest>[^;]*);/gi;

function wantedTriggers(migrations: readonly Pick<Migration, 'sql'>[]): ReadonlyMap<string, Wanted> {
  const wanted = new Map<string, Wanted>();
  for (const { sql } of migrations) {
    for (const { groups } of sql.replaceAll(/--[^\n]*/g, '').matchAll(STATEMENT)) {
      const name = groups?.['name'] ?? '';
      const rest = groups?.['rest'] ?? '';
      if (groups?.['verb']?.toLowerCase() === 'drop') wanted.delete(name);
      else if (!rest.includes(REFUSING_FUNCTION)) wanted.set(name, 'any');
      else wanted.set(name, /\btruncate\b/i.test(rest) ? 'refuses_truncate' : 'refuses_rows');
    }
  }
  return wanted;
}

/** The text between `$$` of the last definition. */
function refusingBody(migrations: readonly Pick<Migration, 'sql'>[]): string {
  const bodies = migrations.flatMap(({ sql }) =>
    [...sql.matchAll(/function @schema@\.aegis_siem_refuse_change\(\)[^$]*\$\$(?<body>.*?)\$\$/gs)].map(
      ({ groups }) => groups?.['body'] ?? '',
    ),
  );
  return (bodies.at(-1) ?? '').trim();
}
