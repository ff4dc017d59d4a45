import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { JsonValue } from '../json.ts';
import { canonicalJson } from './canonical-json.ts';

/** RFC 8785, appendix B: the bits of a double, and how it is written. */
const NUMBERS: readonly (readonly [string, string])[] = [
  ['0000000000000000', '0'],
  ['8000000000000000', '0'],
  ['0000000000000001', '5e-324'],
  ['8000000000000001', '-5e-324'],
  ['7fefffffffffffff', '1.7976931348623157e+308'],
  ['ffefffffffffffff', '-1.7976931348623157e+308'],
  ['4340000000000000', '9007199254740992'],
  ['c340000000000000', '-9007199254740992'],
  ['4430000000000000', '295147905179352830000'],
  ['44b52d02c7e14af5', '9.999999999999997e+22'],
  ['44b52d02c7e14af6', '1e+23'],
  ['44b52d02c7e14af7', '1.0000000000000001e+23'],
  ['444b1ae4d6e2ef4e', '999999999999999700000'],
  ['444b1ae4d6e2ef4f', '999999999999999900000'],
  ['444b1ae4d6e2ef50', '1e+21'],
  ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
  ['3eb0c6f7a0b5ed8d', '0.000001'],
  ['41b3de4355555553', '333333333.3333332'],
  ['41b3de4355555554', '333333333.33333325'],
  ['41b3de4355555555', '333333333.3333333'],
  ['41b3de4355555556', '333333333.3333334'],
  ['41b3de4355555557', '333333333.33333343'],
  ['becbf647612f3696', '-0.0000033333333333333333'],
  ['43143ff3c1cb0959', '1424953923781206.2'],
];

describe('canonical JSON (RFC 8785)', () => {
  it('gives the text of the example in section 3.2', () => {
    const text = String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`;
    assert.equal(
      canonicalJson(JSON.parse(text) as JsonValue),
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  it('sorts members as the example in section 3.2.3', () => {
    const text = String.raw`{
      "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
      "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
    }`;
    assert.deepEqual(canonicalJson(JSON.parse(text) as JsonValue).match(/(?<=:")[^"]+(?=")/g), [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ]);
  });

  for (const [bits, text] of NUMBERS) {
    it(`writes the double ${bits} as ${text}`, () => {
      assert.equal(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE()), text);
    });
  }

  it('refuses what the scheme has no form for', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, ['\ud800'], { '\udc00': 1 }])
      assert.throws(() => canonicalJson(value), /^TypeError: RFC 8785/);
  });

  it('sorts names that look like numbers as texts, and takes __proto__ as a name', () => {
    const value = JSON.parse('{"9":1,"10":2,"__proto__":{"b":1,"a":2}}') as JsonValue;
    assert.equal(canonicalJson(value), '{"10":2,"9":1,"__proto__":{"a":2,"b":1}}');
    assert.equal(canonicalJson({ a: undefined, b: [] } as unknown as JsonValue), '{"b":[]}');
  });

  it('is the same for every text of a value, and says the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 2 }), (given) => {
        const value = JSON.parse(JSON.stringify(given)) as JsonValue;
        const canonical = canonicalJson(value);
        assert.deepEqual(JSON.parse(canonical), value);
        assert.equal(canonicalJson(reversed(value)), canonical);
        assert.equal(canonicalJson(JSON.parse(canonical) as JsonValue), canonical);
      }),
    );
  });
});

/** Members in the other order. */
function reversed(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(reversed);
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}
