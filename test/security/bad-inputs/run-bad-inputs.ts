import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { BadInput } from './bad-input.ts';
import { BadInputWorld } from './bad-input-world.ts';

const ROOT = join(import.meta.dirname, '..', '..', '..');

/** Tries every input of a list at the service on both stores; after each a record beside it is recorded and delivered. */
export function runBadInputs(title: string, inputs: readonly BadInput[]): void {
  for (const store of ['sqlite', 'postgres'] as const) {
    describe(`${title} (${store})`, () => {
      let world: BadInputWorld;
      before(async () => {
        world = await BadInputWorld.open(store);
      });
      after(() => world[Symbol.asyncDispose]());

      for (const { id, input, expected, run } of inputs) {
        if (run === undefined) continue;
        it(`${id} ${input}: ${expected}; its neighbour arrives`, { timeout: 60_000 }, async () => {
          await run(world);
          await world.neighbour();
        });
      }
    });
  }

  describe(`${title}: shown elsewhere`, () => {
    for (const { id, input, expected, alsoShownBy = [] } of inputs) {
      if (alsoShownBy.length === 0) continue;
      it(`${id} ${input}: ${expected}`, () => {
        for (const [file, name] of alsoShownBy) {
          const path = join(ROOT, file);
          assert.ok(name.length > 5, 'a test is named');
          assert.ok(existsSync(path), `${file} is there`);
          assert.ok(readFileSync(path, 'utf8').includes(name), `${file} has "${name}"`);
        }
      });
    }
  });
}
