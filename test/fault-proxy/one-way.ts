import type { Socket } from 'node:net';
import type { FaultSwitch } from './fault-switch.ts';
import { type Move, moveOf, type Way } from './path-fault.ts';

/** Reading stops beyond this: a sender that is faster than the path must feel it. */
const MAX_WAITING_BYTES = 1_048_576;

/** What one direction of a connection may ask of the whole. */
export interface Ends {
  readonly signal: AbortSignal;
  reset(): void;
  close(): void;
  flood(): void;
  alert(alert: number): void;
}

/** One direction of a connection: takes bytes from one socket and lets them reach the other as the fault allows. */
export class OneWay {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #way: Way;
  readonly #faults: FaultSwitch;
  readonly #ends: Ends;
  readonly #waiting: { bytes: Buffer; readonly atMs: number }[] = [];
  #waitingBytes = 0;
  #passed = 0;
  #version: number;
  #moving = false;
  #ended = false;

  constructor(way: Way, from: Socket, to: Socket, faults: FaultSwitch, ends: Ends) {
    this.#way = way;
    this.#from = from;
    this.#to = to;
    this.#faults = faults;
    this.#ends = ends;
    this.#version = faults.version;
    from.on('data', (bytes: Buffer) => {
      this.#waiting.push({ bytes, atMs: performance.now() });
      this.#waitingBytes += bytes.length;
      if (this.#waitingBytes > MAX_WAITING_BYTES) from.pause();
      void this.#move();
    });
    from.on('end', () => {
      this.#ended = true;
      void this.#move();
    });
  }

  /** Never rejects: sockets report their faults as events. */
  async #move(): Promise<void> {
    if (this.#moving) return;
    this.#moving = true;
    while (this.#waiting.length > 0 && !this.#ends.signal.aborted) await this.#step();
    this.#moving = false;
    if (this.#ended && !this.#ends.signal.aborted) this.#to.end();
  }

  async #step(): Promise<void> {
    const { fault, version } = this.#faults;
    if (version !== this.#version) {
      this.#version = version;
      this.#passed = 0;
    }
    const [first] = this.#waiting;
    if (first === undefined) return;
    const move = moveOf(fault, {
      way: this.#way,
      bytes: first.bytes.length,
      passed: this.#passed,
      ageMs: performance.now() - first.atMs,
    });
    const untouched = move.do === 'pass' && move.afterMs === 0 && move.bytes === first.bytes.length;
    if (!untouched) this.#faults.strike();
    await this.#carryOut(move, version);
  }

  async #carryOut(move: Move, version: number): Promise<void> {
    switch (move.do) {
      case 'pass':
        if (move.afterMs > 0) await this.#faults.changedWithin(move.afterMs, this.#ends.signal);
        // The fault that asked for this is over: what waits is judged anew.
        if (this.#faults.version !== version || this.#ends.signal.aborted) return;
        await this.#write(this.#takeOut(move.bytes));
        return;
      case 'hold':
        await this.#faults.changedWithin(Infinity, this.#ends.signal);
        return;
      case 'swallow':
        this.#takeOut(Infinity);
        return;
      case 'reset':
        this.#ends.reset();
        return;
      case 'close':
        this.#ends.close();
        return;
      case 'flood':
        this.#takeOut(Infinity);
        this.#ends.flood();
        return;
      case 'alert':
        this.#ends.alert(move.alert);
        return;
      default:
        move satisfies never;
    }
  }

  /** Up to `count` bytes of the oldest piece. */
  #takeOut(count: number): Buffer {
    const [first] = this.#waiting;
    if (first === undefined) return Buffer.alloc(0);
    const taken = first.bytes.subarray(0, count);
    if (taken.length < first.bytes.length) first.bytes = first.bytes.subarray(taken.length);
    else this.#waiting.shift();
    this.#waitingBytes -= taken.length;
    if (this.#from.isPaused() && this.#waitingBytes <= MAX_WAITING_BYTES) this.#from.resume();
    return taken;
  }

  async #write(bytes: Buffer): Promise<void> {
    this.#passed += bytes.length;
    if (this.#to.write(bytes)) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const done = (): void => resolve();
    this.#to.once('drain', done);
    this.#ends.signal.addEventListener('abort', done, { once: true });
    await promise;
    this.#to.off('drain', done);
    this.#ends.signal.removeEventListener('abort', done);
  }
}
