import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DEFAULT_OCSF_SETTINGS, type OcsfEvent } from './ocsf-event.ts';
import { stamp } from './stamp.ts';
import { testEvent } from './test-event.ts';
import { tombstoneEvent } from './tombstone-event.ts';
import { validateEvent } from './validate-event.ts';
import { toWireEvent } from './wire-event.ts';

const FACTS = {
  reason: 'refused',
  metadataUid: 'a-1',
  originalSha256: 'ab'.repeat(32),
  timeMs: 1_795_166_130_412,
  workspaceId: 'ws-1',
} as const;

function uidOf(event: OcsfEvent): unknown {
  return (event['metadata'] as { uid: unknown }).uid;
}

describe('tombstoneEvent', () => {
  it('has an id of its place, so that the same place never holds two', () => {
    const place = { streamId: 's', epoch: '3', seq: 41, kind: 'tombstone' } as const;
    const event = tombstoneEvent(FACTS, place, DEFAULT_OCSF_SETTINGS);
    assert.equal(uidOf(event), 'tombstone:s:3:41');
    assert.deepEqual(event, tombstoneEvent(FACTS, place, DEFAULT_OCSF_SETTINGS));
    assert.notEqual(uidOf(event), uidOf(tombstoneEvent(FACTS, { ...place, seq: 42 }, DEFAULT_OCSF_SETTINGS)));
  });

  it('is valid whatever the refusal said and whatever the event was called', () => {
    const text = fc.string({ unit: 'binary', maxLength: 200 });
    fc.assert(
      fc.property(text, text, text, (metadataUid, code, detail) => {
        const place = { streamId: 's', epoch: 'e', seq: 1, kind: 'tombstone' } as const;
        const event = tombstoneEvent({ ...FACTS, metadataUid, code, detail }, place, DEFAULT_OCSF_SETTINGS);
        const { text: wire } = toWireEvent(stamp(event, place));
        assert.deepEqual(validateEvent(JSON.parse(wire)), []);
        assert.doesNotMatch(wire, /[\u0000-\u001f\u007f-\u009f\u2028\u202e]/);
      }),
      { numRuns: 100 },
    );
  });
});

describe('testEvent', () => {
  it('is valid, names the destination and has no number', () => {
    const facts = {
      uid: 't-1',
      destinationId: 'd-1',
      destinationName: 'splunk\nprod',
      workspaceId: 'ws',
      timeMs: FACTS.timeMs,
    };
    const event = stamp(testEvent(facts, DEFAULT_OCSF_SETTINGS), { streamId: 's', epoch: 'e', kind: 'test' });
    assert.deepEqual(validateEvent(event), []);
    assert.equal(event['activity_name'], 'Test');
    assert.match(event['message'] as string, /splunk\\u\{a\}prod/);
    assert.equal(Object.hasOwn(event['metadata'] as object, 'sequence'), false);
  });
});
