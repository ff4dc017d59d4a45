import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StoreUnavailableError } from '../../src/store/store-unavailable-error.ts';
import { openApiWorld } from './api-world.ts';

test('is alive but not ready while it starts or stops, and says which', async () => {
  let state: string | undefined = 'starting';
  const world = await openApiWorld({ notReady: () => state });
  for (const [now, status] of [
    ['starting', 503],
    [undefined, 200],
    ['stopping', 503],
  ] as const) {
    state = now;
    const ready = await world.call({ url: '/readyz', key: null });
    assert.equal(ready.status, status);
    assert.equal(ready.body.reason, now);
    assert.equal((await world.call({ url: '/healthz', key: null })).status, 200);
  }
  await world.close();
});

test('is not ready while the store does not answer, and does not say where the store is', async () => {
  const world = await openApiWorld();
  const broken = await openApiWorld({
    store: {
      ...world.store,
      ping: () =>
        Promise.reject(new StoreUnavailableError('store_unavailable', 'connect ECONNREFUSED 10.1.2.3')),
    },
  });
  const ready = await broken.call({ url: '/readyz', key: null });
  assert.deepEqual([ready.status, ready.body.reason], [503, 'store_unavailable']);
  assert.ok(!ready.text.includes('10.1.2.3'));
  await broken.close();
  await world.close();
});

test('an error that nobody foresaw shows nothing of itself', async () => {
  const world = await openApiWorld();
  const broken = await openApiWorld({
    store: {
      ...world.store,
      admin: new Proxy(world.store.admin, {
        get: (target, name) =>
          name === 'listAudit'
            ? () => Promise.reject(new Error('select * from secret_table at db.internal.example.com'))
            : (Reflect.get(target, name) as unknown as (...args: unknown[]) => unknown).bind(target),
      }),
    },
  });
  const reply = await broken.call({ url: '/v1/audit', key: world.admin });
  assert.deepEqual([reply.status, reply.body.code], [500, 'internal_error']);
  assert.doesNotMatch(reply.text, /secret_table|example\.com|at .*\.ts/);
  assert.match(broken.logs(), /secret_table/);
  await broken.close();
  await world.close();
});
