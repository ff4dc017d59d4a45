import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { describe, it } from 'node:test';
import { GOLDEN_FOLDER } from '../../scripts/golden.ts';
import { goldenEvents, goldenText } from '../../test/golden/ocsf-cases.ts';
import { validateEvent } from './validate-event.ts';

const REFRESH =
  'the bytes of an event changed: raise RENDERER_VERSION once it is released, then npm run golden';

describe('golden events', () => {
  const events = goldenEvents();
  for (const [name, event] of events) {
    it(`gives the kept bytes for ${name}, and they are valid`, () => {
      assert.equal(goldenText(event), readFileSync(join(GOLDEN_FOLDER, `${name}.json`), 'utf8'), REFRESH);
      assert.deepEqual(validateEvent(JSON.parse(JSON.stringify(event))), []);
    });
  }

  it('has a case for every file', () => {
    const files = globSync('*.json', { cwd: GOLDEN_FOLDER }).map((file) => parse(file).name);
    assert.deepEqual(files.sort(), [...events.keys()].sort());
  });
});
