import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer } from '../../test/delivery/fake-receiver.ts';
import { CHECKPOINT_MS, delivered, faultsIn, ProofWorld } from '../../test/delivery/proof-world.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';
import type { Delivery } from './create-delivery.ts';

/** Everything that was sent is proved, and nothing is promised. */
function assertLastWord(proof: ProofWorld): void {
  assert.equal(proof.bodies().at(-1)?.['stopped'], true, 'the last checkpoint says stopped');
  const verdict = proof.verify();
  assert.deepEqual(faultsIn(verdict), []);
  assert.ok(verdict.complete);
}

/** Calls `when` before the first call of a method of the stores that comes from now on. */
function before<Store extends object>(store: Store, method: keyof Store & string, when: () => void): void {
  const real = store[method] as (...given: unknown[]) => unknown;
  const once = (...given: unknown[]): unknown => {
    Object.assign(store, { [method]: real });
    when();
    return real.apply(store, given);
  };
  Object.assign(store, { [method]: once });
}

/** A stop that is asked for in the middle of something. */
class Stop {
  readonly #proof: ProofWorld;
  readonly #delivery: Delivery;
  #isOver = false;

  constructor(proof: ProofWorld, delivery: Delivery) {
    this.#proof = proof;
    this.#delivery = delivery;
  }

  readonly ask = (): void => {
    void this.#delivery.stop().then(() => (this.#isOver = true));
  };

  async over(): Promise<void> {
    await this.#proof.world.clock.until(() => this.#isOver, 2 * CHECKPOINT_MS, 'the end of the stop');
  }
}

/** Asked to stop while a regular checkpoint is at a destination that acknowledges, and has not done so yet. */
async function stopBeforeAcknowledgement(): Promise<{
  proof: ProofWorld;
  stop: Stop;
  acknowledge: () => void;
}> {
  const proof = new ProofWorld();
  let [nextId, acknowledges] = [0, true];
  proof.behaviour = (_events, take) => {
    take();
    nextId += 1;
    return { kind: 'accepted', ackId: nextId - 1, answer: answer(200, '0') };
  };
  proof.receiver.confirms = (ids) => ({ confirmed: acknowledges ? [...ids] : [] });
  proof.record(5);
  const delivery = proof.start();
  await proof.world.untilSettled(60_000);
  acknowledges = false;
  await proof.untilCheckpoints(proof.bodies().length + 1);
  const stop = new Stop(proof, delivery);
  stop.ask();
  return { proof, stop, acknowledge: () => void (acknowledges = true) };
}

