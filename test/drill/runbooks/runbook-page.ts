import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const FOLDER = join(import.meta.dirname, '..', '..', '..', 'docs', 'operations');
const BLOCK = /^ *```sh\n(?<code>[^]*?)^ *```/gm;

export type RunbookPart = 'Look' | 'Mend';

/** The blocks of commands of one part of a runbook, in order, with what stands on the page for an example put right. */
export function runbookBlocks(
  page: string,
  part: RunbookPart,
  replace: Readonly<Record<string, string>>,
): readonly (readonly string[])[] {
  const text = readFileSync(join(FOLDER, `${page}.md`), 'utf8');
  const section = text.split(/^## /m).find((candidate) => candidate.startsWith(`${part}\n`)) ?? '';
  return [...section.matchAll(BLOCK)].map((match) =>
    (match.groups?.['code'] ?? '')
      .trim()
      .split('\n')
      .map((line) =>
        Object.entries(replace).reduce((done, [from, to]) => done.replaceAll(from, to), line.trim()),
      ),
  );
}
