/** What is promised about order: none of arrival, but the numbers give back the order of recording. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';

const RECORDS = 6_000;

for (const seed of [1, 2, 3, 4, 5]) {
  void test(`events arrive in any order, and sorted by number they are as they were recorded (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const world = new DeliveryWorld();
    const receiver = world.destination(1, async (events, take, requestNo) => {
      // Answers overtake one another, some requests go again, of some the answer is lost.
      await world.clock.sleep(random() * 500, new AbortController().signal);
      const luck = random();
      if (luck < 0.1) return { kind: 'transient', answer: answer(503) };
      const taken = await takeAll(events, take, requestNo);
      return luck < 0.2 ? { kind: 'ambiguous', answer: { message: 'reset', durationMs: 1 } } : taken;
    });
    world.record(1, RECORDS);
    const delivery = world.start({ random });
    await world.untilSettled(3_600_000);
    await world.stop(delivery);
    const seqs = receiver.taken.map(({ seq }) => seq);
    assert.notDeepEqual(
      seqs,
      seqs.toSorted((left, right) => left - right),
      'they did not come in order',
    );
    const byNumber = new Map(receiver.taken.map(({ seq, uid }) => [seq, uid]));
    const inOrder = [...byNumber.entries()].toSorted(([left], [right]) => left - right);
    assert.deepEqual(
      inOrder,
      Array.from({ length: RECORDS }, (_, index) => [index + 1, `e${index + 1}`]),
    );
  });
}
