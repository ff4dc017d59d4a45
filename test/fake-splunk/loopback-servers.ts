import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';

/** Servers of one test file, each on a free port of loopback, closed together. */
export class LoopbackServers implements AsyncDisposable {
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  /** Answers the port. */
  async listen(server: Server): Promise<number> {
    this.#servers.push(server);
    server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
    });
    server.on('tlsClientError', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  http(handle: RequestListener): Promise<number> {
    return this.listen(createServer(handle));
  }

  tcp(handle: (socket: Socket) => void): Promise<number> {
    return this.listen(createTcpServer(handle));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(
      this.#servers
        .filter((server) => server.listening)
        .map((server) => {
          const closed = once(server, 'close');
          server.close();
          return closed;
        }),
    );
  }
}
