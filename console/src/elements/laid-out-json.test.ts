import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laidOutJson } from './laid-out-json.ts';

test('lays out and changes nothing else: big numbers, escapes, order and marks inside of texts stay', () => {
  const text = String.raw`{"b":12345678901234567890,"a":["x, {y}: \"z\"","é"],"e":{},"f":[ ],"g":1.10}`;
  const expected = String.raw`{
  "b": 12345678901234567890,
  "a": [
    "x, {y}: \"z\"",
    "é"
  ],
  "e": {},
  "f": [],
  "g": 1.10
}`;
  assert.equal(laidOutJson(text), expected);
  assert.equal(laidOutJson(expected), expected);
});

test('several values, a bare word and broken texts are left alone', () => {
  for (const text of ['{"a":1}{"a":2}', '{"a":1}\n{"a":2}', '12', '"text"', '{"a":', '']) {
    assert.equal(laidOutJson(text), undefined, text);
  }
});
