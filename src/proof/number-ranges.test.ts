import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addNumber, countNumbers, formatRanges, type NumberRange, parseRanges } from './number-ranges.ts';

describe('number ranges', () => {
  it('come back from their text, with all numbers and no others', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 300 })), (numbers) => {
        const ranges: NumberRange[] = [];
        for (const number of numbers.toSorted((a, b) => a - b)) addNumber(ranges, number);
        assert.deepEqual(parseRanges(formatRanges(ranges)), ranges);
        assert.equal(countNumbers(ranges), numbers.length);
        for (const number of numbers)
          assert.ok(ranges.some(({ from, to }) => number >= from && number <= to));
      }),
    );
  });

  it('have one text: any other that could be read as the same numbers is refused', () => {
    for (const text of ['2-1', '1,2', '5,3', '1-3,2', '1-1', '01', '0', '-1', '1-', '1,', ' 1', 'x', '1;3'])
      assert.equal(parseRanges(text), undefined, text);
  });
});
