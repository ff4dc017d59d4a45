/**
 * The runbook drill: each fault is made for real on an installation of its own (the service as a process, SIEMs that imitate Splunk
 * and Azure), the commands of the page are run from the page itself, and all must be well again. Writes docs/operations/drill.md,
 * the whole of it, and reports/runbooks.json.
 *
 *   npm run drill:runbooks              all of them, several minutes; as root on Linux (two mount a tmpfs)
 *   npm run drill:runbooks -- restore   one page, writes nothing
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ALL_DRILLS, pagesLeftOut } from './runbooks/all-drills.ts';
import { drillPage } from './runbooks/drill-page.ts';
import { carryOut, type DrillResult } from './runbooks/runbook-drill.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const FOLDER = join(ROOT, 'docs', 'operations');
const PAGE = join(FOLDER, 'drill.md');

const leftOut = pagesLeftOut(FOLDER);
if (leftOut.length > 0) throw new Error(`neither drilled nor named as not drilled: ${leftOut.join(', ')}`);
const [only] = process.argv.slice(2);
const drills = ALL_DRILLS.filter(({ page }) => only === undefined || page === only);
if (drills.length === 0) throw new Error(`no drill of "${only ?? ''}"`);
const results: DrillResult[] = [];
for (const { make } of drills) {
  const result = await carryOut(await make());
  results.push(result);
  console.error(
    `${result.page}: ${result.failure ?? `seen "${result.symptom ?? ''}", mended in ${result.mendSeconds ?? '-'} s`}`,
  );
}
if (only === undefined) {
  mkdirSync(join(ROOT, 'reports'), { recursive: true });
  writeFileSync(join(ROOT, 'reports', 'runbooks.json'), `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(PAGE, drillPage(results));
  // The document is held to the same format as everything else.
  execFileSync(join(ROOT, 'node_modules', '.bin', 'oxfmt'), [PAGE]);
}
const failed = results.filter(({ failure }) => failure !== undefined);
console.error(`${results.length - failed.length} of ${results.length} runbooks led to the end`);
process.exitCode = failed.length === 0 ? 0 : 1;
