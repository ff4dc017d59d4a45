import type { Connector } from '../connectors/connector.ts';
import type { Destination } from '../outbox/destination.ts';
import type { Connect } from './delivery-parts.ts';

/** A connector in use, with the settings that it was made from. */
export interface HeldConnector {
  readonly connector: Connector;
  readonly destination: Destination;
  /** To be called once when the use is over. */
  release(): void;
}

interface Held {
  readonly connector: Connector;
  readonly destination: Destination;
  users: number;
  retired: boolean;
}

/**
 * The connector of a lane's destination. New settings make a new one; the old one is closed when the last request on it
 * has ended, so that a change of settings cuts no send short.
 */
export class ConnectorHolder {
  readonly #connect: Connect;
  readonly #hecChannel: string;
  readonly #onCloseError: (error: unknown) => void;
  #held: Held | undefined;

  constructor(connect: Connect, hecChannel: string, onCloseError: (error: unknown) => void) {
    this.#connect = connect;
    this.#hecChannel = hecChannel;
    this.#onCloseError = onCloseError;
  }

  /** The present connector, or undefined while the settings could not be used. */
  get current(): Connector | undefined {
    return this.#held?.connector;
  }

  /** Throws what `connect` throws; there is then no connector until the next change. */
  change(destination: Destination): void {
    this.#retire();
    this.#held = {
      connector: this.#connect(destination, this.#hecChannel),
      destination,
      users: 0,
      retired: false,
    };
  }

  acquire(): HeldConnector | undefined {
    const held = this.#held;
    if (held === undefined) return undefined;
    held.users += 1;
    let released = false;
    return {
      connector: held.connector,
      destination: held.destination,
      release: () => {
        if (released) return;
        released = true;
        held.users -= 1;
        if (held.retired && held.users === 0) this.#close(held);
      },
    };
  }

  close(): void {
    this.#retire();
  }

  #retire(): void {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return;
    held.retired = true;
    if (held.users === 0) this.#close(held);
  }

  #close(held: Held): void {
    held.connector.close().catch(this.#onCloseError);
  }
}
