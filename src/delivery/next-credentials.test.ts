/** New credentials beside the old ones: tried with what is sent anyway, and never at the cost of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answer, takeAll } from '../../test/delivery/fake-receiver.ts';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import type { Outcome } from '../connectors/outcome.ts';
import type { Destination } from '../outbox/destination.ts';
import { changeDestination } from '../store/memory/memory-seed.ts';
import type { CredentialChange } from './delivery-parts.ts';
import { NEXT_CREDENTIALS_RETRY_MS } from './next-credentials.ts';

const REFUSED: Outcome = {
  kind: 'configuration',
  reason: 'token_refused',
  advice: 'set another token',
  answer: answer(403, '4'),
};
const NEXT_SEALED = { token: 'sealed-old', 'next.token': 'sealed-new' };

/** A destination that knows the tokens of `accepts`, and what was told of the new ones. */
class RotationWorld {
  readonly world = new DeliveryWorld();
  readonly told: string[] = [];
  readonly accepts = new Set(['old']);
  failToTell = false;
  readonly change: CredentialChange = {
    taken: async () => this.#tell('taken'),
    refused: async (_destination, { code, message }) => this.#tell(`refused ${code ?? ''}: ${message}`),
  };

  constructor(notes: Destination['credentialNotes'] = { next: { setAtMs: 1 } }) {
    this.world.destination(1, takeAll);
    const receiver = this.world.receiver();
    const connector = receiver.connector.bind(receiver);
    receiver.connector = (config) => {
      const real = connector(config);
      return {
        ...real,
        encode: (event) => real.encode(event),
        close: () => real.close(),
        send: (events, credentials, signal) =>
          this.accepts.has(credentials['token'] ?? '')
            ? real.send(events, credentials, signal)
            : Promise.resolve(REFUSED),
      };
    };
    changeDestination(this.world.store.tables, 1, {
      sealed: NEXT_SEALED,
      ...(notes === undefined ? {} : { credentialNotes: notes }),
    });
  }

  start(): ReturnType<DeliveryWorld['start']> {
    return this.world.start({
      openCredentials: () => ({ token: 'old' }),
      openNextCredentials: ({ sealed }) => ('next.token' in sealed ? { token: 'new' } : undefined),
      credentialChange: this.change,
    });
  }

  tokens(): readonly string[] {
    return this.world.receiver().requests.map(({ credentials }) => credentials['token'] ?? '');
  }

  #tell(what: string): Promise<void> {
    if (this.failToTell) return Promise.reject(new Error('the store is away'));
    this.told.push(what);
    return Promise.resolve();
  }
}

test('the first event that is taken with the new credentials proves them, and the old ones are not used again', async () => {
  const at = new RotationWorld();
  at.accepts.add('new');
  const delivery = at.start();
  at.world.record(1, 5);
  await at.world.untilSettled(10_000);
  at.world.record(6, 9);
  await at.world.untilSettled(10_000);
  assert.deepEqual(at.told, ['taken']);
  assert.deepEqual([...new Set(at.tokens())], ['new']);
  await at.world.stop(delivery);
});

test('refused new credentials cost nothing: the same events go with the old ones, and it is told once', async () => {
  const at = new RotationWorld();
  const delivery = at.start();
  at.world.record(1, 5);
  await at.world.untilSettled(1_000);
  at.world.record(6, 9);
  await at.world.untilSettled(1_000);
  assert.deepEqual(at.told, ['refused token_refused: set another token']);
  assert.equal(at.world.seen.health.length, 0, 'the destination is not held');
  assert.deepEqual([...new Set(at.tokens())], ['old']);
  await at.world.stop(delivery);
});

test('new credentials that are enabled late are taken at a later try', async () => {
  const at = new RotationWorld();
  const delivery = at.start();
  at.world.record(1, 1);
  await at.world.untilSettled(1_000);
  at.accepts.add('new');
  at.world.record(2, 2);
  await at.world.untilSettled(1_000);
  assert.deepEqual(at.told.length, 1, 'not before its time');
  await at.world.clock.advance(NEXT_CREDENTIALS_RETRY_MS);
  at.world.record(3, 3);
  await at.world.untilSettled(1_000);
  assert.equal(at.told.at(-1), 'taken');
  await at.world.stop(delivery);
});

test('a destination that refuses both is held as ever, and nothing is said of the new ones', async () => {
  const at = new RotationWorld();
  at.accepts.clear();
  const delivery = at.start();
  at.world.record(1, 3);
  await at.world.clock.until(() => at.world.seen.health.length > 0, 10_000, 'being held');
  assert.equal(at.world.seen.health[0]?.to.reason, 'token_refused');
  assert.deepEqual(at.told, []);
  at.accepts.add('new');
  await at.world.untilSettled(600_000);
  assert.deepEqual(at.told, ['taken'], 'the old ones had ended: the new ones free it');
  await at.world.stop(delivery);
});

test('what cannot be kept now is told after another send, and no event waits for it', async () => {
  const at = new RotationWorld();
  at.accepts.add('new');
  at.failToTell = true;
  const delivery = at.start();
  at.world.record(1, 3);
  await at.world.untilSettled(1_000);
  assert.deepEqual(at.told, []);
  at.failToTell = false;
  at.world.record(4, 4);
  await at.world.untilSettled(1_000);
  assert.deepEqual(at.told, ['taken']);
  await at.world.stop(delivery);
});

test('new credentials that were refused before the start are not tried first again, nor told again', async () => {
  const at = new RotationWorld({ next: { setAtMs: 1, refused: { atMs: 2, code: 'c', message: 'm' } } });
  const delivery = at.start();
  at.world.record(1, 3);
  await at.world.untilSettled(1_000);
  assert.deepEqual(at.told, []);
  await at.world.stop(delivery);
});

test('old credentials that end while refused new ones wait are replaced at once, and nothing is held', async () => {
  const at = new RotationWorld();
  const delivery = at.start();
  at.world.record(1, 1);
  await at.world.untilSettled(1_000);
  at.accepts.clear();
  at.accepts.add('new');
  at.world.record(2, 2);
  await at.world.untilSettled(1_000);
  assert.equal(at.told.at(-1), 'taken');
  assert.equal(at.world.seen.health.length, 0);
  await at.world.stop(delivery);
});
