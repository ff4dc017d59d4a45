import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cliDocument } from './cli-document.ts';
import { COMMANDS } from './commands.ts';
import { EXIT } from './exit-codes.ts';

const FILE = join(import.meta.dirname, '..', '..', 'docs', 'reference', 'cli.md');

/** Without what the formatter does to tables. */
function plain(text: string): string {
  return text.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');
}

test('docs/reference/cli.md is what the table of commands makes', () => {
  assert.equal(plain(readFileSync(FILE, 'utf8')), plain(cliDocument(COMMANDS)));
});

test('every exit status stands in docs/reference/cli.md', () => {
  const text = plain(readFileSync(FILE, 'utf8'));
  for (const status of Object.values(EXIT)) assert.ok(text.includes(`\n| ${status} |`), String(status));
});
