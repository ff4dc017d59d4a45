import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isOddNumber, OddNumber } from './odd-number.ts';

describe('isOddNumber', () => {
  it('is false for every number that JSON.stringify writes, but for integers beyond 2^53', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (number) => {
        const text = JSON.stringify(number);
        return isOddNumber(text) === (Number.isInteger(number) && !Number.isSafeInteger(number));
      }),
    );
  });

  it('is false for every decimal of up to 15 digits', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 999_999_999_999_999 }), fc.nat(15), (digits, scale) => {
        const text = `${digits}e-${scale}`;
        return !isOddNumber(text);
      }),
    );
  });

  it('is true for every integer from 2^53 on', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 2n ** 53n, max: 10n ** 40n }),
        (integer) => isOddNumber(String(integer)) && isOddNumber(`-${integer}`),
      ),
    );
  });

  for (const text of [
    '-0',
    '-0.0',
    '1e400',
    '-1e400',
    '1e-400',
    '5.00000000000000000001',
    '1.23456789012345e-320',
    '0.1000000000000000055511151231257827',
    '9007199254740993',
    '9007199254740992.0',
    '1e22',
  ]) {
    it(`is true for ${text}`, () => assert.equal(isOddNumber(text), true));
  }

  for (const text of [
    '0',
    '0.0',
    '0e5',
    '0E-999',
    '1.0',
    '1.50',
    '100000000000000000e-5',
    '9007199254740991',
    '-9007199254740991',
    '5e-324',
    '1e-7',
    '2.2250738585072014e-308',
  ]) {
    it(`is false for ${text}`, () => assert.equal(isOddNumber(text), false));
  }
});

describe('the nearest double of an odd number', () => {
  it('is there when only digits are lost', () => {
    assert.equal(new OddNumber('0.12345678901234567890').rounded(), 0.12345678901234568);
    assert.equal(new OddNumber('-0').rounded(), -0);
  });

  it('is missing when the value itself would be lost', () => {
    for (const text of ['1e400', '1e-400', '9007199254740993', '-1e22'])
      assert.equal(new OddNumber(text).rounded(), undefined);
  });
});
