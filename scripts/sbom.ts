/**
 * Writes the bill of materials of what is shipped (CycloneDX JSON) on stdout, from the lockfile.
 *
 *   npm run sbom > aegis-siem.cdx.json
 *
 * `npm sbom --omit dev` in the project itself would leave out each shipped package that a tool needs too (`pg`, which the
 * tests' PostgreSQL brings along): npm 11 counts it as a tool. So npm is given a manifest and a lockfile without the tools.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Json = Record<string, unknown>;

const ROOT = join(import.meta.dirname, '..');

function readJson(name: string): Json {
  return JSON.parse(readFileSync(join(ROOT, name), 'utf8')) as Json;
}

function without(object: Json, ...keys: readonly string[]): Json {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

const manifest = without(readJson('package.json'), 'devDependencies', 'allowScripts', 'scripts', 'private');
const lock = readJson('package-lock.json');
const packages = Object.entries(lock['packages'] as Record<string, Json>)
  .filter(([, entry]) => entry['dev'] !== true)
  .map(([path, entry]) => [path, path === '' ? without(entry, 'devDependencies') : entry] as const);

const temporary = mkdtempSync(join(tmpdir(), 'aegis-siem-sbom-'));
try {
  // npm names the component after the folder.
  const folder = join(temporary, String(manifest['name']));
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  writeFileSync(
    join(folder, 'package-lock.json'),
    JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }),
  );
  const { status } = spawnSync(
    process.platform === 'win32' ? 'npm.cmd' : 'npm',
    ['sbom', '--package-lock-only', '--sbom-format', 'cyclonedx', '--sbom-type', 'application'],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' },
  );
  process.exitCode = status ?? 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
