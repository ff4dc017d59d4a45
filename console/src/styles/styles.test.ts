import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const SOURCES = path.join(import.meta.dirname, '..');

/** Classes that a style sheet gives a look by themselves, in no other's context. */
function ownClasses(css: string): ReadonlySet<string> {
  const rules = css.replaceAll(/\/\*[^]*?\*\//gu, '').replaceAll(/@(?:media|keyframes)[^{]*\{/gu, '');
  const selectors = [...rules.matchAll(/(?<list>[^{}]+)\{/gu)].flatMap(
    ({ groups }) => groups?.['list']?.split(',') ?? [],
  );
  return new Set(selectors.map((one) => one.trim()).filter((one) => /^\.[\w-]+$/u.test(one)));
}

test('no class is styled by two sheets: which of them came last would depend on the pages one has seen', () => {
  const sheetsOf = Map.groupBy(
    globSync('**/*.css', { cwd: SOURCES })
      .toSorted()
      .flatMap((sheet) =>
        [...ownClasses(readFileSync(path.join(SOURCES, sheet), 'utf8'))].map((name) => ({ name, sheet })),
      ),
    ({ name }) => name,
  );
  assert.ok(sheetsOf.size > 100, 'the sheets were read');
  const twice = [...sheetsOf]
    .filter(([, uses]) => uses.length > 1)
    .map(([name, uses]) => `${name}: ${uses.map(({ sheet }) => sheet).join(', ')}`);
  assert.deepEqual(twice, []);
});
