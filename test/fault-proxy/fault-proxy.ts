import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { FaultSwitch } from './fault-switch.ts';
import type { PathFault } from './path-fault.ts';
import { ProxiedConnection } from './proxied-connection.ts';

const STRUCK_TIMEOUT_MS = 30_000;

/** A TCP path to a sink on this machine that can be broken in many ways, and mended. It reads no protocol. */
export interface FaultProxy extends AsyncDisposable {
  /** The address of the sink, by way of this proxy. */
  through(sinkUrl: string): string;
  /** From now on the path has this fault, connections that are open included. */
  begin(fault: PathFault): Promise<void>;
  /** The path is whole again. What was held passes; connections that lost a side are reset. */
  end(): Promise<void>;
  /** Resolves when the present fault has touched data `times` times. A refused connection is not seen here. */
  struck(times?: number): Promise<void>;
  /** Connections accepted so far. */
  connections(): number;
}

/** Starts a proxy on a free port of loopback, before the sink that listens on `sinkPort`. */
export async function startFaultProxy(sinkPort: number): Promise<FaultProxy> {
  const faults = new FaultSwitch();
  const open = new Set<ProxiedConnection>();
  let accepted = 0;
  // A side that has finished may still be spoken to: only so can half of a connection be open.
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    accepted += 1;
    const connection: ProxiedConnection = new ProxiedConnection(socket, sinkPort, faults, () =>
      open.delete(connection),
    );
    open.add(connection);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const resetAll = (): void => {
    for (const connection of open) connection.reset();
  };
  const change = async (fault: PathFault | undefined): Promise<void> => {
    const wasRefused = faults.fault?.kind === 'refused';
    faults.set(fault);
    for (const connection of open) connection.faultChanged();
    if (fault?.kind === 'refused' && !wasRefused) await closeServer(server, resetAll);
    if (fault?.kind !== 'refused' && wasRefused) {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    }
  };
  return {
    through: (sinkUrl) => {
      const url = new URL(sinkUrl);
      url.port = String(port);
      return url.href.replace(/\/$/, '');
    },
    begin: change,
    end: () => change(undefined),
    struck: (times = 1) => faults.struck(times, STRUCK_TIMEOUT_MS),
    connections: () => accepted,
    [Symbol.asyncDispose]: () => closeServer(server, resetAll),
  };
}

async function closeServer(server: Server, resetAll: () => void): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  resetAll();
  await closed;
}
