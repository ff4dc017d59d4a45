import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ApiClient } from './api-client.ts';
import { ResourceCache } from './resource-cache.ts';

const PATH = '/v1/thing';

/** Answers that come when the test says so. */
class HeldClient extends ApiClient {
  readonly waiting: ((data: unknown) => void)[] = [];

  constructor() {
    super({
      onSignedOut: () => undefined,
      isPersonThere: () => true,
      reach: { answered: () => undefined, lost: () => undefined },
    });
  }

  override call<Body>(): Promise<Body> {
    const held = Promise.withResolvers<unknown>();
    this.waiting.push(held.resolve);
    // The test gives the answers, of whatever type.
    return held.promise as Promise<Body>;
  }
}

test('what was begun before the page is there is read once, and is the page\u2019s', async () => {
  const client = new HeldClient();
  const cache = new ResourceCache(client, () => 0);
  cache.warm(PATH);
  const opened = cache.open(PATH);
  assert.equal(client.waiting.length, 1, 'still the first read');
  client.waiting[0]?.('first');
  await opened;
  assert.equal(cache.peek(PATH).data, 'first');
  assert.equal(client.waiting.length, 1);
});

test('an answer that was begun early is good for the first who shows it; the next reads again', async () => {
  const client = new HeldClient();
  const cache = new ResourceCache(client, () => 0);
  cache.warm(PATH);
  client.waiting[0]?.('first');
  await cache.open(PATH);
  const again = cache.open(PATH);
  assert.equal(client.waiting.length, 2);
  client.waiting[1]?.('second');
  await again;
  assert.equal(cache.peek(PATH).data, 'second');
});

test('what could not be read early is read when it is shown', async () => {
  const client = new HeldClient();
  const cache = new ResourceCache(client, () => 0);
  cache.warm(PATH);
  client.waiting[0]?.(Promise.reject(new Error('not signed in')));
  await new Promise((resolve) => setImmediate(resolve));
  void cache.open(PATH);
  assert.equal(client.waiting.length, 2);
});