describe('the last word of a stream', () => {
  for (const method of ['lastCheckpoint', 'saveCheckpoint'] as const) {
    it(`is said though a stop comes while a regular checkpoint is made (before ${method})`, async () => {
      const proof = new ProofWorld();
      proof.record(5);
      const delivery = proof.start();
      await proof.world.untilSettled(60_000);
      const stop = new Stop(proof, delivery);
      before(proof.proof, method, stop.ask);
      await stop.over();
      assertLastWord(proof);
    });
  }

  it('is said though a pause comes while a regular checkpoint is made', async () => {
    const proof = new ProofWorld();
    proof.record(5);
    const delivery = proof.start();
    await proof.world.untilSettled(60_000);
    before(proof.proof, 'saveCheckpoint', () => {
      changeDestination(proof.world.store.tables, 1, { state: 'paused' });
      delivery.wake();
    });
    const sent = proof.bodies().length;
    await proof.untilCheckpoints(sent + 2);
    assertLastWord(proof);
    await proof.world.stop(delivery);
  });

  it('covers a batch that was formed and not sent when the stop came', async () => {
    const proof = new ProofWorld();
    const delivery = proof.start();
    await proof.world.clock.advance(1_000);
    const stop = new Stop(proof, delivery);
    before(proof.world.store, 'formBatch', stop.ask);
    proof.record(5);
    delivery.wake();
    await stop.over();
    assertLastWord(proof);
    assert.equal(proof.verify().streams[0]?.delivered, 5);
    assert.equal(proof.world.openBatches(), 0);
  });

  it('waits for a pause that the destination asked for, if it ends within the grace', async () => {
    const proof = new ProofWorld();
    const delivery = proof.start();
    await proof.world.clock.advance(1_000);
    let isBusy = true;
    proof.behaviour = (_events, take) => {
      if (isBusy) {
        isBusy = false;
        return { kind: 'throttled', retryAfterMs: 3_000, answer: answer(429) };
      }
      take();
      return delivered;
    };
    proof.record(5);
    await proof.world.clock.until(() => !isBusy, 10_000);
    await proof.world.stop(delivery);
    assertLastWord(proof);
    assert.equal(proof.verify().streams[0]?.delivered, 5);
  });

  it('is not waited for where the pause is longer than the grace', async () => {
    const proof = new ProofWorld();
    proof.behaviour = () => ({ kind: 'throttled', retryAfterMs: 60_000, answer: answer(429) });
    proof.record(5);
    const delivery = proof.start();
    await proof.world.clock.until(() => proof.receiver.requests.length > 0, 10_000);
    await proof.world.clock.advance(1_000);
    const askedAtMs = proof.world.clock.nowMs();
    const requests = proof.receiver.requests.length;
    await proof.world.stop(delivery);
    assert.ok(proof.world.clock.nowMs() - askedAtMs < 1_000);
    assert.equal(proof.receiver.requests.length, requests);
  });

  it('waits for the acknowledgement of the checkpoint before it', async () => {
    const { proof, stop, acknowledge } = await stopBeforeAcknowledgement();
    await proof.world.clock.advance(3_000);
    acknowledge();
    await stop.over();
    assertLastWord(proof);
    assert.deepEqual(proof.world.seen.duplicates, {});
  });

  it('is not waited for beyond the grace where the checkpoint before it is not acknowledged', async () => {
    const { proof, stop } = await stopBeforeAcknowledgement();
    const askedAtMs = proof.world.clock.nowMs();
    await stop.over();
    const tookMs = proof.world.clock.nowMs() - askedAtMs;
    assert.ok(tookMs >= 9_000 && tookMs < 15_000, `${tookMs} ms`);
    assert.equal(
      proof.bodies().at(-1)?.['stopped'],
      undefined,
      'nothing names a checkpoint that may be lost',
    );
  });

  it('waits for a renewal that is late', async () => {
    const proof = new ProofWorld();
    proof.record(5);
    const delivery = proof.start();
    await proof.world.untilSettled(60_000);
    const { store } = proof.world;
    const renewLane = store.renewLane.bind(store);
    store.renewLane = () => Promise.reject(new Error('the store is slow'));
    await proof.world.clock.advance(25_000);
    const stop = new Stop(proof, delivery);
    stop.ask();
    store.renewLane = renewLane;
    await stop.over();
    assertLastWord(proof);
  });

  it('is said by a lane that is taken anew where a fault of the store ended it in the stop', async () => {
    const proof = new ProofWorld();
    const delivery = proof.start();
    await proof.world.clock.advance(1_000);
    const stop = new Stop(proof, delivery);
    before(proof.world.store, 'formBatch', () => {
      stop.ask();
      throw new Error('the connection was lost');
    });
    proof.record(5);
    await stop.over();
    assertLastWord(proof);
  });

  it('is said by a lane that a fault had ended just before the stop', async () => {
    const proof = new ProofWorld();
    const delivery = proof.start();
    await proof.world.clock.advance(1_000);
    before(proof.world.store, 'formBatch', () => {
      throw new Error('the connection was lost');
    });
    proof.record(5);
    await proof.world.clock.until(() => proof.world.seen.lanes.includes('faulted'), 10_000);
    await proof.world.stop(delivery);
    assertLastWord(proof);
  });

  it('is said by a lane that was being taken when the stop came', async () => {
    const proof = new ProofWorld();
    const first = proof.start();
    proof.record(5);
    await proof.world.untilSettled(60_000);
    await proof.untilCheckpoints(1);
    await proof.world.stop(first, 0);
    const second = proof.start();
    await proof.untilCheckpoints(proof.bodies().length + 1);
    await proof.world.stop(second, 0);
    const third = proof.start();
    const stop = new Stop(proof, third);
    before(proof.world.store, 'takeLane', () => queueMicrotask(stop.ask));
    await stop.over();
    assertLastWord(proof);
  });

  it('leaves what the grace does not allow to the next owner', async () => {
    const proof = new ProofWorld();
    const delivery = proof.start();
    await proof.world.clock.advance(1_000);
    const requests = proof.receiver.requests.length;
    before(proof.world.store, 'formBatch', () => void delivery.stop(0));
    proof.record(5);
    await proof.world.clock.advance(1_000);
    assert.equal(proof.receiver.requests.length, requests);
    assert.equal(proof.world.openBatches(), 1);
  });
});
