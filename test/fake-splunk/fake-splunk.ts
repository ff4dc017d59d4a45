import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { JsonObject } from '../../src/json.ts';
import { AckChannels } from './ack-channels.ts';
import { type CollectorState, type HecRules, type IncomingRequest, isEventPath } from './collector-state.ts';
import type { Envelope } from './envelopes.ts';
import { type HecFault, HecFaults, type HecRefusal } from './hec-faults.ts';
import { type HecAnswer, HEC_TEXTS } from './hec-reply.ts';
import { unpack } from './hec-request-body.ts';
import { inSplunkRules } from './in-splunk-rules.ts';
import { splunkRules } from './splunk-rules.ts';

const TOKEN = 'fa4e0000-0000-4000-8000-00000000c0de';
const WAIT_TIMEOUT_MS = 30_000;
/** `maxEventSize` of inputs.conf. */
const MAX_EVENT_BYTES = 5 * 1024 * 1024;

export interface FakeSplunkOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly token?: string;
  /** `in_splunk`: the rules of Fluent Bit's receiver in place of Splunk's (strict JSON, gzip, token; envelopes unchecked). */
  readonly rules?: 'splunk' | 'in_splunk';
  /** The token has indexer acknowledgement on: every request needs a channel and gets an id. */
  readonly acknowledgement?: boolean;
  /** With acknowledgement: requests of a channel whose ids nobody asked for; beyond it code 27. */
  readonly maxPendingAcks?: number;
  /** `NAME=VALUE` that a balancer sets; a question about acknowledgements without it reaches another indexer. */
  readonly balancerCookie?: string;
  /** Indexes that the token may write to; any when absent. */
  readonly indexes?: readonly string[];
  /** Largest body after decompression; over it 413 with an HTML page. */
  readonly maxBodyBytes?: number;
  readonly tls?: ServerOptions;
  /** How far its clock, as its answers tell it, is ahead of this machine's. */
  readonly clockAheadMs?: () => number;
  /** Is given each event that is taken; none is kept then. For runs with more events than fit in memory. */
  readonly onEvent?: (event: TakenEvent) => void;
}

/** An event as the collector took it. */
export interface TakenEvent {
  readonly event: JsonObject;
  readonly eventText: string;
  /** Envelope without its event. */
  readonly envelope: JsonObject;
  /** Which request brought it. */
  readonly request: number;
}

export interface HecRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly wireBytes: number;
  readonly bodyBytes: number;
  /** Absent where the connection was cut. */
  readonly status?: number;
  readonly code?: number;
  readonly taken: number;
  readonly atMs: number;
  /** Of the sender: the same for requests over one connection. */
  readonly remotePort: number;
}

/** A HTTP Event Collector over real HTTP that holds its sender to the protocol and keeps what it was given. */
export interface FakeSplunk extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** In the order they were taken, duplicates and all. */
  events(): readonly TakenEvent[];
  requests(): readonly HecRequest[];
  /** Resolves when so many events were taken; rejects after `timeoutMs`. */
  waitFor(count: number, timeoutMs?: number): Promise<void>;
  /** The next `times` event requests meet this fault. */
  plan(fault: HecFault, times?: number): void;
  clearFaults(): void;
  /** Events that match are refused from now on; undefined ends it. */
  refuse(refusal: HecRefusal | undefined): void;
  /** Every request is answered with this code until it is undefined again (1: token disabled, 9: busy, ...). */
  answerAlways(code: number | undefined): void;
  changeToken(token: string): void;
  /** An indexer restarts: acknowledgement ids begin at 0 again, and the old ones are unknown. */
  forgetAcknowledgements(): void;
  /** Acknowledges what was taken; with `false`, ids stay unacknowledged from now on. */
  acknowledgeAll(acknowledge: boolean): void;
  close(): Promise<void>;
}

export async function startFakeSplunk(options: FakeSplunkOptions = {}): Promise<FakeSplunk> {
  const splunk = new Collector(options);
  await splunk.listen(options.port ?? 0);
  return splunk;
}

class Collector implements FakeSplunk {
  readonly #options: FakeSplunkOptions;
  readonly #rules: HecRules;
  readonly #server: Server;
  readonly #faults = new HecFaults();
  readonly #events: TakenEvent[] = [];
  readonly #requests: HecRequest[] = [];
  readonly #waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();
  readonly #channels: AckChannels;
  #token: string;
  /** Known once it listens, and still after it was closed. */
  #url = '';
  #refusal: HecRefusal | undefined;
  #always: number | undefined;
  /** Events of the request that is being answered. */
  #takenNow = 0;

