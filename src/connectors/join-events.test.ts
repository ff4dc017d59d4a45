import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventBytes } from './encode-events.ts';
import { joinEvents } from './join-events.ts';

const events = eventBytes(
  ['one', 'zwölf', '三'].map((text) => ({ pieces: [text], bytes: Buffer.byteLength(text) })),
);

void test('events that lie one behind another become a body without a copy', () => {
  const body = joinEvents(events);
  assert.equal(body.toString(), 'onezwölf三');
  assert.equal(body.buffer, events[0]?.buffer);
  assert.equal(joinEvents(events.slice(1)).toString(), 'zwölf三');
});

void test('events from several places, in another order or with a gap are copied', () => {
  const [one, twelve, three] = events as [Uint8Array, Uint8Array, Uint8Array];
  assert.equal(joinEvents([three, one]).toString(), '三one');
  assert.equal(joinEvents([one, three]).toString(), 'one三');
  assert.equal(joinEvents([one, Buffer.from('-'), twelve]).toString(), 'one-zwölf');
  assert.equal(joinEvents([one, one]).toString(), 'oneone');
  assert.equal(joinEvents([]).toString(), '');
});

void test('joints stand before, between and after', () => {
  assert.equal(joinEvents(events, { before: '[', between: ',', after: ']' }).toString(), '[one,zwölf,三]');
});
