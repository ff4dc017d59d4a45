import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { RecordResult } from '../../src/outbox/record-store.ts';
import { generateAttestations } from '../support/generate-attestations.ts';
import { openApiWorld } from './api-world.ts';

/** Sends bytes as they are and answers with all that comes back until the other side closes. */
function talk(port: number, ...chunks: readonly string[]): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let answer = '';
  const socket = connect(port, '127.0.0.1', () => {
    for (const chunk of chunks) socket.write(chunk);
  });
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => void (answer += text));
  // A server that cuts a client off may reset: what was answered before counts.
  socket.on('error', () => resolve(answer));
  socket.on('close', () => resolve(answer));
  return promise;
}

test('more requests at once than the limit are sent away with 503 and Retry-After, and none is half done', async () => {
  const gate = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  const results: RecordResult[] = [];
  const world = await openApiWorld();
  const slow = await openApiWorld({
    store: {
      ...world.store,
      record: {
        ...world.store.record,
        recordAttestations: async (drafts) => {
          inside.resolve();
          await gate.promise;
          const group = drafts.map(({ recordId }): RecordResult => ({
            status: 'recorded',
            recordId,
            recordNo: 1,
            enqueued: 0,
          }));
          results.push(...group);
          return group;
        },
      },
    },
    limits: {
      maxBodyBytes: 100_000,
      maxBatchItems: 10,
      maxRequestsInFlight: 3,
      maxBytesInFlight: 1_000_000,
      requestTimeoutMs: 10_000,
      requestsPerSecond: 0,
      requestsBurst: 1,
    },
  });
  const key = await world.key(['attestations:write']);
  const texts = [...generateAttestations({ seed: 1, count: 8 })];
  const calls = texts.map((body) => slow.call({ method: 'POST', url: '/v1/attestations', key, body }));
  await inside.promise;
  gate.resolve();
  const replies = await Promise.all(calls);
  const statuses = replies.map(({ status }) => status);
  assert.equal(statuses.filter((status) => status === 201).length, results.length);
  assert.ok(statuses.includes(503));
  assert.ok(statuses.every((status) => status === 201 || status === 503));
  for (const { status, body, headers } of replies) {
    if (status !== 503) continue;
    assert.equal(body.code, 'overloaded');
    assert.ok(Number(headers['retry-after']) > 0);
  }
  const later = await slow.call({ method: 'POST', url: '/v1/attestations', key, body: texts[0] });
  assert.equal(later.status, 201);
  await slow.close();
  await world.close();
});

test('speaks HTTP strictly on a socket: what could be read in two ways is refused and the connection closed', async (t) => {
  const world = await openApiWorld();
  const url = new URL(await world.app.listen({ host: '127.0.0.1', port: 0 }));
  const port = Number(url.port);
  const auth = `Authorization: Bearer ${world.admin}\r\n`;
  const head = `POST /v1/attestations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${auth}`;
  for (const [what, status, ...chunks] of [
    [
      'Content-Length with Transfer-Encoding',
      400,
      `${head}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ],
    ['two lengths', 400, `${head}Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}`],
    ['a header line without a name', 400, `GET /healthz HTTP/1.1\r\nHost: x\r\n : y\r\n\r\n`],
    ['no HTTP at all', 400, 'hello\r\n\r\n'],
    ['headers beyond the limit', 431, `GET /healthz HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['a length beyond the limit', 413, `${head}Content-Length: 104857600\r\n\r\n`],
    ['TRACE', 404, `TRACE /v1/audit HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`],
    [
      'a body without a key',
      401,
      `${head.replace(auth, '')}Content-Length: 2\r\nConnection: close\r\n\r\n{}`,
    ],
  ] as const) {
    await t.test(what, async () => {
      const answer = await talk(port, ...chunks);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), answer.slice(0, 300));
      assert.match(answer, /"code":"[a-z_]+"/);
    });
  }

  await t.test('an endless chunked body is cut off at the limit', async () => {
    const chunk = `10000\r\n${'x'.repeat(0x1_00_00)}\r\n`;
    const answer = await talk(
      port,
      `${head}Transfer-Encoding: chunked\r\n\r\n`,
      ...Array.from({ length: 40 }, () => chunk),
    );
    assert.match(answer, /^HTTP\/1\.1 413 /, answer.slice(0, 200));
  });
  await world.close();
});

test('a request that never ends is cut off after its time', async () => {
  const world = await openApiWorld({
    limits: {
      maxBodyBytes: 1_000,
      maxBatchItems: 10,
      maxRequestsInFlight: 10,
      maxBytesInFlight: 10_000,
      requestTimeoutMs: 200,
      requestsPerSecond: 0,
      requestsBurst: 1,
    },
  });
  const url = new URL(await world.app.listen({ host: '127.0.0.1', port: 0 }));
  const head = `POST /v1/attestations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${world.admin}\r\n`;
  const answer = await talk(Number(url.port), `${head}Content-Length: 500\r\n\r\n{`);
  assert.match(answer, /^HTTP\/1\.1 408 /);
  await world.close();
});
