import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { arbitraryAttestationText } from '../../test/support/arbitrary-attestation-text.ts';
import { attestationText } from '../../test/support/valid-attestation.ts';
import { parseAttestation } from './parse-attestation.ts';
import { type SplitItem, splitRecords } from './split-records.ts';

const MAX = 1_000;

function itemsOf(body: string | Uint8Array, kind: 'json' | 'ndjson', maxItems = MAX): readonly SplitItem[] {
  const split = splitRecords(Buffer.from(body), kind, maxItems);
  assert.ok(split.ok, split.ok ? '' : split.refusal.message);
  return split.items;
}

function textsOf(body: string | Uint8Array, kind: 'json' | 'ndjson'): string[] {
  return itemsOf(body, kind).map((item) => ('text' in item ? item.text : item.refusal.code));
}

function refusalOf(body: string | Uint8Array, kind: 'json' | 'ndjson', maxItems = MAX) {
  const split = splitRecords(Buffer.from(body), kind, maxItems);
  assert.ok(!split.ok, 'the body was split');
  return split.refusal;
}

describe('splitRecords of one JSON document', () => {
  it('answers one object as it is, and says that it was one', () => {
    const body = `\n ${attestationText()} `;
    assert.deepEqual(splitRecords(Buffer.from(body), 'json', MAX), {
      ok: true,
      items: [{ index: 0, text: body }],
      single: true,
    });
  });

  it('cuts an array into the exact texts of its items', () => {
    assert.deepEqual(
      textsOf(' [ {"a":  1.0} ,\r\n{"b":"],{\\"\\\\"},\t[1,[2]], "x,]" ,null,1e5 ] ', 'json'),
      ['{"a":  1.0}', '{"b":"],{\\"\\\\"}', '[1,[2]]', '"x,]"', 'null', '1e5'],
    );
  });

  it('finds no record in an empty array', () => {
    assert.deepEqual(itemsOf('[ ]', 'json'), []);
  });

  it('gives back every record of an array, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryAttestationText(), { maxLength: 5 }),
        fc.constantFrom(',', ' ,\n'),
        (texts, comma) => {
          assert.deepEqual(
            textsOf(`[${texts.join(comma)}]`, 'json'),
            texts.map((text) => text.trim()),
          );
        },
      ),
      { numRuns: 50 },
    );
  });

  it('lets a bad item cost no other', () => {
    const good = attestationText();
    const bad = ['{"a":}', '{]', '{"a":1,"a":2}', 'nonsense', '7', '{"x":"\u0001"}'];
    for (const item of bad.filter((text) => text !== '{]')) {
      const results = textsOf(`[${good},${item},${good}]`, 'json').map((text) => parseAttestation(text).ok);
      assert.deepEqual(results, [true, false, true], item);
    }
  });

  it('refuses an item that is not UTF-8, and takes the others', () => {
    const body = Buffer.concat([Buffer.from('[{"a":"'), Buffer.from([0xff]), Buffer.from('"},{"b":"日"}]')]);
    assert.deepEqual(textsOf(body, 'json'), ['invalid_utf8', '{"b":"日"}']);
  });

  const broken: readonly [body: string, pointer: string, byte: number][] = [
    ['[', '/0', 2],
    ['[{}', '/0', 4],
    ['[{},', '/1', 5],
    ['[{},]', '/1', 5],
    ['[,{}]', '/0', 2],
    ['[{} {}]', '/0', 5],
    ['[{"a":"}]', '/0', 10],
    ['[{"a":1]', '/0', 9],
    ['[{}]]', '', 5],
    ['[{}],{}', '', 5],
    ['[{}}]', '/0', 4],
    ['[日 {}]', '/0', 6],
  ];
  for (const [body, pointer, byte] of broken) {
    it(`refuses ${body} whole, and says where it breaks`, () => {
      const refusal = refusalOf(body, 'json');
      assert.equal(refusal.code, 'not_json');
      assert.equal(refusal.pointer, pointer);
      assert.match(refusal.message, new RegExp(`at byte ${byte}:`));
    });
  }

  it('never loses or invents a record in what it cuts', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (values) => {
        const texts = textsOf(JSON.stringify(values), 'json');
        assert.deepEqual(
          texts,
          values.map((value) => JSON.stringify(value)),
        );
      }),
    );
  });

  it('agrees with JSON.parse on which bodies are arrays, however they are broken', () => {
    const piece = fc.constantFrom('[', ']', '{', '}', ',', '"', ':', '\\', '1', 'a', ' ', '"a":1', '{}');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const body = `[${pieces.join('')}`;
        const split = splitRecords(Buffer.from(body), 'json', MAX);
        const rejoined = split.ok && split.items.every((item) => 'text' in item && isJson(item.text));
        assert.equal(rejoined, isJson(body));
      }),
      { numRuns: 2_000 },
    );
  });

  it('cuts 5 million nested arrays without recursion', { timeout: 10_000 }, () => {
    const bomb = `${'['.repeat(5_000_000)}${']'.repeat(5_000_000)}`;
    const [item, ...others] = textsOf(`[${bomb},{}]`, 'json');
    assert.equal(item?.length, bomb.length);
    assert.deepEqual(others, ['{}']);
    assert.equal(refusalOf('['.repeat(5_000_000), 'json').code, 'not_json');
  });
});

