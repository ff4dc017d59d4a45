import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, describe, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

const REPLY = 'the reply of the sink, which has more than sixty bytes in it to be cut';
/** Long enough for a busy machine; no test waits for it unless it fails. */
const PATIENCE_MS = 10_000;

/** What the sender saw of one connection. */
interface Seen {
  text: string;
  /** `end`: closed in order; `reset`, `refused`: by what went wrong. */
  end: 'end' | 'reset' | 'refused' | undefined;
}

describe('the fault proxy', () => {
  const servers = new LoopbackServers();
  after(() => servers[Symbol.asyncDispose]());

  /** A sink that answers each line, and what it got. */
  async function sink(): Promise<{ proxy: FaultProxy; got: () => string; ended: () => number }> {
    let got = '';
    let ended = 0;
    const port = await servers.tcp((socket) => {
      socket.on('data', (bytes: Buffer) => {
        got += bytes.toString();
        if (got.endsWith('\n')) socket.write(REPLY);
      });
      socket.on('close', () => {
        ended += 1;
      });
    });
    return { proxy: await startFaultProxy(port), got: () => got, ended: () => ended };
  }

  /** Sends a line; answers what was seen until `until` says that it is enough, or the connection ends. */
  async function talk(
    proxy: FaultProxy,
    line: string,
    until: (seen: Seen) => boolean = ({ text }) => text.length >= REPLY.length,
  ): Promise<Seen & { readonly ms: number; hangUp(): void }> {
    const startedMs = performance.now();
    const seen: Seen = { text: '', end: undefined };
    const { promise, resolve } = Promise.withResolvers<void>();
    const socket = connect({ host: '127.0.0.1', port: portOf(proxy), allowHalfOpen: true });
    const look = (): void => {
      if (seen.end !== undefined || until(seen)) resolve();
    };
    socket.on('connect', () => socket.write(line));
    socket.on('data', (bytes: Buffer) => {
      seen.text += bytes.toString();
      look();
    });
    socket.on('end', () => {
      seen.end ??= 'end';
      look();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      seen.end ??= error.code === 'ECONNREFUSED' ? 'refused' : 'reset';
      look();
    });
    const late = AbortSignal.timeout(PATIENCE_MS);
    late.addEventListener('abort', () => resolve());
    await promise;
    return { ...seen, ms: performance.now() - startedMs, hangUp: () => socket.destroy() };
  }

  it('lets everything pass when nothing is wrong, and passes a reset of the sink on', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    const whole = await talk(proxy, 'hello\n');
    whole.hangUp();
    assert.equal(whole.text, REPLY);
    assert.equal(got(), 'hello\n');
    const rude = await startFaultProxy(await servers.tcp((socket) => socket.resetAndDestroy()));
    await using __ = rude;
    assert.equal((await talk(rude, 'hello\n')).end, 'reset');
  });

  it('latency: request and reply come later, whole', async () => {
    const { proxy } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'latency', delayMs: 80 });
    const slow = await talk(proxy, 'hello\n');
    slow.hangUp();
    assert.equal(slow.text, REPLY);
    assert.ok(slow.ms >= 155, `${slow.ms}`);
  });

  it('bandwidth: a request takes as long as its bytes need', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'bandwidth', bytesPerSecond: 20_000 });
    const line = `${'x'.repeat(3_999)}\n`;
    const slow = await talk(proxy, line);
    slow.hangUp();
    assert.equal(got(), line);
    assert.ok(slow.ms >= 190, `${slow.ms}`);
  });

  it('stall: nothing passes while it lasts, everything when it is over', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'stall' });
    const talking = talk(proxy, 'hello\n');
    await proxy.struck();
    assert.equal(got(), '');
    await proxy.end();
    const seen = await talking;
    seen.hangUp();
    assert.equal(seen.text, REPLY);
    assert.equal(proxy.connections(), 1);
  });

  it('half open towards the sink: the request goes nowhere, and the sender hears of it when the path is back', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'half_open', closed: 'sink' });
    const talking = talk(proxy, 'hello\n');
    await proxy.struck();
    await proxy.end();
    const seen = await talking;
    assert.deepEqual([seen.text, seen.end, got()], ['', 'reset', '']);
  });

  it('half open towards the sender: the request arrives and its answer does not', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'half_open', closed: 'sender' });
    const seen = await talk(proxy, 'hello\n');
    assert.deepEqual([seen.text, seen.end], ['', 'end']);
    // The swallowed answer.
    await proxy.struck();
    seen.hangUp();
    assert.equal(got(), 'hello\n');
  });

  it('half open on a connection that is in use: what is sent then goes nowhere', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    const socket = connect({ host: '127.0.0.1', port: portOf(proxy) });
    socket.write('one\n');
    await once(socket, 'data');
    await proxy.begin({ kind: 'half_open', closed: 'sink' });
    socket.write('two\n');
    await proxy.struck();
    const reset = once(socket, 'error');
    await proxy.end();
    await reset;
    assert.equal(got(), 'one\n');
  });

  it('reset at a byte of the request: the sink has exactly those before it', async () => {
    const { proxy, got, ended } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'reset', on: 'request', afterBytes: 5 });
    assert.equal((await talk(proxy, 'hello, sink\n')).end, 'reset');
    while (ended() === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.ok('hello'.startsWith(got()), got());
  });

  it('reset at a byte of the reply: the sink has the request, the sender at most those bytes', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'reset', on: 'reply', afterBytes: 9 });
    const seen = await talk(proxy, 'hello\n');
    assert.equal(seen.end, 'reset');
    assert.ok(REPLY.slice(0, 9).startsWith(seen.text), seen.text);
    assert.equal(got(), 'hello\n');
  });

  it('cut reply: the sender has exactly those bytes, and an end in order', async () => {
    const { proxy } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'cut_reply', afterBytes: 9 });
    const seen = await talk(proxy, 'hello\n');
    seen.hangUp();
    assert.deepEqual([seen.text, seen.end], [REPLY.slice(0, 9), 'end']);
  });

  it('refused: the port is closed for as long as it lasts, and open connections are reset', async () => {
    const { proxy } = await sink();
    await using _ = proxy;
    const socket = connect({ host: '127.0.0.1', port: portOf(proxy) });
    socket.write('one\n');
    await once(socket, 'data');
    const reset = once(socket, 'error');
    await proxy.begin({ kind: 'refused' });
    await reset;
    assert.equal((await talk(proxy, 'hello\n')).end, 'refused');
    await proxy.end();
    const seen = await talk(proxy, 'hello\n');
    seen.hangUp();
    assert.equal(seen.text, REPLY);
  });

  it('drip: a reply comes a few bytes at a time, and is whole in the end', async () => {
    const { proxy } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'drip_reply', bytes: 10, everyMs: 15 });
    const seen = await talk(proxy, 'hello\n');
    seen.hangUp();
    assert.equal(seen.text, REPLY);
    const pauses = Math.ceil(REPLY.length / 10) - 1;
    // A timer may be a millisecond early.
    assert.ok(seen.ms >= 14 * pauses, `${seen.ms}`);
  });

  it('endless reply: the sink takes the request, and the sender reads for as long as it likes', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'endless_reply' });
    const seen = await talk(proxy, 'hello\n', ({ text }) => text.length > 2_000_000);
    seen.hangUp();
    assert.match(seen.text.slice(0, 100), /^HTTP\/1\.1 200 OK\r\n/);
    assert.ok(seen.text.length > 2_000_000);
    assert.equal(got(), 'hello\n');
  });

  it('TLS alert: a greeting is answered with this alert, and nothing reaches the sink', async () => {
    const { proxy, got } = await sink();
    await using _ = proxy;
    await proxy.begin({ kind: 'tls_alert', alert: 80 });
    const socket = connectTls({ host: '127.0.0.1', port: portOf(proxy), servername: 'splunk.example.com' });
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    assert.match(error.code ?? '', /ALERT_INTERNAL_ERROR/);
    assert.equal(got(), '');
  });
});

function portOf(proxy: FaultProxy): number {
  return Number(new URL(proxy.through('http://127.0.0.1:1')).port);
}
