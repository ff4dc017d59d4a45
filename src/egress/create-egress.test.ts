import assert from 'node:assert/strict';
import type { RequestListener } from 'node:http';
import { createServer as createTcpServer, type Server } from 'node:net';
import { after, describe, it } from 'node:test';
import { LoopbackServers } from '../../test/fake-splunk/loopback-servers.ts';
import { createAddressPolicy } from './address-policy.ts';
import { createEgress } from './create-egress.ts';
import type { Egress, EgressRequest, EgressResult } from './egress.ts';

const LOOPBACK = 'http+127.0.0.1/32:1024-65535';
const text = new TextDecoder();

describe('createEgress', () => {
  const servers = new LoopbackServers();
  const clients: Egress[] = [];
  after(async () => {
    for (const client of clients) await client.close();
    await servers[Symbol.asyncDispose]();
  });

  function listen(server: Server): Promise<number> {
    return servers.listen(server);
  }

  function serve(handle: RequestListener): Promise<number> {
    return servers.http(handle);
  }

  function client(allow = LOOPBACK, resolve?: (name: string) => Promise<readonly string[]>): Egress {
    const egress = createEgress({
      policy: createAddressPolicy(allow),
      ...(resolve === undefined ? {} : { resolve }),
    });
    clients.push(egress);
    return egress;
  }

  function ask(egress: Egress, url: string, more: Partial<EgressRequest> = {}): Promise<EgressResult> {
    return egress.request({
      method: 'POST',
      url: new URL(url),
      headers: {},
      body: Buffer.from('body'),
      timeoutMs: 5_000,
      maxResponseBytes: 1_000,
      ...more,
    });
  }

  it('answers status, headers, cookies and body, and says the length of what it sends', async () => {
    const port = await serve((request, response) => {
      response.writeHead(201, { 'x-a': ['1', '2'], 'set-cookie': ['a=1', 'b=2'] });
      response.end(
        `${request.headers['content-length']} ${request.headers['accept-encoding']} ${String(request.headers['expect'])}`,
      );
    });
    const result = await ask(client(), `http://127.0.0.1:${port}/path`);
    assert.ok(result.kind === 'response');
    assert.deepEqual(
      [result.status, result.headers['x-a'], result.setCookies],
      [201, '1, 2', ['a=1', 'b=2']],
    );
    assert.equal(text.decode(result.body), '4 identity undefined');
  });

  it('follows no redirect', async () => {
    let visited = 0;
    const target = await serve((_request, response) => {
      visited += 1;
      response.end();
    });
    for (const status of [301, 302, 303, 307, 308]) {
      const port = await serve((_request, response) => {
        response.writeHead(status, { location: `http://127.0.0.1:${target}/` }).end();
      });
      const result = await ask(client(), `http://127.0.0.1:${port}/`);
      assert.equal(result.kind === 'response' && result.status, status);
    }
    assert.equal(visited, 0);
  });

  it('cuts a reply at the cap, also one that never ends', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write('x'.repeat(500)), 1);
      response.on('close', () => clearInterval(timer));
    });
    const result = await ask(client(), `http://127.0.0.1:${port}/`);
    assert.ok(result.kind === 'response');
    assert.deepEqual([result.body.length, result.bodyCut], [1_000, true]);
  });

  it('ends an exchange at its deadline even while bytes drip', async () => {
    const port = await serve((_request, response) => {
      const timer = setInterval(() => response.write('.'), 20);
      response.on('close', () => clearInterval(timer));
    });
    const result = await ask(client(), `http://127.0.0.1:${port}/`, { timeoutMs: 200 });
    assert.deepEqual(result.kind === 'failure' && [result.code, result.phase, result.requestSent], [
      'timeout',
      'response',
      true,
    ]);
  });

  it('says that a reply was cut when the connection ends before its promised end', async () => {
    const port = await listen(
      createTcpServer((socket) => {
        socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort'));
      }),
    );
    const result = await ask(client(), `http://127.0.0.1:${port}/`);
    assert.equal(result.kind === 'response' && result.bodyCut, true);
  });

  it('refuses a reply with more headers than fit, and one that is not HTTP', async () => {
    const port = await serve((_request, response) => {
      for (let index = 0; index < 3_000; index += 1) response.setHeader(`x-${index}`, 'y');
      response.end();
    });
    const tooMany = await ask(client(), `http://127.0.0.1:${port}/`);
    assert.equal(tooMany.kind === 'failure' && tooMany.code, 'reply_headers_too_long');
    const other = await listen(
      createTcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0-x\r\n'))),
    );
    const notHttp = await ask(client(), `http://127.0.0.1:${other}/`);
    assert.equal(notHttp.kind === 'failure' && notHttp.code, 'not_http');
  });

  /** Answers the first request on a connection, and resets it at the second. */
  async function serveOncePerConnection(): Promise<{
    readonly port: number;
    readonly requests: () => number;
  }> {
    let requests = 0;
    const port = await listen(
      createTcpServer((socket) => {
        let answered = false;
        socket.on('error', () => undefined);
        socket.on('data', (chunk: Buffer) => {
          if (chunk.subarray(0, 5).toString() !== 'POST ') return;
          requests += 1;
          if (answered) socket.resetAndDestroy();
          else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
          answered = true;
        });
      }),
    );
    return { port, requests: () => requests };
  }

  it('sends again over a new connection when a kept one breaks before the request is out', async () => {
    const { port, requests } = await serveOncePerConnection();
    const egress = client();
    assert.equal((await ask(egress, `http://127.0.0.1:${port}/`)).kind, 'response');
    const body = Buffer.alloc(64 * 1024 * 1024, 0x20);
    assert.equal((await ask(egress, `http://127.0.0.1:${port}/`, { body })).kind, 'response');
    assert.equal(requests(), 3);
  });

  it('leaves it to the caller to repeat a request that was out when a kept connection broke', async () => {
    const { port, requests } = await serveOncePerConnection();
    const egress = client();
    assert.equal((await ask(egress, `http://127.0.0.1:${port}/`)).kind, 'response');
    const result = await ask(egress, `http://127.0.0.1:${port}/`);
    assert.deepEqual(result.kind === 'failure' && [result.code, result.requestSent], ['reset', true]);
    assert.equal(requests(), 2);
  });

  it('names what failed before anything was sent', async () => {
    const closed = createTcpServer();
    const port = await listen(closed);
    closed.close();
    const refused = await ask(client(), `http://127.0.0.1:${port}/`);
    assert.deepEqual(refused.kind === 'failure' && [refused.code, refused.requestSent], ['refused', false]);
    const unknown = await ask(
      client('', () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' }))),
      'https://splunk.example.com:8088/',
    );
    assert.deepEqual(unknown.kind === 'failure' && [unknown.code, unknown.phase], ['name_not_found', 'dns']);
  });

  it('can be ended from our side', async () => {
    const port = await serve(() => undefined);
    const ending = new AbortController();
    const asking = ask(client(), `http://127.0.0.1:${port}/`, { signal: ending.signal });
    ending.abort();
    const result = await asking;
    assert.equal(result.kind === 'failure' && result.phase, 'aborted');
  });

  describe('the guard', () => {
    it('dials no address that is not allowed, over http and over TLS, literal and name', async () => {
      let connections = 0;
      const trap = createTcpServer((socket) => {
        connections += 1;
        socket.destroy();
      });
      const port = await listen(trap);
      const spellings = [
        '127.0.0.1',
        '[::1]',
        '[::ffff:127.0.0.1]',
        '127.1',
        '2130706433',
        '0x7f.0.0.1',
        '0.0.0.0',
        'trap.example.com',
      ];
      for (const scheme of ['http', 'https']) {
        for (const host of spellings) {
          const egress = client('', () => Promise.resolve(['127.0.0.1']));
          const result = await ask(egress, `${scheme}://${host}:${port}/`);
          assert.equal(result.kind === 'failure' && result.phase, 'blocked', `${scheme}://${host}`);
        }
      }
      assert.equal(connections, 0);
    });

    it('refuses a name of which one answer is not allowed', async () => {
      const egress = client('', () => Promise.resolve(['93.184.216.34', '10.0.0.1']));
      const result = await ask(egress, 'https://mixed.example.com:8088/');
      assert.equal(result.kind === 'failure' && result.code, 'address_private');
    });

    it('dials only what was checked when the answers of DNS change between two sends', async () => {
      let connections = 0;
      const port = await listen(
        createTcpServer((socket) => {
          connections += 1;
          socket.destroy();
        }),
      );
      let flip = 0;
      const egress = client('', () => Promise.resolve([(flip += 1) % 2 === 0 ? '127.0.0.1' : '10.0.0.1']));
      for (let round = 0; round < 50; round += 1) {
        const result = await ask(egress, `https://rebind.example.com:${port}/`);
        assert.equal(result.kind === 'failure' && result.phase, 'blocked');
      }
      assert.equal(connections, 0);
    });

    it('reaches the metadata address for a managed-identity token only', async () => {
      const egress = client('http+0.0.0.0/0');
      const url = 'http://169.254.169.254/metadata/identity/oauth2/token';
      const plain = await ask(egress, url, { timeoutMs: 300 });
      assert.equal(plain.kind === 'failure' && plain.code, 'address_metadata');
    });
  });
});
