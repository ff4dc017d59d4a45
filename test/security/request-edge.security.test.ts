/**
 * Bytes on a socket that are no honest request: smuggled, malformed, oversized, too slow, too many. Each gets one answer and the
 * end of its connection, and a client beside it is served as ever.
 */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { generateAttestations } from '../support/generate-attestations.ts';
import { type ApiWorld, openApiWorld } from '../api/api-world.ts';
import { callService } from '../api/call-service.ts';

const LIMITS = {
  maxBodyBytes: 100_000,
  maxBatchItems: 100,
  maxRequestsInFlight: 50,
  maxBytesInFlight: 10_000_000,
  requestTimeoutMs: 1_000,
  requestsPerSecond: 0,
  requestsBurst: 1,
};

interface RawCase {
  readonly what: string;
  /** First line and headers beside `Host`, `Authorization` and `Content-Type`; then the body as it is. */
  readonly head: string;
  readonly body?: string;
  /** The whole of it, where not even the usual headers are to be there. */
  readonly raw?: string;
  /** Status of the first answer; 0 for none. */
  readonly status: number;
  /** Answers that may be seen on the connection; 1 unless told otherwise. */
  readonly answers?: number;
}

const POST = 'POST /v1/attestations HTTP/1.1';
/** What a smuggled request would do: make a key. */
const SMUGGLED = 'POST /v1/api-keys HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}';

