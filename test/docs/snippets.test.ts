/** What README.md and docs/start tell the reader to type is there: commands, options, names, links. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import packageJson from '../../package.json' with { type: 'json' };
import { parseAttestation } from '../../src/attestation/parse-attestation.ts';
import { COMMON_OPTIONS } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import * as library from '../../src/library.ts';
import { SETTING_ENTRIES } from '../../src/settings/settings-schema.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGES = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', ...globSync('docs/**/*.md', { cwd: ROOT })];
/** Variables of the CLI that are no setting of the service. */
const CLI_VARIABLES = ['AEGIS_SIEM_CONFIG', 'AEGIS_SIEM_URL', 'AEGIS_SIEM_API_KEY'];

/** Variables that tests read. */
const TEST_VARIABLES = globSync('{test,src}/**/*.ts', { cwd: ROOT }).flatMap(
  (file) => readFileSync(join(ROOT, file), 'utf8').match(/\bAEGIS_SIEM_TEST_[A-Z_]+(?='])/g) ?? [],
);

function read(page: string): string {
  return readFileSync(join(ROOT, page), 'utf8');
}

function snippets(page: string, language: string): readonly string[] {
  const pattern = new RegExp(`^ *\`\`\`${language}\\n(?<code>[^]*?)^ *\`\`\``, 'gm');
  return [...read(page).matchAll(pattern)].map((match) => match.groups?.['code'] ?? '');
}

/** Commands of a shell snippet, continued lines joined. */
function commandLines(code: string): readonly string[] {
  return code
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .flatMap((line) => line.split(/ \| | && /))
    .map((line) => line.trim());
}

function checkCliLine(line: string, page: string): void {
  const words = line.replace(/ [<>].*$/, '').split(/\s+/);
  const command = COMMANDS.find(({ name }) => [words.slice(0, 2).join(' '), words[0]].includes(name));
  assert.ok(command !== undefined, `${page}: there is no command in "${line}"`);
  for (const word of words.filter((candidate) => candidate.startsWith('--'))) {
    const option = word.slice(2).split('=')[0] ?? '';
    assert.ok(option in { ...command.options, ...COMMON_OPTIONS }, `${page}: ${command.name} has no ${word}`);
  }
}

for (const page of PAGES) {
  test(`${page}: every command and script that it names is there, with its options`, () => {
    for (const line of snippets(page, 'sh').flatMap(commandLines)) {
      const script = /^npm (?:run (?:-s )?)?(?<name>start|test|[a-z:-]+)/.exec(line)?.groups?.['name'];
      if (script !== undefined && !['ci', 'install'].includes(script)) {
        assert.ok(script in packageJson.scripts, `${page}: npm run ${script}`);
      }
      const ours = /^(?:npm run -s aegis-siem --|aegis-siem) (?<line>.*)$/.exec(line)?.groups?.['line'];
      if (ours !== undefined) checkCliLine(ours, page);
      const demo = /^npm run demo -- (?<line>.*)$/.exec(line)?.groups?.['line'];
      if (demo !== undefined) checkCliLine(`demo ${demo}`, page);
    }
  });

  test(`${page}: links lead somewhere, and settings exist`, () => {
    for (const [, target = ''] of read(page).matchAll(/\]\((?!https?:|mailto:|#)([^)#\s]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(ROOT, dirname(page), target)), `${page}: ${target}`);
    }
    const known = new Set([
      ...SETTING_ENTRIES.map(([, { name }]) => name),
      ...CLI_VARIABLES,
      ...TEST_VARIABLES,
    ]);
    for (const [name] of read(page).matchAll(/\bAEGIS_SIEM_[A-Z_]+[A-Z]\b/g)) {
      assert.ok(known.has(name), `${page}: ${name}`);
    }
  });

  test(`${page}: what it imports is exported`, () => {
    for (const code of snippets(page, 'ts')) {
      for (const [, names = ''] of code.matchAll(/import \{([^}]+)\} from 'aegis-siem'/g)) {
        for (const name of names.split(',').map((part) => part.trim())) assert.ok(name in library, name);
      }
    }
  });
}

test('the attestation that README.md posts is taken', () => {
  const text = /-d '(?<json>\{[^']*\})'/.exec(read('README.md'))?.groups?.['json'];
  assert.ok(text !== undefined);
  const parsed = parseAttestation(text);
  assert.ok(parsed.ok, JSON.stringify(parsed));
});
