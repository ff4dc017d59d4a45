import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { MAX_ANSWER_CHARS } from './outcome.ts';
import { answerText } from './answer-text.ts';

test('a text keeps its words, and control characters become visible', () => {
  assert.equal(
    answerText('refused: \u001b[31mred\u0000 \u202etxt', []),
    'refused: \\u{1b}[31mred\\u{0} \\u{202e}txt',
  );
  assert.equal(answerText('two\r\nlines\tmore', []), 'two  lines more');
});

test('a secret that the remote repeats is taken out, as sent and as encoded', () => {
  const secret = 'p&ss"w rd+é%';
  for (const form of [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
  ]) {
    assert.equal(answerText(`given: ${form}!`, [secret]), 'given: [removed]!');
  }
});

test('no text leaves anything unprintable, over the bound, or a secret', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary', maxLength: 3_000 }),
      fc.string({
        minLength: 6,
        maxLength: 40,
        unit: fc.constantFrom('a', 'Z', '0', '9', '&', '+', '%', '~'),
      }),
      (text, secret) => {
        const out = answerText(`${text}${secret}${text}`, [secret]);
        assert.ok(out.length <= MAX_ANSWER_CHARS);
        assert.ok(!out.includes(secret));
        assert.ok(out.isWellFormed());
        assert.ok(!/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(out));
      },
    ),
  );
});
