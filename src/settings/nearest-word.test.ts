import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestWord } from './nearest-word.ts';

const KNOWN = ['map', 'migrate', 'serve', 'validate', 'destinations'];

for (const [word, meant] of [
  ['mpa', 'map'],
  ['mapp', 'map'],
  ['sreve', 'serve'],
  ['valdiate', 'validate'],
  ['destination', 'destinations'],
  ['VALIDATE', 'validate'],
  ['frobnicate', undefined],
  ['x', undefined],
  ['', undefined],
] as const) {
  test(`"${word}" is taken for ${meant ?? 'nothing'}`, () => {
    assert.equal(nearestWord(word, KNOWN), meant);
  });
}