  constructor(options: FakeSplunkOptions) {
    this.#options = options;
    this.#rules = options.rules === 'in_splunk' ? inSplunkRules : splunkRules;
    this.#channels = new AckChannels(options.maxPendingAcks);
    this.#token = options.token ?? TOKEN;
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      const { clockAheadMs } = options;
      if (clockAheadMs !== undefined) {
        response.setHeader('date', new Date(Date.now() + clockAheadMs()).toUTCString());
      }
      this.#handle(request, response);
    };
    this.#server = options.tls === undefined ? createServer(handle) : createTlsServer(options.tls, handle);
  }

  get url(): string {
    return this.#url;
  }

  get token(): string {
    return this.#token;
  }

  async listen(port: number): Promise<void> {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
    const address = this.#server.address() as AddressInfo;
    this.#url = `${this.#options.tls === undefined ? 'http' : 'https'}://127.0.0.1:${address.port}`;
  }

  events(): readonly TakenEvent[] {
    return this.#events;
  }

  requests(): readonly HecRequest[] {
    return this.#requests;
  }

  async waitFor(count: number, timeoutMs = WAIT_TIMEOUT_MS): Promise<void> {
    if (this.#events.length >= count) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiter = { count, resolve };
    this.#waiting.add(waiter);
    const timer = setTimeout(
      () => reject(new Error(`${this.#events.length} of ${count} events were taken in ${timeoutMs} ms`)),
      timeoutMs,
    );
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiter);
    }
  }

  plan(fault: HecFault, times = 1): void {
    this.#faults.plan(fault, times);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  refuse(refusal: HecRefusal | undefined): void {
    this.#refusal = refusal;
  }

  answerAlways(code: number | undefined): void {
    this.#always = code;
  }

  changeToken(token: string): void {
    this.#token = token;
  }

  acknowledgeAll(acknowledge: boolean): void {
    this.#channels.acknowledge(acknowledge);
  }

  forgetAcknowledgements(): void {
    this.#channels.forget();
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #handle(message: IncomingMessage, response: ServerResponse): void {
    const [path = '', query = ''] = (message.url ?? '').split('?', 2);
    const fault =
      message.method === 'POST' && isEventPath(path) && this.#always === undefined
        ? this.#faults.take()
        : undefined;
    const chunks: Buffer[] = [];
    message.on('error', () => undefined);
    if (fault?.kind === 'cut_upload') {
      message.once('data', () => cut(message));
      return;
    }
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const wire = Buffer.concat(chunks);
      const body = unpack(wire, message.headers['content-encoding']);
      const { headers, method = '' } = message;
      this.#takenNow = 0;
      const answer = this.#answer({ headers, method, path, query, wire, body, fault });
      this.#note(message, wire, body, answer);
      if (answer === 'reset') cut(message);
      else if (answer !== 'hang') send(message, response, answer, fault?.kind === 'slow' ? fault.delayMs : 0);
      for (const waiter of this.#waiting) if (this.#events.length >= waiter.count) waiter.resolve();
    });
  }

  #answer(request: IncomingRequest): HecAnswer | 'hang' | 'reset' {
    const { fault } = request;
    if (fault?.kind === 'hang' || fault?.kind === 'reset') return fault.kind;
    if (fault?.kind === 'answer') return faultAnswer(fault);
    return this.#rules(request, this.#state());
  }

  #state(): CollectorState {
    const { acknowledgement, balancerCookie, indexes, maxBodyBytes, tls } = this.#options;
    return {
      token: this.#token,
      acknowledgement: acknowledgement === true,
      balancerCookie,
      indexes,
      maxBodyBytes: maxBodyBytes ?? Infinity,
      maxEventBytes: MAX_EVENT_BYTES,
      tls: tls !== undefined,
      refusal: this.#refusal,
      always: this.#always,
      channels: this.#channels,
      take: (envelopes) => this.#take(envelopes),
    };
  }

  #take(envelopes: readonly Envelope[]): void {
    this.#takenNow += envelopes.length;
    const request = this.#requests.length;
    const { onEvent } = this.#options;
    for (const { event, eventText, fields } of envelopes) {
      const taken = { event: event as JsonObject, eventText, envelope: fields, request };
      if (onEvent === undefined) this.#events.push(taken);
      else onEvent(taken);
    }
  }

  #note(
    { url = '', headers, socket }: IncomingMessage,
    wire: Buffer,
    body: Buffer | undefined,
    answer: HecAnswer | 'hang' | 'reset',
  ): void {
    const answered =
      typeof answer === 'string'
        ? {}
        : { status: answer.status, ...(answer.code === undefined ? {} : { code: answer.code }) };
    this.#requests.push({
      path: url,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      wireBytes: wire.length,
      bodyBytes: body?.length ?? wire.length,
      taken: this.#takenNow,
      atMs: Date.now(),
      remotePort: socket.remotePort ?? 0,
      ...answered,
    });
  }
}

function cut({ socket }: IncomingMessage): void {
  // TLS has no reset of its own; a close without a farewell is what its other side sees of one.
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}

function send(message: IncomingMessage, response: ServerResponse, answer: HecAnswer, delayMs: number): void {
  // Splunk takes a sender without a User-Agent for one that speaks HTTP/1.0, and keeps no connection for it.
  if (message.headers['user-agent'] === undefined) response.setHeader('connection', 'close');
  response.writeHead(answer.status, { 'content-type': 'application/json; charset=UTF-8', ...answer.headers });
  if (delayMs === 0) response.end(answer.body);
  else setTimeout(() => response.end(answer.body), delayMs).unref();
}

function faultAnswer({ status, code, body, headers }: Extract<HecFault, { kind: 'answer' }>): HecAnswer {
  const head = { status, ...(headers === undefined ? {} : { headers }) };
  if (code === undefined) return { ...head, body: body ?? '' };
  return { ...head, code, body: JSON.stringify({ text: HEC_TEXTS[code]?.[1] ?? 'Unknown', code }) };
}
