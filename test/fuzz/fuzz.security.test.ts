/** A short run of the fuzzer; `npm run fuzz` is the long one. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiWorld, openApiWorld } from '../api/api-world.ts';
import { apiTarget } from './api-target.ts';
import { fuzzTargets } from './fuzz-targets.ts';
import { runFuzz } from './run-fuzz.ts';

const SEED = Number(process.env['AEGIS_SIEM_TEST_SEED'] ?? Date.now() % 1_000_000);
const FOR_MS = 500;

describe(`readers fed with changed bytes (AEGIS_SIEM_TEST_SEED=${SEED})`, () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());
  for (const target of [...fuzzTargets(SEED), apiTarget(() => world)]) {
    it(`${target.name}: never throws and keeps its promises`, async (t) => {
      const { inputs, crashes, longestTickMs } = await runFuzz(target, { seed: SEED, forMs: FOR_MS });
      t.diagnostic(`cases ${inputs}`);
      t.diagnostic(`longest tick ${longestTickMs.toFixed(1)} ms`);
      const [first] = crashes;
      assert.equal(
        crashes.length,
        0,
        `input (base64) ${first?.input.toString('base64')}: ${String(first?.error)}`,
      );
    });
  }

  it('finds a reader that throws, within the same time', async () => {
    const broken = {
      name: 'broken',
      seeds: ['{"code":0}'],
      read: (bytes: Buffer) => assert.ok(!bytes.includes('__proto__')),
    };
    const { crashes } = await runFuzz(broken, { seed: SEED, forMs: 5_000 });
    assert.ok(crashes.length > 0);
  });
});
