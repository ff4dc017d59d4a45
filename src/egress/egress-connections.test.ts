import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { after, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { LoopbackServers } from '../../test/fake-splunk/loopback-servers.ts';
import { createAddressPolicy } from './address-policy.ts';
import { createEgress, type EgressOptions } from './create-egress.ts';
import type { Egress, EgressRequest, EgressResult } from './egress.ts';

const policy = createAddressPolicy('http+127.0.0.1/32:1024-65535');

describe('connections of the egress client', () => {
  const servers = new LoopbackServers();
  const clients: Egress[] = [];
  after(async () => {
    for (const egress of clients) await egress.close();
    await servers[Symbol.asyncDispose]();
  });

  function client(options: Partial<EgressOptions> = {}): Egress {
    const egress = createEgress({ policy, ...options });
    clients.push(egress);
    return egress;
  }

  function ask(egress: Egress, port: number, more: Partial<EgressRequest> = {}): Promise<EgressResult> {
    return egress.request({
      method: 'POST',
      url: new URL(`http://127.0.0.1:${port}/`),
      headers: {},
      body: Buffer.from('body'),
      timeoutMs: 5_000,
      maxResponseBytes: 1_000,
      ...more,
    });
  }

  function bodyOf(result: EgressResult): string {
    return result.kind === 'response' ? Buffer.from(result.body).toString() : result.code;
  }

  it('drops a connection that nobody used for a while, by itself', { timeout: 10_000 }, async () => {
    const server = createServer((_request, response) => response.end('ok'));
    // It would keep the connection for ever: only the client can end it.
    server.keepAliveTimeout = 0;
    const port = await servers.listen(server);
    const connected = once(server, 'connection') as Promise<[Socket]>;
    assert.equal(bodyOf(await ask(client({ idleSocketMs: 50 }), port)), 'ok');
    const [socket] = await connected;
    if (!socket.closed) await once(socket, 'close');
    assert.ok(socket.closed);
  });

  it('waits for an answer longer than a connection may be idle', async () => {
    const port = await servers.http((_request, response) => {
      setTimeout(() => response.end('late'), 150);
    });
    assert.equal(bodyOf(await ask(client({ idleSocketMs: 20 }), port)), 'late');
  });

  it('opens no more connections than requests under way, and uses them again', async () => {
    const ports = new Set<number | undefined>();
    const port = await servers.http((request, response) => {
      ports.add(request.socket.remotePort);
      response.end('ok');
    });
    const egress = client();
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([ask(egress, port), ask(egress, port), ask(egress, port)]);
    }
    assert.ok(ports.size <= 3, `${ports.size} connections`);
  });

  it(
    'sends nothing of a request any more that was answered before it was out',
    { timeout: 10_000 },
    async () => {
      // Reads nothing: what does not fit into the buffers of the two sockets stays with the client.
      const port = await servers.tcp((socket) => {
        socket.pause();
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        sockets.push(socket);
      });
      const sockets: Socket[] = [];
      const body = Buffer.alloc(32_000_000, 'a');
      assert.equal(bodyOf(await ask(client(), port, { body })), 'ok');
      body.fill('b');
      const [socket] = sockets;
      assert.ok(socket);
      socket.on('error', () => undefined);
      let received = '';
      socket.on('data', (chunk: Buffer) => {
        received += chunk.toString('latin1').replaceAll('a', '');
      });
      socket.resume();
      if (!socket.closed) await once(socket, 'close');
      assert.ok(
        !received.split('\r\n\r\n').slice(1).join('').includes('b'),
        'bytes that were written over later',
      );
    },
  );

  it('takes a connection that was closed after its answer for no fault', async () => {
    let requests = 0;
    const port = await servers.tcp((socket) => {
      socket.on('data', () => {
        requests += 1;
        // Says nothing of closing, and closes.
        socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
      });
    });
    const egress = client();
    for (let round = 0; round < 20; round += 1) assert.equal(bodyOf(await ask(egress, port)), 'ok');
    assert.equal(requests, 20);
  });

  it('gives an answer that nobody asked for to no later request', async () => {
    const answer = (text: string): string =>
      `HTTP/1.1 200 OK\r\ncontent-length: ${text.length}\r\n\r\n${text}`;
    for (const apart of [false, true]) {
      let connections = 0;
      let unasked = Promise.resolve();
      const port = await servers.tcp((socket) => {
        connections += 1;
        socket.on('data', () => {
          if (!apart) socket.write(answer('asked') + answer('unasked'));
          else {
            socket.write(answer('asked'));
            const { promise, resolve } = Promise.withResolvers<void>();
            unasked = promise;
            setImmediate(() => socket.write(answer('unasked'), () => resolve()));
          }
        });
      });
      const egress = client();
      for (let round = 0; round < 5; round += 1) {
        assert.equal(bodyOf(await ask(egress, port)), 'asked');
        await unasked;
      }
      assert.ok(connections > 1, 'a connection that says too much is not used again');
    }
  });

  it('never inflates an answer, whatever its headers say', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const port = await servers.http((_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip, gzip' }).end(bomb);
    });
    const result = await ask(client(), port);
    assert.ok(result.kind === 'response' && result.bodyCut);
    assert.deepEqual(Buffer.from(result.body), bomb.subarray(0, 1_000));
  });

  it('ends at the deadline in a flood of preliminary answers and in headers that never end', async () => {
    for (const drip of ['HTTP/1.1 103 Early Hints\r\n\r\n', 'x']) {
      const port = await servers.tcp((socket) => {
        socket.once('data', () => {
          if (drip === 'x') socket.write('HTTP/1.1 200 OK\r\nx: ');
          const timer = setInterval(() => socket.write(drip), 5);
          socket.on('close', () => clearInterval(timer));
        });
      });
      const result = await ask(client(), port, { timeoutMs: 150 });
      assert.equal(result.kind === 'failure' && result.code, 'timeout');
    }
  });

  it('refuses an answer with two lengths, a bad chunk or HTTP/0.9', async () => {
    for (const reply of [
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nok!',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nok\r\n',
      '<html>hello</html>',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    ]) {
      const port = await servers.tcp((socket) => {
        socket.once('data', () => socket.end(reply));
      });
      const result = await ask(client(), port);
      const usable = result.kind === 'response' && !result.bodyCut;
      assert.equal(usable, false, reply);
    }
  });

  it('dials nothing once the exchange has ended, when a name is answered late', async () => {
    let connections = 0;
    const port = await servers.tcp((socket) => {
      connections += 1;
      socket.destroy();
    });
    const answer = Promise.withResolvers<readonly string[]>();
    const egress = client({ resolve: () => answer.promise });
    const url = new URL(`http://slow-dns.example.com:${port}/`);
    const result = await ask(egress, port, { url, timeoutMs: 20 });
    assert.deepEqual(result.kind === 'failure' && [result.code, result.phase, result.requestSent], [
      'timeout',
      'dns',
      false,
    ]);
    answer.resolve(['127.0.0.1']);
    // A request to the same server after it: by its answer a dial would have been seen.
    assert.equal((await ask(egress, port)).kind, 'failure');
    assert.equal(connections, 1);
  });

  it('measures with the clock it is given', async () => {
    const port = await servers.http((_request, response) => response.end('ok'));
    let nowMs = 1_000;
    const result = await ask(client({ monotonicMs: () => (nowMs += 7) }), port);
    assert.ok(result.durationMs > 0 && result.durationMs % 7 === 0);
  });
});
