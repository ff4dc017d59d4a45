import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';
import { otherEvent } from './other-event.ts';

describe('other events over the API', () => {
  let world: ApiWorld;
  before(async () => {
    world = await openApiWorld();
  });
  after(() => world.close());
  const post = (body: unknown): Promise<ApiReply> => world.call({ method: 'POST', url: '/v1/events', body });
  const record = (uid: string, more: object = {}): object => ({
    workspace_id: 'ws-test',
    event: otherEvent(uid, more),
  });

  test('the same event is a duplicate however it is laid out; the same uid with another event is refused', async () => {
    assert.equal((await post(record('same'))).status, 201);
    const spaced = await post(JSON.stringify(record('same'), null, 2));
    assert.deepEqual([spaced.status, spaced.body.results], [200, [{ uid: 'same', status: 'duplicate' }]]);
    const other = await post(record('same', { message: 'changed' }));
    assert.deepEqual([other.status, other.body.code], [409, 'id_conflict']);
  });

  test('a list answers for each event, and one bad event costs no other', async () => {
    const reply = await post([record('a'), record('b', { severity_id: 77 }), record('c')]);
    assert.equal(reply.status, 207);
    const results = reply.body.results;
    assert.deepEqual(
      results.map(({ uid, status }) => [uid, status]),
      [
        ['a', 'recorded'],
        ['b', 'rejected'],
        ['c', 'recorded'],
      ],
    );
    assert.equal(results[1]?.error.pointer, '/event/severity_id');
  });

  for (const [what, body, code, pointer] of [
    [
      'an event without metadata.uid',
      { workspace_id: 'w', event: { class_uid: 0 } },
      'missing_uid',
      '/event/metadata/uid',
    ],
    [
      'an event of an unknown class',
      record('u', { class_uid: 424_242 }),
      'ocsf_unknown_class',
      '/event/class_uid',
    ],
    [
      'an attribute that the class has not',
      record('v', { colour: 'red' }),
      'ocsf_unknown_attribute',
      '/event/colour',
    ],
    ['no workspace', { event: otherEvent('w') }, 'missing_field', '/workspace_id'],
    ['a field beside the event', { ...record('x'), dest: 1 }, 'unknown_field', '/dest'],
    ['a text in place of the event', { workspace_id: 'w', event: 'x' }, 'wrong_type', '/event'],
  ] as const) {
    test(`refuses ${what}`, async () => {
      const reply = await post(body);
      assert.deepEqual([reply.status, reply.body.code, reply.body.pointer], [422, code, pointer]);
    });
  }

  test('refuses what would change when it is read', async () => {
    const text = JSON.stringify(record('big')).replace('"all is well"', '12345678901234567890');
    const reply = await post(text);
    assert.deepEqual([reply.body.code, reply.body.pointer], ['number_out_of_range', '/event/message']);
    const twice = await post(JSON.stringify(record('twice')).replace('"event":{', '"event":{"time":1,'));
    assert.equal(twice.body.code, 'duplicate_key');
  });
});
