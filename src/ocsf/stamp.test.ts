import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import type { OcsfEvent } from './ocsf-event.ts';
import { stamp } from './stamp.ts';
import { eventSha256, toWireEvent } from './wire-event.ts';

const EVENT: OcsfEvent = {
  class_uid: 2001,
  metadata: { uid: 'a' },
  unmapped: { aegis: { verdict: 'DENY' } },
};
const STREAM = { streamId: 's-1', epoch: 'e-1' } as const;

describe('stamp', () => {
  it('writes the place into metadata and unmapped, and leaves the event that it was given alone', () => {
    const before = JSON.stringify(EVENT);
    const stamped = stamp(EVENT, { ...STREAM, seq: 12, kind: 'event' });
    assert.deepEqual(stamped, {
      class_uid: 2001,
      metadata: { uid: 'a', sequence: 12 },
      unmapped: { aegis: { stream: { id: 's-1', epoch: 'e-1', seq: 12, kind: 'event' }, verdict: 'DENY' } },
    });
    assert.equal(JSON.stringify(EVENT), before);
  });

  it('gives a test event no number', () => {
    const stamped = stamp(EVENT, { ...STREAM, kind: 'test' });
    assert.deepEqual(stamped['metadata'], { uid: 'a' });
    assert.deepEqual((stamped['unmapped'] as { aegis: { stream: object } }).aegis.stream, {
      id: 's-1',
      epoch: 'e-1',
      kind: 'test',
    });
  });

  it('marks what is sent again on a word of a person, and nothing else', () => {
    const marked = JSON.stringify(stamp(EVENT, { ...STREAM, seq: 1, kind: 'event', replayed: true }));
    assert.match(marked, /"replayed":true/);
    const plain = JSON.stringify(stamp(EVENT, { ...STREAM, seq: 1, kind: 'event', replayed: false }));
    assert.doesNotMatch(plain, /replayed/);
  });

  it('stamps an event that has nothing unmapped', () => {
    const stamped = stamp({ metadata: { uid: 'a' } }, { ...STREAM, seq: 1, kind: 'event' });
    assert.deepEqual(stamped['unmapped'], {
      aegis: { stream: { id: 's-1', epoch: 'e-1', seq: 1, kind: 'event' } },
    });
  });
});

describe('toWireEvent', () => {
  it('has the exact text, its length in bytes, and the hash is that of the text', () => {
    const wire = toWireEvent({ message: 'Prüfer 日本' });
    assert.equal(wire.text, '{"message":"Prüfer 日本"}');
    assert.equal(wire.bytes, 28);
    assert.equal(
      Buffer.from(eventSha256(wire.text)).toString('hex'),
      createHash('sha256').update(wire.text, 'utf8').digest('hex'),
    );
  });
});
