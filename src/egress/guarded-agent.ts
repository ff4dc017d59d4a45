import { Agent, type AgentOptions, type ClientRequestArgs } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import type { Duplex } from 'node:stream';

/** Makes the socket of one request; the request's own options travel along. */
export type MakeSocket = (options: ClientRequestArgs) => Promise<Duplex>;

/** Splunk closes idle connections after 12 s when busy, Fluent Bit after 10 s: ours are dropped before. */
export const IDLE_SOCKET_MS = 8_000;
const MAX_SOCKETS_A_HOST = 16;

export interface PoolSettings {
  readonly keepAlive: boolean;
  readonly idleSocketMs: number;
}

function agentOptions({ keepAlive, idleSocketMs }: PoolSettings): AgentOptions {
  return {
    keepAlive,
    maxSockets: MAX_SOCKETS_A_HOST,
    maxFreeSockets: MAX_SOCKETS_A_HOST,
    // Ends connections that nobody uses. A request under way has its own deadline, and this does not end it.
    timeout: idleSocketMs,
    scheduling: 'lifo',
  };
}

type Callback = (error: Error | null, stream: Duplex) => void;

/**
 * Pools of connections whose sockets are made by the guard. The method is overridden, not the option: an agent's
 * `createConnection` option is ignored in some calls, and `blockList` has no effect over TLS.
 */
export class GuardedAgent extends Agent {
  readonly #makeSocket: MakeSocket;

  constructor(makeSocket: MakeSocket, settings: PoolSettings) {
    super(agentOptions(settings));
    this.#makeSocket = makeSocket;
  }

  override createConnection(options: ClientRequestArgs, callback?: Callback): undefined {
    handOver(this.#makeSocket(options), callback);
  }
}

export class GuardedTlsAgent extends TlsAgent {
  readonly #makeSocket: MakeSocket;

  constructor(makeSocket: MakeSocket, settings: PoolSettings) {
    super(agentOptions(settings));
    this.#makeSocket = makeSocket;
  }

  override createConnection(options: ClientRequestArgs, callback?: Callback): undefined {
    handOver(this.#makeSocket(options), callback);
  }
}

function handOver(making: Promise<Duplex>, callback: Callback | undefined): void {
  void (async () => {
    try {
      callback?.(null, await making);
    } catch (error) {
      // Node takes the error from the first argument and looks at the second only without one.
      (callback as ((error: unknown) => void) | undefined)?.(error);
    }
  })();
}
