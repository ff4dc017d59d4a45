/**
 * docs/reference/library.md, made from src/library.ts: every exported name with its doc comment and its declaration, as the
 * compiler writes them.
 *
 *   npm run library-reference > docs/reference/library.md
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const ENTRY = 'src/library.ts';
/** `export { a, type B } from './x.ts'`, `export type { C } from './y.ts'`. */
const EXPORTS = /^export (?:type )?\{(?<names>[^}]*)\} from '(?<file>[^']+)';$/gm;

interface Exported {
  readonly name: string;
  /** Of its declaration file, relative to `src/`, without extension. */
  readonly module: string;
}

/** The whole page. Compiles the library's declarations into a temporary folder. */
export function libraryReference(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aegis-siem-types-'));
  try {
    emitDeclarations(folder);
    const entries = exportsOf(readFileSync(join(ROOT, ENTRY), 'utf8'))
      .toSorted((a, b) => a.name.localeCompare(b.name, 'en'))
      .map((entry) => section(entry, declarationsOf(folder, entry.module)));
    return `${INTRODUCTION}\n${entries.join('\n')}`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const INTRODUCTION = `# Library reference

<!-- Made from src/library.ts by "npm run -s library-reference > docs/reference/library.md". -->

What \`import ... from 'aegis-siem'\` gives. How it is put to use: [embedding](../start/embed.md).
`;

function emitDeclarations(folder: string): void {
  const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
  const args = ['--noEmit', 'false', '--declaration', '--emitDeclarationOnly', '--outDir', folder];
  const { status, stdout } = spawnSync(tsc, ['-p', ROOT, ...args], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The declarations cannot be made:\n${stdout}`);
}

function exportsOf(source: string): readonly Exported[] {
  return [...source.matchAll(EXPORTS)].flatMap(({ groups }) => {
    const module = (groups?.['file'] ?? '').replace(/^\.\//, '').replace(/\.ts$/, '');
    const names = (groups?.['names'] ?? '').split(',').map((name) => name.trim().replace(/^type /, ''));
    return names.filter((name) => name !== '').map((name) => ({ name, module }));
  });
}

function declarationsOf(folder: string, module: string): string {
  return readFileSync(join(folder, 'src', `${module}.d.ts`), 'utf8');
}

function section({ name, module }: Exported, declarations: string): string {
  const start = new RegExp(
    `^export (?:declare )?(?:const|function|class|interface|type) ${name}\\b`,
    'm',
  ).exec(declarations);
  if (start === null) throw new Error(`src/${module}.ts exports no ${name}`);
  const code = declaration(declarations.slice(start.index));
  const comment = /\/\*\*(?<text>(?:(?!\*\/)[^])*)\*\/\s*$/.exec(declarations.slice(0, start.index));
  const text = comment === null ? '' : `${plain(comment.groups?.['text'] ?? '')}\n\n`;
  return `## ${name}\n\n${text}\`\`\`typescript\n${code}\n\`\`\`\n`;
}

/** From its first word to the end of the declaration: the first line that ends it at depth 0. */
function declaration(text: string): string {
  const end = /^export (?:declare )?(?:abstract )?(?:class|interface)/.test(text) ? /\}$/ : /;$/;
  let depth = 0;
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    // Bare words of private members tell the reader nothing.
    if (!/^\s+#private;$/.test(line)) lines.push(line);
    depth += (line.match(/[{([]/g) ?? []).length - (line.match(/[})\]]/g) ?? []).length;
    if (depth === 0 && end.test(line)) break;
  }
  return lines
    .join('\n')
    .replace(/^export (?:declare )?/, '')
    .trim();
}

function plain(comment: string): string {
  return comment
    .split('\n')
    .map((line) => line.replace(/^\s*\*? ?/, ''))
    .join('\n')
    .trim();
}

if (import.meta.main) process.stdout.write(libraryReference());
