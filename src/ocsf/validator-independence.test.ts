import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';

/** Every file that a file imports, its own imports' imports too; imports of types alone bring no code. */
function reach(file: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  for (const [, clause = '', path = ''] of text.matchAll(/^import\s+([^;]*?)\s+from\s+'(\.[^']+)'/gms)) {
    if (!clause.startsWith('type ')) reach(resolve(dirname(file), path), seen);
  }
  return seen;
}

void test('the validator shares no file with the mapping that it judges', () => {
  const validator = reach(resolve(import.meta.dirname, 'validate-event.ts'));
  const mapping = reach(resolve(import.meta.dirname, 'map-attestation.ts'));
  assert.ok(validator.size >= 4 && mapping.size >= 12, 'both were walked');
  assert.deepEqual(
    [...validator].filter((file) => mapping.has(file)),
    [],
  );
});