const CASES: readonly RawCase[] = [
  {
    what: 'a length and chunks (CL.TE)',
    head: `${POST}\r\nContent-Length: 6\r\nTransfer-Encoding: chunked`,
    body: `0\r\n\r\n${SMUGGLED}`,
    status: 400,
  },
  {
    what: 'chunks and a length (TE.CL)',
    head: `${POST}\r\nTransfer-Encoding: chunked\r\nContent-Length: 4`,
    body: `5c\r\n${SMUGGLED}\r\n0\r\n\r\n`,
    status: 400,
  },
  { what: 'two lengths', head: `${POST}\r\nContent-Length: 2\r\nContent-Length: 3`, body: '{}', status: 400 },
  {
    what: 'two equal lengths',
    head: `${POST}\r\nContent-Length: 2\r\nContent-Length: 2`,
    body: '{}',
    status: 400,
  },
  { what: 'lengths in one header', head: `${POST}\r\nContent-Length: 2, 3`, body: '{}', status: 400 },
  { what: 'a negative length', head: `${POST}\r\nContent-Length: -1`, body: '{}', status: 400 },
  { what: 'a length in hex', head: `${POST}\r\nContent-Length: 0x2`, body: '{}', status: 400 },
  { what: 'a length with a sign', head: `${POST}\r\nContent-Length: +2`, body: '{}', status: 400 },
  {
    what: 'a length beyond numbers',
    head: `${POST}\r\nContent-Length: 99999999999999999999`,
    body: '{}',
    status: 400,
  },
  { what: 'a length beyond the limit', head: `${POST}\r\nContent-Length: 104857600`, status: 413 },
  {
    what: 'an encoding in disguise',
    head: `${POST}\r\nTransfer-Encoding: xchunked`,
    body: '0\r\n\r\n',
    status: 400,
  },
  {
    what: 'chunks twice',
    head: `${POST}\r\nTransfer-Encoding: chunked, chunked`,
    body: '0\r\n\r\n',
    status: 400,
  },
  {
    what: 'a blank before the colon',
    head: `${POST}\r\nTransfer-Encoding : chunked`,
    body: '0\r\n\r\n',
    status: 400,
  },
  {
    what: 'a folded header',
    head: `${POST}\r\nX-A: 1\r\n Transfer-Encoding: chunked`,
    body: '',
    status: 400,
  },
  {
    what: 'a bad chunk size',
    head: `${POST}\r\nTransfer-Encoding: chunked`,
    body: 'zz\r\n{}\r\n0\r\n\r\n',
    status: 400,
  },
  {
    what: 'a chunk size beyond numbers',
    head: `${POST}\r\nTransfer-Encoding: chunked`,
    body: 'fffffffffffffffff\r\n',
    status: 400,
  },
  { what: 'line feeds alone', head: '', raw: `${POST}\nHost: x\nContent-Length: 0\n\n`, status: 400 },
  { what: 'carriage returns alone', head: '', raw: `${POST}\rHost: x\r\r`, status: 400 },
  { what: 'NUL in a header', head: `${POST}\r\nX-A: a\u0000b\r\nContent-Length: 2`, body: '{}', status: 400 },
  { what: 'a header without a name', head: `${POST}\r\n: x\r\nContent-Length: 2`, body: '{}', status: 400 },
  { what: 'no host', head: '', raw: 'GET /v1/audit HTTP/1.1\r\n\r\n', status: 400 },
  {
    what: 'headers beyond the limit',
    head: `GET /v1/audit HTTP/1.1\r\nX: ${'a'.repeat(20_000)}`,
    status: 431,
  },
  {
    what: 'very many headers',
    head: `GET /v1/audit HTTP/1.1\r\n${'X: a\r\n'.repeat(3_000)}X: a`,
    status: 431,
  },
  { what: 'a path beyond the limit', head: `GET /v1/audit?${'a'.repeat(20_000)} HTTP/1.1`, status: 431 },
  { what: 'a method that there is not', head: '', raw: 'SMUGGLE / HTTP/1.1\r\nHost: x\r\n\r\n', status: 400 },
  { what: 'HTTP/0.9', head: '', raw: 'GET /v1/audit\r\n\r\n', status: 400 },
  { what: 'HTTP/3.0 in words', head: '', raw: 'GET /v1/audit HTTP/3.0\r\nHost: x\r\n\r\n', status: 400 },
  { what: 'the greeting of HTTP/2', head: '', raw: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', status: 400 },
  { what: 'TLS on a plain port', head: '', raw: '\u0016\u0003\u0001\u0002\u0000\u0001', status: 400 },
  { what: 'TRACE', head: 'TRACE /v1/audit HTTP/1.1\r\nConnection: close', status: 404 },
  { what: 'CONNECT', head: '', raw: 'CONNECT 169.254.169.254:80 HTTP/1.1\r\nHost: x\r\n\r\n', status: 0 },
  { what: 'an upgrade', head: 'GET /v1/audit HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c', status: 200 },
  {
    what: 'a whole address as path',
    head: 'GET http://169.254.169.254/latest HTTP/1.1\r\nConnection: close',
    status: 404,
  },
  {
    what: 'dots in the path',
    head: 'GET /docs/../v1/audit/%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nConnection: close',
    status: 404,
  },
  {
    what: 'a path that cannot be decoded',
    head: 'GET /v1/attestations/%zz HTTP/1.1\r\nConnection: close',
    status: 400,
  },
  { what: 'a body that never comes', head: `${POST}\r\nContent-Length: 500`, body: '{', status: 408 },
  { what: 'headers that never end', head: '', raw: `${POST}\r\nHost: x\r\nX-A: `, status: 408 },
  { what: 'nothing at all', head: '', raw: 'P', status: 408 },
];

describe('the edge of requests', { concurrency: 8 }, () => {
  let world: ApiWorld;
  let base: string;
  before(async () => {
    world = await openApiWorld({ limits: LIMITS });
    base = await world.app.listen({ host: '127.0.0.1', port: 0 });
  });
  after(() => world.close());

  /** Everything that comes back until the other side closes, or until it said enough of a connection that it keeps. */
  function talk(text: string, enough: RegExp): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    let answer = '';
    const socket = connect(Number(new URL(base).port), '127.0.0.1', () =>
      socket.write(Buffer.from(text, 'latin1')),
    );
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (enough.test(answer)) socket.end();
    });
    socket.on('error', () => resolve(answer));
    socket.on('close', () => resolve(answer));
    return promise;
  }

  async function keysOf(): Promise<number> {
    return (await world.call({ url: '/v1/api-keys' })).body.items.length;
  }

  for (const [index, { what, head, body = '', raw, status }] of CASES.entries()) {
    it(`answers ${status} to ${what}, once, and serves others meanwhile`, async () => {
      const usual = `Host: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${world.admin}`;
      const text = raw ?? `${head}\r\n${usual}\r\n\r\n${body}`;
      const before = await keysOf();
      const talking = talk(text, status === 200 ? /\}$/ : /(?!)/);
      const [record = ''] = generateAttestations({ seed: 9_000 + index, count: 1 });
      const neighbour = await callService(base, world.admin, 'POST', '/v1/attestations', record);
      assert.equal(neighbour.status, 201, neighbour.text);
      const answer = await talking;
      const statuses = [...answer.matchAll(/HTTP\/1\.1 (?<status>\d{3}) /g)].map((match) =>
        Number(match.groups?.['status']),
      );
      assert.deepEqual(statuses, status === 0 ? [] : [status], answer.slice(0, 400));
      if (status >= 400) assert.match(answer, /"code":"[a-z_]+"/);
      assert.doesNotMatch(answer, / at .*\.ts:\d+|node_modules|ECONN|HPE_/);
      assert.equal(await keysOf(), before, 'nothing was smuggled in');
    });
  }

  it('cuts off a client that sends a byte at a time, and no other', async () => {
    const socket = connect(Number(new URL(base).port), '127.0.0.1');
    socket.setEncoding('utf8');
    let answer = '';
    socket.on('data', (chunk: string) => void (answer += chunk));
    socket.on('error', () => undefined);
    const closed = new Promise((resolve) => socket.once('close', resolve));
    const drip = setInterval(() => socket.write('a'), 50);
    socket.write(`${POST}\r\nHost: x\r\nX-Slow: `);
    await closed;
    clearInterval(drip);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.equal((await callService(base, world.admin, 'GET', '/healthz')).status, 200);
  });
});

describe('the rate of a key', () => {
  it('lets exactly the burst and then the rate through; other keys and probes are not touched', async (t) => {
    let nowMs = Date.now();
    const world = await openApiWorld({
      clock: { nowMs: () => nowMs },
      limits: { ...LIMITS, maxRequestsInFlight: 2_000, requestsPerSecond: 10, requestsBurst: 100 },
    });
    t.after(() => world.close());
    const [key, other] = [await world.key(['destinations:read']), await world.key(['destinations:read'])];
    const burst = async (count: number): Promise<readonly number[]> =>
      (
        await Promise.all(
          Array.from({ length: count }, () => world.call({ url: '/v1/siem/destinations', key })),
        )
      ).map(({ status, body, headers }) => {
        if (status === 429) {
          assert.equal(body.code, 'rate_limited');
          assert.equal(headers['retry-after'], '1');
        }
        return status;
      });
    const allowed = (statuses: readonly number[]): number =>
      statuses.filter((status) => status === 200).length;
    assert.equal(allowed(await burst(1_000)), 100);
    assert.equal((await world.call({ url: '/v1/siem/destinations', key: other })).status, 200);
    assert.equal((await world.call({ url: '/healthz', key: null })).status, 200);
    nowMs += 1_000;
    assert.equal(allowed(await burst(100)), 10);
    t.diagnostic('cases 1103');
  });
});
