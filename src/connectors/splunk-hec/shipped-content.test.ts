import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { encodeEvent } from './encode.ts';

const FOLDER = path.join(import.meta.dirname, '..', '..', '..', 'content', 'splunk');
const README = readFileSync(path.join(FOLDER, 'README.md'), 'utf8');
const SEARCHES = globSync('searches/*.spl', { cwd: FOLDER });

test('the README names every search', () => {
  assert.ok(SEARCHES.length > 0);
  for (const file of SEARCHES) assert.ok(README.includes(file.replaceAll(path.sep, '/')), file);
});

for (const file of SEARCHES) {
  test(`${file} uses fields that are sent beside the event`, () => {
    const { pieces } = encodeEvent({ event: {}, text: '{}', bytes: 2 }, '"source":"s"');
    const stream = { id: 's', epoch: 'e', seq: 1 };
    const event = { metadata: { uid: 'u' }, unmapped: { aegis: { stream } } };
    const [head = ''] = encodeEvent({ event, text: '{}', bytes: 2 }, '"source":"s"').pieces;
    assert.notDeepEqual(pieces[0], head);
    const { fields } = JSON.parse(`${head}{}}`) as { fields: Record<string, unknown> };
    const search = readFileSync(path.join(FOLDER, file), 'utf8');
    const used = [...search.matchAll(/\baegis_\w+/g)].map(([name]) => name);
    assert.ok(used.length > 0);
    assert.deepEqual(
      used.filter((name) => !Object.hasOwn(fields, name)),
      [],
    );
  });
}
