import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { TestCertificate } from '../fake-splunk/test-certificates.ts';

export interface TlsFront extends AsyncDisposable {
  readonly port: number;
}

/** Ends TLS before a sink that speaks plain http, as a balancer does. */
export async function startTlsFront(
  sinkPort: number,
  { certificatePem, privateKeyPem }: TestCertificate,
): Promise<TlsFront> {
  const open = new Set<Socket>();
  const server = createServer({ cert: certificatePem, key: privateKeyPem }, (secured) => {
    const sink = connect({ host: '127.0.0.1', port: sinkPort, noDelay: true });
    open.add(secured);
    secured.pipe(sink);
    sink.pipe(secured);
    // What breaks on one side is seen on the other.
    for (const [socket, other] of [
      [secured, sink],
      [sink, secured],
    ] as const) {
      socket.on('error', () => other.destroy());
      socket.on('close', () => other.destroy());
    }
    secured.on('close', () => open.delete(secured));
  });
  server.on('tlsClientError', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}
