import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { checkpointEvent } from './checkpoint-event.ts';
import { OCSF_VERSIONS } from './ocsf-versions.ts';
import { stamp } from './stamp.ts';
import { validateEvent } from './validate-event.ts';

const PLACE = { streamId: 's', epoch: 'e', seq: 42, kind: 'checkpoint' } as const;
const FACTS = {
  timeMs: 1_795_166_130_412,
  workspaceId: 'ws-1',
  fromSeq: 1,
  toSeq: 41,
  body: { format: 1, root: 'ab'.repeat(32), untaken: [], next_key: { key_id: 'k' } },
};

describe('checkpointEvent', () => {
  it('is valid at every version that events are made in', () => {
    for (const version of OCSF_VERSIONS) {
      const event = stamp(checkpointEvent(FACTS, PLACE, { classUid: 2001, version }), PLACE);
      assert.deepEqual(validateEvent(JSON.parse(JSON.stringify(event))), [], version);
    }
  });

  it('carries its body unchanged, with its place and an id of that place', () => {
    const event = stamp(checkpointEvent(FACTS, PLACE, { classUid: 2001, version: '1.1.0' }), PLACE);
    const { aegis } = event['unmapped'] as { aegis: { checkpoint: unknown; stream: unknown } };
    assert.deepEqual(aegis.checkpoint, FACTS.body);
    assert.deepEqual(aegis.stream, { id: 's', epoch: 'e', seq: 42, kind: 'checkpoint' });
    assert.equal((event['metadata'] as { uid: string }).uid, 'checkpoint:s:e:42');
    assert.equal(event['message'], 'Checkpoint of the stream: the numbers from 1 to 41 are finished');
  });

  it('says so when nothing new is finished', () => {
    const event = checkpointEvent({ ...FACTS, fromSeq: 42 }, PLACE, { classUid: 2001, version: '1.1.0' });
    assert.equal(event['message'], 'Checkpoint of the stream: nothing new is finished');
  });
});