describe('splitRecords of NDJSON', () => {
  it('takes either line end, blank lines and a last line without an end', () => {
    assert.deepEqual(itemsOf('\n{"a":1}\r\n \t\r\n\r\n{"b":2}\n\n{"c":3}', 'ndjson'), [
      { index: 0, line: 2, text: '{"a":1}' },
      { index: 1, line: 5, text: '{"b":2}' },
      { index: 2, line: 7, text: '{"c":3}' },
    ]);
  });

  it('lets a line that is not UTF-8, or not JSON, cost no other', () => {
    const body = Buffer.concat([
      Buffer.from('{"a":1}\n'),
      Buffer.from([0xc3, 0x28, 0x0a]),
      Buffer.from('{"b":\n[\n{"c":"日"}\n'),
    ]);
    assert.deepEqual(itemsOf(body, 'ndjson'), [
      { index: 0, line: 1, text: '{"a":1}' },
      {
        index: 1,
        line: 2,
        refusal: { code: 'invalid_utf8', pointer: '', message: 'The bytes are not UTF-8.' },
      },
      { index: 2, line: 3, text: '{"b":' },
      { index: 3, line: 4, text: '[' },
      { index: 4, line: 5, text: '{"c":"日"}' },
    ]);
  });

  it('gives back every line, byte for byte', () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryAttestationText({ oneLine: true }), { minLength: 1, maxLength: 5 }),
        fc.constantFrom('\n', '\r\n'),
        (texts, end) => {
          assert.deepEqual(textsOf(texts.join(end), 'ndjson'), texts);
        },
      ),
      { numRuns: 50 },
    );
  });
});

describe('splitRecords of either kind', () => {
  for (const kind of ['json', 'ndjson'] as const) {
    it(`refuses an empty or blank ${kind} body`, () => {
      for (const body of ['', ' ', '\n\r\n\t']) assert.equal(refusalOf(body, kind).code, 'empty');
    });

    it(`refuses a byte order mark before ${kind}`, () => {
      assert.equal(refusalOf('\uFEFF{}', kind).code, 'byte_order_mark');
    });

    it(`takes exactly as many ${kind} records as allowed, and refuses the body with one more`, () => {
      const body = (count: number) =>
        kind === 'json' ? `[${Array(count).fill('{}').join(',')}]` : '{}\n'.repeat(count);
      assert.equal(itemsOf(body(3), kind, 3).length, 3);
      assert.equal(refusalOf(body(4), kind, 3).code, 'too_many_records');
    });
  }
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
