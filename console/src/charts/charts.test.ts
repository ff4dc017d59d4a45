import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isAlone } from './is-alone.ts';
import { niceTop } from './nice-top.ts';
import { barsPath } from './spark-bars-path.ts';

test('the top of an axis is at least the highest value, and no more than twice it', () => {
  for (let value = 0.001; value < 1e7; value *= 1.37) {
    const top = niceTop(value);
    assert.ok(top >= value * 0.999_999 && top <= value * 2.000_1, `${value} below ${top}`);
  }
  assert.deepEqual([0, 1, 7, 313, 1_000, 41].map(niceTop), [1, 1, 10, 400, 1_000, 60]);
});

test('bars stand on the ground, the highest fills the picture, and what is there can be seen', () => {
  assert.equal(barsPath([0, 4, 2], 30, 10), 'M10 10v-10h7.5v10zM20 10v-5h7.5v5z');
  assert.equal(barsPath([1, 1_000_000], 20, 10), 'M0 10v-1h7.5v1zM10 10v-10h7.5v10z');
  assert.equal(barsPath([], 20, 10), '');
  assert.equal(barsPath([0, 0], 20, 10), '');
});

test('a value between unknown ones is alone, at the ends too; one beside another is not', () => {
  const values = [1, null, 2, 3, null, 4];
  assert.deepEqual(
    [...values.keys()].filter((at) => isAlone(values, at)),
    [0, 5],
  );
});
