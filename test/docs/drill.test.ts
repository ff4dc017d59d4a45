/** docs/operations/drill.md is what "npm run drill:runbooks" wrote in one run: nothing in it by hand, nothing left out. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ALL_DRILLS, pagesLeftOut } from '../drill/runbooks/all-drills.ts';
import { drillPage, PASSED } from '../drill/runbooks/drill-page.ts';
import type { DrillResult } from '../drill/runbooks/runbook-drill.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'operations');
const DOCUMENT = readFileSync(join(FOLDER, 'drill.md'), 'utf8');

/** Rows of the first table. */
function results(): readonly (DrillResult & { readonly result: string })[] {
  return [...DOCUMENT.matchAll(/^\| \[(?<page>[a-z-]+)\]\(\S+\) (?<rest>.*) \|$/gm)].flatMap(({ groups }) => {
    const cells = (groups?.['rest'] ?? '').split('|').map((text) => text.trim());
    if (cells.length !== 6) return [];
    const [, fault = '', symptom = '', looked = '', mended = '', result = ''] = cells;
    return [
      {
        page: groups?.['page'] ?? '',
        fault,
        symptom: symptom.replaceAll('`', ''),
        commands: 0,
        lookSeconds: Number(looked),
        mendSeconds: Number(mended),
        result,
      },
    ];
  });
}

/** Without what a formatter may do to a table. */
function plain(text: string): string {
  return text.replaceAll(/-{3,}/g, '---').replaceAll(/[ ]+/g, ' ');
}

test('every runbook is followed, or is named with what stands in for it', () => {
  assert.deepEqual(pagesLeftOut(FOLDER), []);
});

test('the table has every drill in its order, each carried to its end', () => {
  const found = results();
  assert.deepEqual(
    found.map(({ page }) => page),
    ALL_DRILLS.map(({ page }) => page),
  );
  for (const { page, fault, symptom, lookSeconds, mendSeconds, result } of found) {
    assert.equal(result, PASSED, page);
    assert.ok(fault.length > 10 && (symptom ?? '').length > 2, page);
    assert.ok((lookSeconds ?? 0) > 0 && (mendSeconds ?? 0) > 0, `${page}: seconds were measured`);
  }
});

test('the page is what the command writes', () => {
  assert.equal(plain(DOCUMENT), plain(drillPage(results())));
});
