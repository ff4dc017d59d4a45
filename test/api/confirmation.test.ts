import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CONFIRMATION_MS } from '../../src/api/confirmation.ts';
import { makeThings, type Things } from './access/things.ts';
import { type ApiReply, type ApiWorld, openApiWorld } from './api-world.ts';

describe('an act that cannot be taken back', () => {
  let world: ApiWorld;
  let nowMs = Date.now();
  before(async () => {
    world = await openApiWorld({ clock: { nowMs: () => nowMs } });
  });
  after(() => world.close());

  const remove = (id: string, reason: string, confirm?: string, key?: string): Promise<ApiReply> => {
    const query = new URLSearchParams({
      open: 'skip',
      reason,
      ...(confirm === undefined ? {} : { confirm }),
    });
    return world.call({
      method: 'DELETE',
      url: `/v1/siem/destinations/${id}?${query.toString()}`,
      ...(key === undefined ? {} : { key }),
    });
  };
  const skip = (body: object, key?: string): Promise<ApiReply> =>
    world.call({
      method: 'POST',
      url: '/v1/siem/dead-letters/skip',
      body,
      ...(key === undefined ? {} : { key }),
    });
  const asked = (reply: ApiReply): string => {
    assert.deepEqual([reply.status, reply.body.code], [409, 'confirmation_needed'], reply.text);
    assert.equal(reply.body.confirm_until, new Date(nowMs + CONFIRMATION_MS).toISOString());
    return reply.body.confirm;
  };

  test('the deletion of a destination says first what it would skip, and then does it', async () => {
    const things = await makeThings(world);
    const first = await remove(things.destinationId, 'moved');
    const confirm = asked(first);
    assert.match(first.text, /"effect":\{"open_rows":2,"dead_letters":1\}/);
    const still = await world.call({ url: `/v1/siem/destinations/${things.destinationId}` });
    assert.equal(still.body.state, 'active');
    assert.equal((await remove(things.destinationId, 'moved', confirm)).status, 204);
    const gone = await remove(things.destinationId, 'moved', confirm);
    assert.equal(gone.status, 404);
  });

  test('a destination that nothing waits for is deleted at once', async () => {
    const things = await makeThings(world);
    assert.equal((await remove(things.idleId, 'unused')).status, 204);
  });

  test('a confirmation counts for the same act of the same caller, and for five minutes', async () => {
    const things = await makeThings(world);
    const other = await makeThings(world);
    const confirm = asked(await remove(things.destinationId, 'moved'));
    const colleague = await world.key(['admin']);
    const refuse = async (reply: Promise<ApiReply>): Promise<void> => {
      const { status, body } = await reply;
      assert.deepEqual([status, body.code], [409, 'confirmation_refused']);
    };
    await refuse(remove(other.destinationId, 'moved', confirm));
    await refuse(remove(things.destinationId, 'another reason', confirm));
    await refuse(remove(things.destinationId, 'moved', confirm, colleague));
    await refuse(remove(things.destinationId, 'moved', `${confirm.slice(0, -2)}AA`));
    await refuse(remove(things.destinationId, 'moved', 'yes'));
    await refuse(skip({ filter: { destination_id: things.destinationId }, reason: 'moved', confirm }));
    nowMs += CONFIRMATION_MS + 1;
    await refuse(remove(things.destinationId, 'moved', confirm));
    const letters = await world.call({
      url: `/v1/siem/dead-letters?destination=${things.destinationId}&status=dead`,
    });
    assert.equal(letters.body.items.length, 1);
  });

  test('dead letters by filter are given up in two steps, and those that come in between stay', async () => {
    const things: Things = await makeThings(world);
    nowMs = Date.now() + 60_000;
    const filter = { destination_id: things.destinationId };
    const confirm = asked(await skip({ filter, reason: 'known' }));
    const dry = await skip({ filter, reason: 'known', dry_run: true });
    assert.deepEqual(
      [dry.body.count, dry.body.confirm_until],
      [1, new Date(nowMs + CONFIRMATION_MS).toISOString()],
    );
    nowMs -= 120_000;
    const early = asked(await skip({ filter, reason: 'known' }));
    assert.equal((await skip({ filter, reason: 'known', confirm: early })).body.count, 0);
    nowMs += 120_000;
    const done = await skip({ filter, reason: 'known', confirm });
    assert.deepEqual([done.status, done.body.count], [200, 1]);
    const none = await skip({ filter, reason: 'known' });
    assert.deepEqual([none.status, none.body.count], [200, 0]);
  });
});
