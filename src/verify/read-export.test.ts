import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { encodeEvent } from '../connectors/splunk-hec/encode.ts';
import { readExport } from './read-export.ts';

/** Texts with everything that a format could trip over. */
const EVENTS = [
  '{"class_uid":2001,"message":"plain","unmapped":{"aegis":{}}}',
  '{"class_uid":0,"message":"quotes \\" and \\\\, commas, {braces} [brackets]\\n and \\\\u{7} ü 🔎"}',
  '{"time":1,"class_uid":6003,"event":"mine","result":{"_raw2":1}}',
  '{"type_uid":98,"near":{},"event":{"class_uid":5},"unmapped":{}}',
  '{"type_uid":99,"nested":{"event":{"class_uid":1}},"list":[1,[2,"]"]]}',
];

function envelope(event: string): string {
  return `{"time":1.5,"sourcetype":"ocsf:aegis","fields":{"aegis_seq":1,"event":"no"},"event":${event}}`;
}

function ownEnvelope(event: string): string {
  const text = encodeEvent({ event: JSON.parse(event) as never, text: event, bytes: 0 }, '"source":"s"');
  return text.pieces.join('');
}

function csv(cells: readonly string[]): string {
  return cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(',');
}

const FORMS: Readonly<Record<string, (events: readonly string[]) => string>> = {
  'NDJSON of events': (events) => events.join('\n'),
  'NDJSON with CRLF, blank lines and a last line feed': (events) => `\n${events.join('\r\n\r\n')}\r\n`,
  'HEC envelopes, one a line': (events) => events.map(envelope).join('\n'),
  'HEC envelopes as this product sends them, one a line': (events) => events.map(ownEnvelope).join('\n'),
  'HEC envelopes as this product sends them, one after another': (events) => events.map(ownEnvelope).join(''),
  'HEC envelopes with fields after the event': (events) =>
    events.map((event) => `{"event":${event},"fields":{"metadata_uid":"u"}}`).join('\n'),
  'HEC envelopes, one after another': (events) => events.map(envelope).join(''),
  'HEC envelopes whose event is a text': (events) =>
    events.map((event) => envelope(JSON.stringify(event))).join('\n'),
  'Splunk results as JSON': (events) =>
    events
      .map((event) => JSON.stringify({ preview: false, offset: 0, result: { _time: 'x', _raw: event } }))
      .join('\n'),
  'Splunk results as one document': (events) =>
    JSON.stringify({ preview: false, results: events.map((event) => ({ _raw: event })) }),
  'Splunk results as CSV': (events) =>
    ['_time,_raw,source', ...events.map((event) => csv(['2026', event, 'a\nb']))].join('\r\n'),
  'Sentinel rows as a JSON array': (events) =>
    JSON.stringify(events.map((event) => ({ TimeGenerated: 'x', RawEvent: event, Reasons: [] }))),
  'Sentinel rows as an indented array': (events) =>
    JSON.stringify(
      events.map((event) => ({ RawEvent: event })),
      null,
      2,
    ),
  'Sentinel rows as NDJSON, of the legacy table': (events) =>
    events.map((event) => JSON.stringify({ RawEvent_s: event })).join('\n'),
  'Sentinel rows as CSV, with a byte order mark': (events) =>
    `\uFEFF${['TimeGenerated,RawEvent', ...events.map((event) => csv(['x', event]))].join('\n')}\n`,
  "Log Analytics' answer to a query": (events) =>
    JSON.stringify({
      tables: [{ columns: [{ name: 'A' }, { name: 'RawEvent' }], rows: events.map((event) => [1, event]) }],
    }),
};

async function read(text: string, chunkBytes = 1 << 20) {
  const events: string[] = [];
  const others: number[] = [];
  const summary = await readExport(chunksOf(Buffer.from(text), chunkBytes), {
    onEvent: (event) => events.push(event.toString('utf8')),
    onOther: (item) => others.push(item),
  });
  return { events, others, summary };
}

async function* chunksOf(bytes: Buffer, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes) yield bytes.subarray(at, at + chunkBytes);
}

describe('readExport', () => {
  for (const [form, write] of Object.entries(FORMS)) {
    it(`finds the exact text of each event in ${form}, however it is cut into chunks`, async () => {
      const text = write(EVENTS);
      for (const chunkBytes of [1 << 20, 64, 7, 1])
        assert.deepEqual(await read(text, chunkBytes).then(({ events }) => events), EVENTS, `${chunkBytes}`);
    });
  }

  it('passes over what is no event, and says which items it was', async () => {
    const text = [EVENTS[0], '{"hello":1}', 'not json', '{"broken":', EVENTS[1], '[]'].join('\n');
    const { events, others } = await read(text);
    assert.deepEqual(events, [EVENTS[0], EVENTS[1]]);
    assert.deepEqual(others, [2, 3, 4, 6]);
  });

  it('says what is wrong with a file that it cannot read, and keeps what it read before', async () => {
    const table = await read('a,b\n1,2\n');
    assert.match(table.summary.problem ?? '', /_raw, RawEvent/);
    const damaged = await read(`[{"RawEvent":${JSON.stringify(EVENTS[0])}}, oops]`);
    assert.deepEqual(damaged.events, [EVENTS[0]]);
    assert.match(damaged.summary.problem ?? '', /no JSON object begins at byte \d+/);
    const empty = await read('');
    assert.deepEqual(empty.summary, { bytes: 0, form: 'empty' });
  });

  it('never fails for what is in a file', async () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ',',
      ':',
      '\n',
      'event',
      '"_raw"',
      '"a"',
      '1',
      ' ',
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(pieces, { maxLength: 40 }),
        fc.integer({ min: 1, max: 9 }),
        async (parts, bytes) => {
          await read(parts.join(''), bytes);
        },
      ),
      { numRuns: 300 },
    );
  });
});
