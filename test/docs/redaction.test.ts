/** docs/reference/redaction.md names every field, pattern and action, and its command finds what events hold. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { REDACTABLE_FIELDS } from '../../src/attestation/redactable-fields.ts';
import { PATTERN_NAMES } from '../../src/ocsf/redaction/patterns/pattern.ts';
import { mistakeIn, REDACTION_ACTIONS, type RedactionRule } from '../../src/ocsf/redaction/redaction-rule.ts';
import { createRedactor } from '../../src/ocsf/redaction/redactor.ts';
import { accepted } from '../support/ocsf-settings.ts';
import { SMALLEST_ATTESTATION } from '../support/valid-attestation.ts';

const PAGE = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'reference', 'redaction.md'), 'utf8');

/** First and last cell of the rows of the table that has this heading. */
function rowsOf(heading: string): readonly (readonly [names: readonly string[], last: string])[] {
  const table = PAGE.split('\n\n').find((part) => part.startsWith(`| ${heading} `)) ?? '';
  return table
    .split('\n')
    .slice(2)
    .filter((line) => line.startsWith('|'))
    .map((line) => {
      const cells = line.split('|').map((cell) => cell.trim());
      const names = [...(cells[1] ?? '').matchAll(/`(?<name>[a-z_.\d]+)`/g)];
      return [names.map((match) => match.groups?.['name'] ?? ''), cells.at(-2) ?? ''] as const;
    });
}

test('every field stands in the table with the actions that it takes', () => {
  const rows = rowsOf('field').flatMap(([names, actions]) => names.map((name) => [name, actions] as const));
  assert.deepEqual(rows.map(([name]) => name).toSorted(), Object.keys(REDACTABLE_FIELDS).toSorted());
  for (const [name, actions] of rows) {
    const { only }: { readonly only?: string } = REDACTABLE_FIELDS[name as keyof typeof REDACTABLE_FIELDS];
    const said = actions === 'all' ? undefined : actions === '`drop` alone' ? 'drop' : 'replace';
    assert.equal(said, only, name);
  }
});

test('every pattern and every action stands in its table', () => {
  const names = (heading: string): string[] => rowsOf(heading).flatMap(([first]) => first);
  assert.deepEqual(names('pattern'), [...PATTERN_NAMES]);
  assert.deepEqual(names('action'), [...REDACTION_ACTIONS]);
});

test('the rules of the example can be carried out', () => {
  const [example = ''] = /```json\n(?<json>[^]*?)```/.exec(PAGE)?.slice(1) ?? [];
  const { redaction } = JSON.parse(example) as { redaction: readonly RedactionRule[] };
  assert.equal(mistakeIn(redaction), undefined);
});

test('the command for a value gives the digits that are in the event', () => {
  const groups = /printf %s (?<value>\S+) .*-hmac '(?<key>[^']+)'\n.*= (?<digits>[0-9a-f]{64})/.exec(
    PAGE,
  )?.groups;
  assert.ok(groups !== undefined);
  const redactor = createRedactor([{ fields: ['agent_id'], action: 'hash' }], groups['key']);
  const record = accepted({ ...SMALLEST_ATTESTATION, agent_id: groups['value'] });
  assert.equal(redactor.redact(record).attestation.agent_id, `hmac-sha256:${groups['digits']?.slice(0, 32)}`);
});
