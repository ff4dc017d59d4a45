/**
 * SPL and ES|QL have no parser that could be had for a test. What can be held is that every path in a shipped search is one of
 * the events that are sent.
 */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { StreamWorld } from '../verify/stream-world.ts';

const CONTENT = join(import.meta.dirname, '..', '..', 'content');
/** `unmapped.aegis.checkpoint.untaken{}.seq` in SPL, without the braces in ES|QL; KQL begins at `unmapped` too. */
const PATHS = /\bunmapped(?:\.\w+(?:\{\})?)+/g;
/** How KQL goes on from a checkpoint's body that it has parsed. */
const BODY_MEMBERS = /\bBody\.(\w+)/g;

function sentPaths(): ReadonlySet<string> {
  const world = new StreamWorld();
  world.send(2);
  world.sendRefused({ untaken: true });
  world.checkpoint();
  world.checkpoint({ stopped: true });
  const paths = new Set<string>();
  const walk = (value: unknown, path: string): void => {
    paths.add(path);
    if (typeof value !== 'object' || value === null) return;
    for (const [name, member] of Object.entries(value))
      walk(member, Array.isArray(value) ? path : path === '' ? name : `${path}.${name}`);
  };
  for (const text of world.texts()) walk(JSON.parse(text), '');
  return paths;
}

describe('the shipped searches', () => {
  const sent = sentPaths();
  const files = globSync('{splunk,elastic,sentinel}/**/*.{spl,esql,kql}', { cwd: CONTENT });

  it('are read, those of three kinds', () => {
    const kinds = new Set(files.map((file) => file.split('.').at(-1)));
    assert.deepEqual(kinds, new Set(['spl', 'esql', 'kql']));
  });

  for (const file of files) {
    const text = readFileSync(join(CONTENT, file), 'utf8');
    const named = [
      ...[...text.matchAll(PATHS)].map(([path]) => path.replaceAll('{}', '')),
      ...[...text.matchAll(BODY_MEMBERS)].map(([, name = '']) => `unmapped.aegis.checkpoint.${name}`),
    ];
    it(`${file} names ${named.length} paths, all of them of events that are sent`, () => {
      assert.deepEqual(
        named.filter((path) => !sent.has(path)),
        [],
      );
      if (/checkpoint-counts|stream-silence|\.esql$/.test(file)) assert.ok(named.length > 0);
    });
  }
});
