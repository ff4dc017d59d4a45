import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { announceWork, onWork } from './wake-signal.ts';

const MODULE_URL = new URL('./wake-signal.ts', import.meta.url).href;

void test('a listener of the same thread hears announced work', { timeout: 10_000 }, async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const stop = onWork(resolve);
  announceWork();
  // Listening keeps nothing alive, so the test itself must.
  const alive = setInterval(() => undefined, 1_000);
  await promise;
  clearInterval(alive);
  stop();
});

void test('a thousand announcements in one turn are one message', { timeout: 10_000 }, async () => {
  let heard = 0;
  const { promise, resolve } = Promise.withResolvers<void>();
  const stopCounting = onWork(() => {
    heard += 1;
    if (heard === 1) setImmediate(resolve);
  });
  for (let call = 0; call < 1_000; call += 1) announceWork();
  const alive = setInterval(() => undefined, 1_000);
  await promise;
  announceWork();
  const { promise: second, resolve: resolveSecond } = Promise.withResolvers<void>();
  const stopSecond = onWork(resolveSecond);
  await second;
  clearInterval(alive);
  stopCounting();
  stopSecond();
  assert.equal(heard, 2);
});

void test(
  'a listener in a worker thread hears work announced in the main thread',
  { timeout: 10_000 },
  async () => {
    const worker = new Worker(
      `import { parentPort } from 'node:worker_threads';
     const { onWork } = await import(${JSON.stringify(MODULE_URL)});
     onWork(() => parentPort.postMessage('heard'));
     parentPort.on('message', () => undefined);
     parentPort.postMessage('listening');`,
      { eval: true },
    );
    assert.deepEqual(await once(worker, 'message'), ['listening']);
    announceWork();
    assert.deepEqual(await once(worker, 'message'), ['heard']);
    await worker.terminate();
  },
);

void test('neither listening nor announcing keeps a process alive', { timeout: 10_000 }, async () => {
  const script = `const { announceWork, onWork } = await import(${JSON.stringify(MODULE_URL)});
    onWork(() => undefined);
    announceWork();
    console.log('end');`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
    timeout: 8_000,
  });
  assert.equal(stdout.trim(), 'end');
});
