/**
 * Holds the import rules: inner folders never import outer ones, everything from the outbox to the wire imports nothing but
 * `node:` modules and itself, and outbound calls go one way (outbound-calls.ts); and that nothing is committed that is installed or built
 * (tracked-files.ts).
 *
 * `src/<folder>` may import the folders listed for it. A folder that is not listed fails: decide where it belongs.
 */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { outboundProblems } from './outbound-calls.ts';
import { trackedFilesProblems } from './tracked-files.ts';

/** Folder -> folders it may import besides itself. Inner first. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  attestation: [],
  proof: [],
  verify: ['proof'],
  egress: [],
  secrets: [],
  ocsf: ['attestation', 'proof'],
  connectors: ['ocsf', 'egress'],
  outbox: ['attestation', 'proof', 'ocsf', 'connectors'],
  delivery: ['attestation', 'proof', 'ocsf', 'connectors', 'outbox', 'secrets', 'egress'],
  store: ['attestation', 'proof', 'ocsf', 'connectors', 'outbox'],
  settings: ['egress', 'secrets', 'store'],
};

/** From outbox to wire: the standard library only. */
const STANDARD_LIBRARY_ONLY = new Set([
  'attestation',
  'proof',
  'verify',
  'egress',
  'secrets',
  'ocsf',
  'connectors',
  'outbox',
  'delivery',
]);

/** Edges may import everything inward; they are listed so that a new folder is a decision. */
const EDGES = new Set(['metrics', 'notices', 'telemetry', 'api', 'cli', 'demo']);

/** `import ... from 'x'`, `export ... from 'x'`, `import 'x'`, `import('x')`. */
const IMPORT =
  /(?:^(?:import|export)\b[^;'"]*?\bfrom\s*|^import\s+|\bimport\s*\(\s*)(['"])(?<specifier>[^'"]+)\1/gm;

export function checkLayers(root: string): string[] {
  const problems: string[] = [...trackedFilesProblems(root), ...outboundProblems(sourcesOf(root))];
  for (const file of globSync('src/**/*.ts', { cwd: root })) {
    if (file.endsWith('.test.ts')) continue;
    const parts = file.split(path.sep);
    const folder = parts.length > 2 ? (parts[1] ?? '') : '';
    if (folder !== '' && !(folder in LAYERS) && !EDGES.has(folder)) {
      problems.push(`${file}: src/${folder} has no layer; name it in scripts/check-layers.ts`);
    }
    for (const specifier of importsOf(readFileSync(path.join(root, file), 'utf8'))) {
      const problem = judge(file, folder, specifier);
      if (problem !== undefined) problems.push(`${file}: ${problem}`);
    }
  }
  return problems;
}

function sourcesOf(root: string): readonly (readonly [string, string])[] {
  return globSync('src/**/*.{ts,tsx}', { cwd: root }).map((file) => [
    file.split(path.sep).join('/'),
    readFileSync(path.join(root, file), 'utf8'),
  ]);
}

function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)].flatMap((match) => match.groups?.['specifier'] ?? []);
}

function judge(file: string, folder: string, specifier: string): string | undefined {
  if (!specifier.startsWith('.')) {
    if (STANDARD_LIBRARY_ONLY.has(folder) && !specifier.startsWith('node:')) {
      return `imports ${specifier}; from outbox to wire only node: modules are allowed`;
    }
    return undefined;
  }
  const allowed = LAYERS[folder];
  if (allowed === undefined) return undefined;
  const target = path.normalize(path.join(path.dirname(file), specifier)).split(path.sep);
  const targetFolder = target.length > 2 ? (target[1] ?? '') : '';
  if (target[0] !== 'src') return `imports ${specifier}, outside of src`;
  const isRootFile = targetFolder === '';
  if (isRootFile) return target[1] === 'json.ts' ? undefined : `imports ${target.join('/')}, an outer file`;
  if (targetFolder === folder || allowed.includes(targetFolder)) return undefined;
  return `imports src/${targetFolder}; src/${folder} may import ${allowed.join(', ') || 'nothing else'}`;
}

if (import.meta.main) {
  const problems = checkLayers(path.join(import.meta.dirname, '..'));
  for (const problem of problems) console.error(problem);
  console.error(
    problems.length === 0 ? 'layers: ok' : `layers: ${problems.length} problems (see ARCHITECTURE.md)`,
  );
  process.exitCode = problems.length === 0 ? 0 : 1;
}
