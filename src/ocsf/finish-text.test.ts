import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { OcsfEvent } from './ocsf-event.ts';
import { cutText, finishText, isPlainRecord } from './finish-text.ts';

describe('finishText', () => {
  it('gives a clean event back as the same object', () => {
    const event: OcsfEvent = { message: 'a', list: ['b', { c: 'd' }], n: 1, unmapped: { aegis: {} } };
    assert.equal(finishText(event, 10), event);
  });

  it('makes keys and texts visible at any depth, and changes nothing in what it was given', () => {
    const event: OcsfEvent = { list: [{ 'a\tb': 'c\nd' }, 3], same: { x: 'y' } };
    const finished = finishText(event, 100);
    assert.deepEqual(finished, { list: [{ 'a\\u{9}b': 'c\\u{a}d' }, 3], same: { x: 'y' } });
    assert.deepEqual(event, { list: [{ 'a\tb': 'c\nd' }, 3], same: { x: 'y' } });
    assert.equal(finished['same'], event['same']);
  });

  it('keeps a key named __proto__ as an ordinary key', () => {
    const event = JSON.parse('{"unmapped":{"__proto__":{"a":"\\u0007"}}}') as OcsfEvent;
    assert.equal(
      JSON.stringify(finishText(event, 100)),
      String.raw`{"unmapped":{"__proto__":{"a":"\\u{7}"}}}`,
    );
  });

  it('lists each cut with place, length and hash of the original', () => {
    const long = 'é'.repeat(40);
    const finished = finishText({ finding: { types: ['x', long] } }, 30);
    assert.deepEqual(finished, {
      finding: { types: ['x', 'é'.repeat(30)] },
      unmapped: {
        aegis: {
          truncated: [
            { path: 'finding.types[1]', chars: 40, sha256: createHash('sha256').update(long).digest('hex') },
          ],
        },
      },
    });
  });
});

describe('cutText', () => {
  it('cuts between characters: not inside of a surrogate pair, not inside of an escape', () => {
    assert.equal(cutText('ab😀', 3), 'ab');
    assert.equal(cutText('ab😀', 4), 'ab😀');
    for (const length of [3, 4, 5, 6, 7]) assert.equal(cutText('ab\\u{1b}c', length), 'ab');
    assert.equal(cutText('ab\\u{1b}c', 8), 'ab\\u{1b}');
    assert.equal(cutText('a\\b'.repeat(5), 8), 'a\\ba\\ba\\');
  });
});

describe('isPlainRecord', () => {
  it('sends everything to the long way that could need it', () => {
    assert.equal(isPlainRecord('{"a":"Prüfer 日本 👩‍🔬"}'), true);
    for (const text of [
      String.raw`{"a":"\u001b"}`,
      '{"a":"\u009b"}',
      '{"a":"\u202e"}',
      `"${'x'.repeat(16_384)}"`,
    ]) {
      assert.equal(isPlainRecord(text), false, text.slice(0, 20));
    }
  });
});
