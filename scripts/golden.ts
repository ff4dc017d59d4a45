/** Writes the golden files of `test/golden/ocsf/` anew: look at what changed before it is committed. `npm run golden`. */
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { goldenEvents, goldenText } from '../test/golden/ocsf-cases.ts';

export const GOLDEN_FOLDER = path.join(import.meta.dirname, '..', 'test', 'golden', 'ocsf');

if (import.meta.main) {
  mkdirSync(GOLDEN_FOLDER, { recursive: true });
  const events = goldenEvents();
  for (const file of globSync('*.json', { cwd: GOLDEN_FOLDER })) {
    if (!events.has(path.parse(file).name)) rmSync(path.join(GOLDEN_FOLDER, file));
  }
  for (const [name, event] of events)
    writeFileSync(path.join(GOLDEN_FOLDER, `${name}.json`), goldenText(event));
  process.stdout.write(`golden: ${events.size} events; git diff shows what changed\n`);
}
