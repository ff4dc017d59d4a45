import { connect, type Socket } from 'node:net';
import type { FaultSwitch } from './fault-switch.ts';
import { OneWay } from './one-way.ts';

const FLOOD_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n';
const FLOOD_CHUNK = `400\r\n${' '.repeat(0x400)}\r\n`;
const ALERT_RECORD = 0x15;
const FATAL = 2;

/** A connection of a sender, and the one to the sink that stands for it. */
export class ProxiedConnection {
  readonly #sender: Socket;
  readonly #sink: Socket;
  readonly #faults: FaultSwitch;
  readonly #over = new AbortController();
  /** One side was closed without a word to the other. */
  #halfOpen = false;
  #flooding = false;

  /** `onOver` is called once, when nothing is left of it. */
  constructor(sender: Socket, sinkPort: number, faults: FaultSwitch, onOver: () => void) {
    this.#sender = sender;
    this.#faults = faults;
    this.#sink = connect({ host: '127.0.0.1', port: sinkPort, noDelay: true, allowHalfOpen: true });
    sender.setNoDelay(true);
    const ends = {
      signal: this.#over.signal,
      reset: () => this.reset(),
      close: () => this.#close(),
      flood: () => this.#flood(),
      alert: (alert: number) => this.#alert(alert),
    };
    void new OneWay('request', sender, this.#sink, faults, ends);
    void new OneWay('reply', this.#sink, sender, faults, ends);
    sender.on('error', () => this.reset());
    this.#sink.on('error', () => {
      if (!this.#halfOpen) this.reset();
    });
    sender.on('close', () => {
      this.#over.abort();
      this.#sink.destroy();
      onOver();
    });
    this.faultChanged();
  }

  /** A fault that is in the connection, not in its bytes, begins or ends here. */
  faultChanged(): void {
    const { fault } = this.#faults;
    if (this.#halfOpen) {
      // The path is whole again, and whatever is in between finds a connection that it does not know.
      this.reset();
      return;
    }
    if (fault?.kind !== 'half_open') return;
    this.#halfOpen = true;
    if (fault.closed === 'sink') this.#sink.destroy();
    else this.#sender.end();
  }

  reset(): void {
    this.#over.abort();
    resetSocket(this.#sender);
    resetSocket(this.#sink);
  }

  #close(): void {
    this.#over.abort();
    this.#sink.destroy();
    this.#sender.end();
    this.#sender.destroySoon();
  }

  /** As fast as the sender reads, until it hangs up. */
  #flood(): void {
    if (this.#flooding) return;
    this.#flooding = true;
    const pour = (): void => {
      while (!this.#over.signal.aborted && this.#sender.write(FLOOD_CHUNK));
    };
    this.#sender.on('drain', pour);
    this.#sender.write(FLOOD_HEAD);
    pour();
  }

  /** RFC 8446, section 5.1: an unprotected record of version 3.3 with two bytes. */
  #alert(alert: number): void {
    this.#sender.write(Buffer.from([ALERT_RECORD, 3, 3, 0, 2, FATAL, alert]));
    this.#close();
  }
}

/** A socket that has said its farewell cannot be reset any more; asked to, Node would keep its handle open for ever. */
function resetSocket(socket: Socket): void {
  if (socket.writableEnded) socket.destroy();
  else socket.resetAndDestroy();
}
