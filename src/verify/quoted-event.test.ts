import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StreamWorld } from '../../test/verify/stream-world.ts';
import { eventsIn } from './event-bytes.ts';
import { QuotedEventReader } from './quoted-event.ts';

const EVENT = String.raw`{"class_uid":2001,"message":"a \"b\" \\u{1b} C:\\new / Prüfer 日本","unmapped":{"_raw":"{}"}}`;

/** What the slow way finds, which parses: each event as a text, or false. */
function slowly(item: Buffer): readonly string[] | false {
  const found: string[] = [];
  return eventsIn(item, (event) => found.push(event.toString())) && found;
}

function assertSame(reader: QuotedEventReader, text: string): boolean {
  const item = Buffer.from(text);
  const event = reader.eventOf(item)?.toString();
  if (event === undefined) return false;
  assert.deepEqual(slowly(item), [event], text);
  return true;
}

describe('a row that quotes an event', () => {
  const reader = new QuotedEventReader();

  it('gives the event in the forms that Splunk and Sentinel write', () => {
    const rows = [
      { _raw: EVENT },
      {
        preview: false,
        offset: 3,
        lastrow: true,
        result: { _time: '1', host: 'a,"}', _raw: EVENT, n: [1, {}] },
      },
      { TimeGenerated: '2026', RawEvent: EVENT, SeverityId: 3, Extra: null },
      { RawEvent_s: EVENT },
    ];
    for (const row of rows) {
      const item = Buffer.from(JSON.stringify(row));
      assert.equal(reader.eventOf(item)?.toString(), EVENT);
      assert.deepEqual(slowly(item), [EVENT]);
    }
  });

  it('leaves everything unusual to the slow way', () => {
    const quoted = JSON.stringify(EVENT);
    for (const text of [
      EVENT,
      `{"event":${EVENT}}`,
      `{"_raw":${quoted},"RawEvent":${quoted}}`,
      `{"type_uid":1,"unmapped":{"_raw":${quoted}}}`,
      `{"result":{"result":{"_raw":${quoted}}}}`,
      `{"result":{},"result":{"_raw":${quoted}}}`,
      `{"_raw":"{\\u0022}"}`,
      `{"_raw":"{\n}"}`,
      `{"_raw":${quoted}`,
      `{"_raw":${quoted}} x`,
      `{"_raw":"text"}`,
      `{"_raw":7}`,
      `[{"_raw":${quoted}}]`,
      '{"',
      '',
    ])
      assert.equal(reader.eventOf(Buffer.from(text)), undefined, text);
  });

  it('comes to the same as the slow way for every row, whatever is in it', () => {
    const name = fc.oneof(
      fc.constantFrom('_raw', 'result', 'host'),
      fc.constantFrom('_raw', 'RawEvent', 'RawEvent_s', 'result', 'event', 'class_uid', 'results', 'a"b'),
      fc.string(),
    );
    const value = fc.oneof(
      fc.constant(EVENT),
      fc.constantFrom(EVENT, '{}', ` ${EVENT} `, 'text', '{"a":1}x'),
      fc.jsonValue({ maxDepth: 1 }),
      fc.dictionary(name, fc.constantFrom<unknown>(EVENT, 1, 'x', '{}'), { maxKeys: 3 }),
    );
    let answered = 0;
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 4 }), (row) => {
        if (assertSame(reader, JSON.stringify(row))) answered += 1;
      }),
      { numRuns: 2_000, seed: 7 },
    );
    assert.ok(answered > 100, `${answered} rows were answered`);
  });

  it('comes to the same when bytes are changed, taken out or put in', () => {
    const row = JSON.stringify({ preview: false, result: { a: 1, _raw: EVENT, b: { c: 'd' } } });
    let answered = 0;
    fc.assert(
      fc.property(
        fc.nat(row.length - 1),
        fc.constantFrom('', '"', '\\', '{', '}', ',', ':', ' ', '\n', '[', 'x', '/', 'u'),
        fc.nat(1),
        (at, put, taken) => {
          if (assertSame(reader, row.slice(0, at) + put + row.slice(at + taken))) answered += 1;
        },
      ),
      { numRuns: 3_000, seed: 11 },
    );
    assert.ok(answered > 300, `${answered} rows were answered`);
  });

  it('reads rows of any length, one after another', () => {
    const world = new StreamWorld();
    world.send(5);
    const long = JSON.stringify({ message: 'long '.repeat(50_000) });
    for (const text of [...world.texts(), long, ...world.texts()])
      assert.ok(assertSame(reader, JSON.stringify({ result: { _raw: text } })));
  });
});
