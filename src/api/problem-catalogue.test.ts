import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { PROBLEMS } from './problem-catalogue.ts';
import { problemReference } from './problem-reference.ts';

const plain = (text: string): string => text.replaceAll(/ +/g, ' ').replaceAll(/-+/g, '-');

test('docs/reference/errors.md is what the catalogue makes', () => {
  const file = path.join(import.meta.dirname, '../../docs/reference/errors.md');
  assert.equal(plain(readFileSync(file, 'utf8')), plain(problemReference()));
});

test('every code of the catalogue is answered somewhere', () => {
  const sources = globSync('**/*.ts', { cwd: import.meta.dirname })
    .filter((file) => !file.endsWith('.test.ts') && !file.endsWith('problem-catalogue.ts'))
    .map((file) => readFileSync(path.join(import.meta.dirname, file), 'utf8'))
    .join('\n');
  const unused = Object.keys(PROBLEMS).filter((code) => !sources.includes(`'${code}'`));
  assert.deepEqual(unused, []);
});

test('a code says what it is: its status is an error and its texts are sentences', () => {
  for (const [code, { status, title, advice }] of Object.entries(PROBLEMS)) {
    assert.match(code, /^[a-z]+(_[a-z]+)*$/);
    assert.ok(status >= 400 && status < 600, code);
    assert.ok(title.length > 5 && advice.endsWith('.'), code);
  }
});
