import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ServiceReach } from './service-reach.ts';

test('a service that is lost is told once, with the time of its last answer, and once when it is back', () => {
  let nowMs = 1_000;
  const reach = new ServiceReach(() => nowMs);
  let told = 0;
  const end = reach.subscribe(() => (told += 1));
  reach.answered();
  nowMs = 2_000;
  reach.answered();
  assert.equal(told, 0, 'nothing to say while it answers');
  nowMs = 3_000;
  reach.lost();
  const shown = reach.peek();
  reach.lost();
  assert.deepEqual(shown, { isLost: true, answeredAtMs: 2_000 });
  assert.equal(reach.peek(), shown, 'the same value while nothing changes');
  nowMs = 4_000;
  reach.answered();
  assert.deepEqual(reach.peek(), { isLost: false, answeredAtMs: 4_000 });
  assert.equal(told, 2);
  end();
  reach.lost();
  assert.equal(told, 2, 'who has left is told nothing');
});
