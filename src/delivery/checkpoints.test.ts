import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { answer } from '../../test/delivery/fake-receiver.ts';
import { CHECKPOINT_MS, delivered, faultsIn, ProofWorld } from '../../test/delivery/proof-world.ts';
import { makeCheckpointKey } from '../proof/checkpoint-key.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';

function has(text: string, kind: string): boolean {
  return text.includes(`"kind":"${kind}"`);
}

describe('checkpoints of a lane', () => {
  it('prove all that was delivered, and come although nothing new does', async () => {
    const proof = new ProofWorld();
    proof.record(900);
    const delivery = proof.start();
    await proof.world.untilSettled(60_000);
    await proof.untilCheckpoints(4, 4 * CHECKPOINT_MS);
    const verdict = proof.verify();
    assert.deepEqual(faultsIn(verdict), []);
    assert.equal(verdict.streams[0]?.delivered, 900);
    const [first, ...later] = proof.bodies().slice(-2);
    assert.equal(
      Date.parse(String(later[0]?.['made_at'])) - Date.parse(String(first?.['made_at'])),
      CHECKPOINT_MS,
    );
    await proof.world.stop(delivery);
  });

  it('name the number that is missing at the destination', async () => {
    const proof = new ProofWorld();
    proof.record(50);
    const delivery = proof.start();
    await proof.world.untilSettled(60_000);
    await proof.untilCheckpoints(3);
    await proof.world.stop(delivery);
    const at = proof.texts.findIndex((text) => text.includes('"seq":17,'));
    const faults = faultsIn(proof.verify(proof.texts.toSpliced(at, 1)));
    assert.deepEqual(
      faults.map(({ name, fromSeq, toSeq }) => [name, fromSeq, toSeq]),
      [['gap', 17, 17]],
    );
  });

  it('end with a last word at a stop and at a pause, which promises nothing, and go on after it', async () => {
    const proof = new ProofWorld();
    proof.record(5);
    const first = proof.start();
    await proof.world.untilSettled(60_000);
    await proof.world.stop(first);
    assert.equal(proof.bodies().at(-1)?.['stopped'], true);
    assert.equal(faultsIn(proof.verify()).length, 0);
    await proof.world.clock.advance(10 * CHECKPOINT_MS);
    assert.ok(proof.verify().complete, 'a stopped stream is not overdue');

    const second = proof.start();
    const before = proof.bodies().length;
    await proof.untilCheckpoints(before + 1);
    assert.equal(proof.bodies().at(-1)?.['stopped'], undefined);
    changeDestination(proof.world.store.tables, 1, { state: 'paused' });
    await proof.untilCheckpoints(before + 2, 60_000);
    assert.equal(proof.bodies().at(-1)?.['stopped'], true);
    await proof.world.clock.advance(2 * CHECKPOINT_MS);
    assert.equal(proof.bodies().length, before + 2, 'nothing comes from a paused destination');
    await proof.world.stop(second);
    assert.ok(proof.verify().complete);
  });

  it('are overdue for the destination when the sender dies', async () => {
    const proof = new ProofWorld();
    proof.record(5);
    const delivery = proof.start();
    await proof.world.untilSettled(60_000);
    await proof.untilCheckpoints(2);
    const texts = [...proof.texts];
    await proof.world.stop(delivery);
    await proof.world.clock.advance(2 * CHECKPOINT_MS);
    assert.deepEqual(
      faultsIn(proof.verify(texts)).map(({ name }) => name),
      ['stale'],
    );
  });

  it('cover tombstones of refused events and events that were left out', async () => {
    const proof = new ProofWorld();
    proof.behaviour = (events, take) => {
      const culprit = events.findIndex(({ text }) => has(text, 'event') && text.includes('"seq":3,'));
      if (culprit === -1) {
        take();
        return delivered;
      }
      return { kind: 'partial', taken: 0, culprit, cause: 'poison', answer: answer(400, '6') };
    };
    proof.record(8);
    const delivery = proof.start();
    await proof.world.untilSettled(600_000);
    await proof.untilCheckpoints(proof.bodies().length + 2);
    const verdict = proof.verify();
    assert.deepEqual(faultsIn(verdict), []);
    assert.equal(verdict.streams[0]?.tombstoned, 1);
    await proof.world.stop(delivery);
  });

  it('are sent again with the same bytes after a crash, and by a changed destination dissolved and made anew', async () => {
    const proof = new ProofWorld();
    proof.record(4);
    let isAway = false;
    proof.behaviour = (_events, take) => {
      take();
      return isAway ? { kind: 'ambiguous', answer: answer(504) } : delivered;
    };
    const first = proof.start();
    await proof.world.untilSettled(60_000);
    isAway = true;
    const sent = proof.texts.length;
    await proof.world.clock.until(() => proof.texts.length > sent, 2 * CHECKPOINT_MS);
    const checkpoint = proof.texts.at(-1);
    assert.ok(checkpoint !== undefined && has(checkpoint, 'checkpoint'));
    await proof.world.stop(first, 0);
    const second = proof.start();
    const before = proof.texts.length;
    await proof.world.clock.until(() => proof.texts.length > before, 2 * CHECKPOINT_MS);
    assert.equal(proof.texts.at(-1), checkpoint);

    changeDestination(proof.world.store.tables, 1, { ocsf: { classUid: 2001, version: '1.9.0' } });
    isAway = false;
    await proof.world.untilSettled(600_000);
    await proof.untilCheckpoints(proof.bodies().length + 2);
    const verdict = proof.verify();
    assert.deepEqual(faultsIn(verdict), []);
    assert.equal(verdict.streams[0]?.tombstoned, 1);
    await proof.world.stop(second);
  });

  it('that the destination refuses become tombstones, and stop nothing else', async () => {
    const proof = new ProofWorld();
    let refuses = true;
    proof.behaviour = (events, take) => {
      if (refuses && events.some(({ text }) => has(text, 'checkpoint')))
        return { kind: 'poison', answer: answer(400, '6') };
      take();
      return delivered;
    };
    proof.record(4);
    const delivery = proof.start();
    await proof.world.clock.until(
      () => proof.texts.some((text) => has(text, 'tombstone')),
      20 * CHECKPOINT_MS,
    );
    await proof.world.untilSettled(600_000);
    assert.equal(proof.world.store.tables.deadLetters.length, 0);
    refuses = false;
    await proof.untilCheckpoints(2, 20 * CHECKPOINT_MS);
    assert.deepEqual(faultsIn(proof.verify()), []);
    await proof.world.stop(delivery);
  });

  it('go from one key to the next by one that the old key signs', async () => {
    const proof = new ProofWorld();
    const [old] = proof.keys;
    assert.ok(old !== undefined);
    proof.record(3);
    const delivery = proof.start();
    await proof.untilCheckpoints(1);
    const next = makeCheckpointKey();
    proof.keys = [next, old];
    await proof.untilCheckpoints(3);
    await proof.world.stop(delivery);
    const keyIds = proof.bodies().map((body) => body['key_id']);
    assert.deepEqual(keyIds.slice(-2), [next.keyId, next.keyId]);
    assert.ok(keyIds.includes(old.keyId));
    assert.deepEqual(faultsIn(proof.verify(proof.texts, [old])), []);
  });

  it('tell of the filter that is in force, and of what it left out', async () => {
    const proof = new ProofWorld();
    changeDestination(proof.world.store.tables, 1, {
      ocsf: { classUid: 2001, version: '1.1.0', filter: { verdicts: ['deny'] } },
    });
    proof.record(40);
    const delivery = proof.start();
    await proof.world.untilSettled(60_000);
    await proof.untilCheckpoints(3);
    await proof.world.stop(delivery);
    const verdict = proof.verify();
    assert.deepEqual(faultsIn(verdict), []);
    const [stream] = verdict.streams;
    assert.ok((stream?.leftOut ?? 0) > 20);
    assert.equal((stream?.leftOut ?? 0) + (stream?.delivered ?? 0), 40);
    assert.match(String(proof.bodies().at(-1)?.['filters']), /^[0-9a-f]{16}$/);
  });

  it('cannot be made without a key that opens: events are delivered all the same, and it is said', async () => {
    const proof = new ProofWorld();
    proof.record(3);
    const locked = { ...proof.parts, keys: () => Promise.reject(new Error('sealed')) };
    const delivery = proof.start({ checkpoints: locked });
    await proof.world.untilSettled(60_000);
    await proof.world.clock.advance(60_000);
    assert.equal(proof.bodies().length, 0);
    assert.equal(proof.texts.length, 3);
    assert.ok(proof.world.seen.logged.some((line) => line.includes('No checkpoint can be made')));
    await proof.world.stop(delivery);
  });

  it('follow a new epoch, which names the last one of the epoch before', async () => {
    const proof = new ProofWorld();
    proof.record(3);
    const first = proof.start();
    await proof.world.untilSettled(60_000);
    await proof.world.stop(first);
    proof.world.store.tables.anchor = 'memory-2';
    proof.record(2);
    const second = proof.start();
    await proof.world.untilSettled(60_000);
    await proof.world.stop(second);
    const verdict = proof.verify();
    assert.deepEqual(faultsIn(verdict), []);
    assert.equal(verdict.streams[0]?.epochs, 2);
  });
});
