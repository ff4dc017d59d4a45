/**
 * Makes `dist/`, the compiled form that the npm package holds: Node strips types from the project's own files, but never
 * below `node_modules`. The folders stay as they are, so that paths relative to a file hold in both forms.
 *
 *   npm run build      (also run by `npm pack` and `npm publish`)
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const DIST = join(ROOT, 'dist');

/** What the program reads while it runs, besides its code. */
const ASSETS = [
  'src/store/*/migrations/*.sql',
  'src/store/postgres/roles.sql',
  'src/ocsf/schemas/*.json',
  'examples/attestations.ndjson',
  'content/sentinel/azuredeploy.json',
];

for (const part of ['src', 'test', 'content', 'examples']) {
  rmSync(join(DIST, part), { recursive: true, force: true });
}
const tsc = join(ROOT, 'node_modules', '.bin', process.platform === 'win32' ? 'tsc.cmd' : 'tsc');
// stdout belongs to `npm pack --json`.
const { status } = spawnSync(tsc, ['-p', 'tsconfig.build.json'], { cwd: ROOT, stdio: ['ignore', 2, 2] });
if (status !== 0) {
  console.error('the compiler refused; see the mistakes with: npm run types');
  process.exit(1);
}
for (const pattern of ASSETS) {
  const found = globSync(pattern, { cwd: ROOT }).sort();
  if (found.length === 0) throw new Error(`nothing matches ${pattern}: the package would lack it`);
  for (const file of found) cpSync(join(ROOT, file), join(DIST, file));
}
if (consoleIsOld()) {
  // It empties nothing but its own folder, dist/console.
  const built = spawnSync(process.execPath, [join(ROOT, 'scripts', 'build-console.ts')], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
  });
  if (built.status !== 0) {
    console.error('the console cannot be built; see why with: npm run build:console');
    process.exit(1);
  }
}
// The compiler copies package.json, which the code reads its version from; scripts and tools have no place in there.
const { name, version, type, license } = JSON.parse(
  readFileSync(join(ROOT, 'package.json'), 'utf8'),
) as Record<string, unknown>;
writeFileSync(
  join(DIST, 'package.json'),
  `${JSON.stringify({ name, version, license, type }, undefined, 2)}\n`,
);

/** The console is built by itself while it is worked on: only an old one, or none, is built here. */
function consoleIsOld(): boolean {
  const index = statSync(join(DIST, 'console', 'index.html'), { throwIfNoEntry: false });
  if (index === undefined) return true;
  return globSync('console/**/*', { cwd: ROOT }).some(
    (file) => statSync(join(ROOT, file)).mtimeMs > index.mtimeMs,
  );
}
