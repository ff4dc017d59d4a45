import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { test } from 'node:test';
import { get } from 'node:http';
import { pino } from 'pino';
import { Installation } from '../test/api/installation.ts';
import { startWorker } from './start-worker.ts';
import { startWorkerEndpoint } from './worker-endpoint.ts';

function ask(url: string, method = 'GET'): Promise<{ status: number; text: string }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ status: number; text: string }>();
  get(url, { method, agent: false }, (response) => {
    let text = '';
    response.setEncoding('utf8').on('data', (part: string) => (text += part));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  }).on('error', reject);
  return promise;
}

test('is alive, ready while the store answers, and not when it has been silent for a minute', async () => {
  let nowMs = 0;
  const endpoint = await startWorkerEndpoint({
    host: '127.0.0.1',
    port: 0,
    registry: {
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      metrics: () => Promise.resolve('a 1\n'),
    },
    lastLookMs: () => 0,
    nowMs: () => nowMs,
  });
  assert.equal((await ask(`${endpoint.url}/readyz`)).status, 200);
  assert.equal((await ask(`${endpoint.url}/metrics`)).text, 'a 1\n');
  nowMs = 60_001;
  const late = await ask(`${endpoint.url}/readyz`);
  assert.deepEqual([late.status, late.text], [503, '{"status":"not_ready","reason":"store_unavailable"}']);
  assert.equal((await ask(`${endpoint.url}/healthz`)).status, 200, 'a restart would not help');
  assert.equal((await ask(`${endpoint.url}/`)).status, 404);
  assert.equal((await ask(`${endpoint.url}/metrics`, 'DELETE')).status, 405);
  await endpoint.close();
});

test('a worker answers there with the numbers of its delivery', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const installation = new Installation();
  const settings = installation.settings({ AEGIS_SIEM_WORKER_PORT: String(port) });
  const logger = pino({ level: 'silent' });
  await assert.rejects(
    startWorker(settings, { logger }),
    /AEGIS_SIEM_WORKER_PORT: cannot listen on 127.*EADDRINUSE/,
  );
  taken.close();
  await once(taken, 'close');
  const worker = await startWorker(settings, { logger });
  const { text } = await ask(`http://127.0.0.1:${port}/metrics`);
  assert.match(text, /^aegis_siem_worker_last_look_timestamp_seconds \d+/m);
  assert.match(text, /^aegis_siem_build_info\{version="/m);
  await worker.stop();
  installation.remove();
});
