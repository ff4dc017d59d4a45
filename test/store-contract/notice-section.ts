import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { NoticeTaking } from '../../src/store/notice-store.ts';
import { describeSection } from './section.ts';
import type { StoreFactory } from './store-factory.ts';

const STATE = { version: 1, entries: [{ text: "it's \u{1f600}" }] };

export function noticeSection(factory: StoreFactory): void {
  describeSection(factory, 'the turn at telling operators', (section) => {
    section.test('one owner has it at a time; who has it renews it and gets the same token', async () => {
      const { notices } = section.store;
      const first = taking();
      const turn = await notices.takeNotices(first);
      assert.deepEqual(turn?.state, {});
      assert.equal((await notices.takeNotices(first))?.token, turn.token);
      assert.equal(await notices.takeNotices({ ...first, owner: 'another' }), undefined);
    });

    section.test('channels know nothing of each other', async () => {
      const { notices } = section.store;
      const [one, other] = [taking(), taking()];
      assert.ok(await notices.takeNotices(one));
      assert.ok(await notices.takeNotices({ ...other, owner: 'another' }));
    });

    section.test(
      'after its lease another takes it, finds what was kept, and the late owner keeps nothing',
      async () => {
        const { notices } = section.store;
        const late = { ...taking(), leaseMs: 20 };
        const turn = await notices.takeNotices(late);
        const token = turn?.token ?? -1;
        assert.equal(await notices.keepNotices(late.channel, token, STATE), true);
        await sleep(40);
        const next = await notices.takeNotices({ ...late, owner: 'another', leaseMs: 60_000 });
        assert.deepEqual(next?.state, STATE);
        assert.ok((next?.token ?? 0) > token);
        assert.equal(await notices.keepNotices(late.channel, token, {}), false);
        await notices.leaveNotices(late.channel, token);
        assert.equal(
          await notices.takeNotices({ ...late, leaseMs: 60_000 }),
          undefined,
          'the late owner took nothing from the next',
        );
      },
    );

    section.test('given back, another has it at once', async () => {
      const { notices } = section.store;
      const first = taking();
      const turn = await notices.takeNotices(first);
      await notices.leaveNotices(first.channel, turn?.token ?? -1);
      assert.ok(await notices.takeNotices({ ...first, owner: 'another' }));
    });

    section.test(
      'a lease that ends in a far future is one of a clock that was put back, and holds nobody up',
      async () => {
        const { notices } = section.store;
        const first = taking();
        await notices.takeNotices({ ...first, leaseMs: 86_400_000 });
        assert.ok(await notices.takeNotices({ ...first, owner: 'another' }));
      },
    );
  });
}

function taking(): NoticeTaking {
  return { channel: `webhook ${randomUUID()}`, owner: 'one', leaseMs: 60_000 };
}
