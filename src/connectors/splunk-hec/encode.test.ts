import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readEnvelopes } from '../../../test/fake-splunk/envelopes.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { parseSplunkHecConfig } from './config.ts';
import { eventBytes } from '../encode-events.ts';
import { compressBody } from '../compress-body.ts';
import { joinEvents } from '../join-events.ts';
import { encodeEvent, envelopeSettings } from './encode.ts';

const BASE = { url: 'https://splunk.example.com:8088' };
const SETTINGS = envelopeSettings(parseSplunkHecConfig({ ...BASE, index: 'aegis' }));

function wire(event: WireEvent['event'], text = JSON.stringify(event)): WireEvent {
  return { event, text, bytes: Buffer.byteLength(text) };
}

function bodyOf(events: readonly WireEvent[], settings = SETTINGS): Buffer {
  return joinEvents(eventBytes(events.map((event) => encodeEvent(event, settings))));
}

function encoded(events: readonly WireEvent[]): string {
  return bodyOf(events).toString();
}

describe('encodeEvent', () => {
  it('writes an envelope to the letter', () => {
    const event = {
      time: 1_795_521_600_123,
      metadata: { uid: 'u-1' },
      unmapped: { aegis: { stream: { id: 's', epoch: 'e', seq: 7, kind: 'event' } } },
    };
    assert.equal(
      encoded([wire(event, '{"as":"stored"}')]),
      '{"time":1795521600.123,"source":"aegis-siem","sourcetype":"ocsf:aegis","index":"aegis",' +
        '"fields":{"metadata_uid":"u-1","aegis_stream":"s","aegis_epoch":"e","aegis_seq":7},"event":{"as":"stored"}}',
    );
  });

  it('puts an event as it is stored: spaces, order, big integers, doubled keys', () => {
    const text = '{ "b":1,"a":9007199254740993, "b":1.0e400,"u":"\\u00e9é😀" }';
    const [envelope] = readEnvelopes(encoded([wire({ time: 1 }, text)])).envelopes;
    assert.equal(envelope?.eventText, text);
  });

  it('leaves the time to Splunk where the event has none', () => {
    assert.ok(encoded([wire({})]).startsWith('{"source":'));
  });

  it('writes every millisecond as it is', () => {
    const times = fc.integer({ min: 0, max: 7_258_118_400_000 });
    fc.assert(
      fc.property(times, (time) => {
        const [envelope] = readEnvelopes(encoded([wire({ time })])).envelopes;
        assert.equal(Math.round(Number(envelope?.fields['time']) * 1_000), time);
        assert.match(encoded([wire({ time })]), /^\{"time":\d+\.\d{3},/);
      }),
    );
  });

  it('keeps every event, in order, byte for byte, and a body has the bytes that its events promise', () => {
    const events = fc.array(
      fc.record({
        uid: fc.string({ unit: 'binary', maxLength: 512 }),
        message: fc.string({ unit: 'binary' }),
        time: fc.integer({ min: 631_152_000_000, max: 7_258_118_399_999 }),
        seq: fc.option(fc.integer({ min: 1, max: 2_147_483_647 }), { nil: undefined }),
      }),
      { minLength: 1, maxLength: 20 },
    );
    const settings = fc.record({
      index: fc.stringMatching(/^[a-z0-9_][a-z0-9_-]{0,40}$/),
      source: fc
        .string({ minLength: 1, maxLength: 255 })
        .filter((text) => /^[^\u0000-\u001f\u007f]+$/.test(text)),
    });
    fc.assert(
      fc.property(events, settings, (drafts, more) => {
        const batch = drafts.map(({ uid, message, time, seq }) =>
          wire({
            time,
            message,
            metadata: { uid },
            unmapped: {
              aegis: {
                stream: {
                  id: 'i'.repeat(36),
                  epoch: 'e'.repeat(36),
                  kind: 'event',
                  ...(seq === undefined ? {} : { seq }),
                },
              },
            },
          }),
        );
        const text = envelopeSettings(parseSplunkHecConfig({ ...BASE, ...more }));
        const body = bodyOf(batch, text).toString();
        const read = readEnvelopes(body);
        assert.equal(read.fault, undefined);
        assert.deepEqual(
          read.envelopes.map(({ eventText }) => eventText),
          batch.map((event) => event.text),
        );
        for (const [index, { fields }] of read.envelopes.entries()) {
          assert.equal(fields['index'], more.index);
          assert.equal(fields['source'], more.source);
          const indexed = fields['fields'] as Readonly<Record<string, unknown>>;
          assert.equal(indexed['metadata_uid'], drafts[index]?.uid);
          assert.equal(indexed['aegis_seq'], drafts[index]?.seq);
        }
        const promised = batch.reduce((sum, event) => sum + encodeEvent(event, text).bytes, 0);
        assert.equal(Buffer.byteLength(body), promised);
      }),
    );
  });

  it('compresses to what unpacks to the same', async () => {
    const body = bodyOf([wire({ time: 1, message: 'é😀'.repeat(1_000) })]);
    const packed = await compressBody(body);
    assert.deepEqual(gunzipSync(packed), body);
    assert.ok(packed.length < body.length / 10);
  });
});
