/**
 * The runbook drill: each fault is made for real on an installation of its own (the service as a process, SIEMs that imitate Splunk
 * and Azure), the commands of the page are run from the page itself, and all must be well again. Writes the table of
 * docs/operations/drill.md and reports/runbooks.json.
 *
 *   npm run drill:runbooks              all of them, a few minutes
 *   npm run drill:runbooks -- restore   one page, writes nothing
 */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseFailover } from './runbooks/database-runbooks.ts';
import { blockedAddress, clock, diskFull, upgrade } from './runbooks/host-runbooks.ts';
import { keyRotation, leakedApiKey, lostKey, restore, serviceDown } from './runbooks/own-runbooks.ts';
import { carryOut, type DrillResult, type RunbookDrill } from './runbooks/runbook-drill.ts';
import {
  backlogFull,
  certificate,
  dcrChanged,
  gapAlarm,
  poisonEvent,
  siemDown,
  tokenExpired,
} from './runbooks/siem-runbooks.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The commonest first. */
const DRILLS: Readonly<Record<string, () => RunbookDrill | Promise<RunbookDrill>>> = {
  'siem-down': () => siemDown,
  'token-expired': () => tokenExpired,
  'dcr-changed': () => dcrChanged,
  'poison-event': () => poisonEvent,
  certificate: () => certificate,
  'leaked-api-key': () => leakedApiKey,
  'key-rotation': () => keyRotation,
  'lost-key': () => lostKey,
  restore: () => restore,
  'gap-alarm': () => gapAlarm,
  'backlog-full': () => backlogFull,
  'database-failover': databaseFailover,
  'service-down': () => serviceDown,
  'disk-full': () => diskFull,
  upgrade,
  'blocked-address': () => blockedAddress,
  clock,
};

/** Pages that are not followed here, and what holds them instead. */
const NOT_DRILLED: Readonly<Record<string, string>> = {
  'prune-records': 'nothing is broken; its commands are followed by the test of the command',
};

const HEAD = `# Runbooks, followed

<!-- The table is made by "npm run drill:runbooks". -->

Each fault is made for real on an installation of its own: the service as a process, with the embedded store where
the page is not about PostgreSQL, and servers that imitate Splunk or Azure. The commands under "Look" and "Mend" are run in a shell **as they stand on the page** (addresses, ids and times of
its examples replaced); what the page has a person do beside them is done by the drill. "Look" must show the symptom, each command of
"Mend" must end with 0, and "Confirm" must hold: healthy, nothing waits, every recorded decision is in the SIEM. Seconds are those of
the machine, without reading or deciding; each command starts a process, which is most of it. Where a page
has several ways out, the first is taken: a dead letter is retried and not skipped, a lost master key comes back from its copy.

`;

function page(results: readonly DrillResult[]): string {
  const rows = results.map((result) =>
    [
      `[${result.page}](${result.page}.md)`,
      result.fault,
      result.symptom === undefined ? '-' : `\`${result.symptom.trim()}\``,
      String(result.lookSeconds ?? '-'),
      String(result.mendSeconds ?? '-'),
      result.failure === undefined ? 'well again' : 'FAILED',
    ].join(' | '),
  );
  const others = Object.entries(NOT_DRILLED).map(([name, why]) => `| [${name}](${name}.md) | ${why} |`);
  return `${HEAD}| runbook | what was broken | seen under "Look" | looked, s | mended, s | result |
| --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}

Not followed by this drill:

| runbook | why, and what stands in for it |
| --- | --- |
${others.join('\n')}
`;
}

/** Every runbook is followed, or is named among those that are not. */
function checkCovered(): void {
  const known = new Set([...Object.keys(DRILLS), ...Object.keys(NOT_DRILLED)]);
  const folder = join(ROOT, 'docs', 'operations');
  // Other pages describe; a runbook has something to mend.
  const pages = globSync('*.md', { cwd: folder })
    .filter((file) => readFileSync(join(folder, file), 'utf8').includes('\n## Mend\n'))
    .map((file) => file.slice(0, -'.md'.length));
  const unknown = pages.filter((name) => !known.has(name));
  if (unknown.length > 0) throw new Error(`neither drilled nor named as not drilled: ${unknown.join(', ')}`);
}

checkCovered();
const [only] = process.argv.slice(2);
const drills = Object.entries(DRILLS).filter(([name]) => only === undefined || name === only);
if (drills.length === 0) throw new Error(`no drill of "${only ?? ''}"`);
const results: DrillResult[] = [];
for (const [, drill] of drills) {
  const result = await carryOut(await drill());
  results.push(result);
  console.error(
    `${result.page}: ${result.failure ?? `seen "${result.symptom ?? ''}", mended in ${result.mendSeconds ?? '-'} s`}`,
  );
}
if (only === undefined) {
  mkdirSync(join(ROOT, 'reports'), { recursive: true });
  writeFileSync(join(ROOT, 'reports', 'runbooks.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(join(ROOT, 'docs', 'operations', 'drill.md'), page(results));
}
const failed = results.filter(({ failure }) => failure !== undefined);
console.error(`${results.length - failed.length} of ${results.length} runbooks led to the end`);
process.exitCode = failed.length === 0 ? 0 : 1;
