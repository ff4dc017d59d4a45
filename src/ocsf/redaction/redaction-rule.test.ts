import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mistakeIn, needsKey, type RedactionRule } from './redaction-rule.ts';

const MISTAKES: readonly (readonly [rules: readonly RedactionRule[], pointer: string, message: RegExp])[] = [
  [[{ fields: ['session_id', 'agent_id'], action: 'drop' }], '/0/fields/1', /agent_id cannot be dropped/],
  [[{ fields: ['tool_name'], action: 'drop' }], '/0/fields/0', /mask, hash or keep_last/],
  [[{ fields: ['rewrites.op'], action: 'drop' }], '/0/fields/0', /cannot be dropped/],
  [[{ fields: ['payload_hash'], action: 'mask' }], '/0/fields/0', /only be dropped/],
  [[{ fields: ['impact.hash'], action: 'hash' }], '/0/fields/0', /only be dropped/],
  [[{ action: 'mask' }], '/0', /either fields or patterns/],
  [[{ fields: ['agent_id'], patterns: ['email'], action: 'mask' }], '/0', /either fields or patterns/],
  [[{ patterns: ['email'], action: 'mask', keep: 4 }], '/0/keep', /keep_last/],
  [
    [
      { patterns: ['email'], action: 'mask' },
      { patterns: ['jwt', 'email'], action: 'hash' },
    ],
    '/1/patterns/1',
    /earlier rule/,
  ],
];

test('rules that cannot be carried out are told by place and reason', () => {
  for (const [rules, pointer, message] of MISTAKES) {
    const mistake = mistakeIn(rules);
    assert.equal(mistake?.pointer, pointer);
    assert.match(mistake.message, message);
  }
});

test('rules that can be carried out are no mistake, and need a key only when they hash', () => {
  const rules: readonly RedactionRule[] = [
    { fields: ['agent_id', 'tool_name'], action: 'mask' },
    { fields: ['payload_hash', 'unknown'], action: 'drop' },
    { patterns: ['email'], action: 'keep_last', keep: 6 },
  ];
  assert.equal(mistakeIn(rules), undefined);
  assert.equal(needsKey(rules), false);
  assert.equal(needsKey([...rules, { fields: ['session_id'], action: 'hash' }]), true);
});
