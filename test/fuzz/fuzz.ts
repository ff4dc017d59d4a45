/**
 * `npm run fuzz`: readers of what others wrote, fed with changed bytes for a set time. Ends with status 1 when one of them
 * throws or breaks a promise; shows the input and the seed that find it again.
 *
 *   npm run fuzz -- --seconds 300     all together this long (60)
 *   npm run fuzz -- --seed 7          the same inputs again
 *   npm run fuzz -- --only parser     the readers with this in their name
 */
import { parseArgs } from 'node:util';
import { openApiWorld } from '../api/api-world.ts';
import { apiTarget } from './api-target.ts';
import { fuzzTargets } from './fuzz-targets.ts';
import { runFuzz } from './run-fuzz.ts';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    only: { type: 'string', default: '' },
  },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const world = await openApiWorld();
const targets = [...fuzzTargets(seed), apiTarget(() => world)].filter(({ name }) =>
  name.includes(values.only),
);
const forMs = (Number(values.seconds) * 1_000) / Math.max(1, targets.length);
let crashes = 0;
console.log(`seed ${seed}\n\n| reader | inputs | crashes | longest tick (ms) |\n|---|---:|---:|---:|`);
for (const target of targets) {
  const result = await runFuzz(target, { seed, forMs });
  crashes += result.crashes.length;
  console.log(
    `| ${result.name} | ${result.inputs} | ${result.crashes.length} | ${result.longestTickMs.toFixed(1)} |`,
  );
  for (const { input, error } of result.crashes) {
    console.error(
      `\n${result.name}, seed ${seed}, input (base64): ${input.toString('base64').slice(0, 4_000)}`,
    );
    console.error(error);
  }
}
await world.close();
process.exitCode = crashes === 0 && targets.length > 0 ? 0 : 1;
