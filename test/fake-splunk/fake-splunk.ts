import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import type { JsonObject } from '../../src/json.ts';
import { type Envelope, readEnvelopes } from './envelopes.ts';
import { HEC_TEXTS, type HecFault, HecFaults, type HecRefusal } from './hec-faults.ts';

const TOKEN = 'fa4e0000-0000-4000-8000-00000000c0de';
const WAIT_TIMEOUT_MS = 30_000;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_EVENT_BYTES = 5 * 1024 * 1024;

export interface FakeSplunkOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly token?: string;
  /** `in_splunk`: the rules of Fluent Bit's receiver in place of Splunk's (strict JSON, gzip, token; envelopes unchecked). */
  readonly rules?: 'splunk' | 'in_splunk';
  /** The token has indexer acknowledgement on: every request needs a channel and gets an id. */
  readonly acknowledgement?: boolean;
  /** Indexes that the token may write to; any when absent. */
  readonly indexes?: readonly string[];
  /** Largest body before decompression; over it 413 with an HTML page. */
  readonly maxBodyBytes?: number;
  readonly tls?: { readonly cert: string; readonly key: string };
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
  readonly localPort: number;
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
  /** Acknowledges what was taken; with `false`, ids stay unacknowledged from now on. */
  acknowledgeAll(acknowledge: boolean): void;
  close(): Promise<void>;
}

export async function startFakeSplunk(options: FakeSplunkOptions = {}): Promise<FakeSplunk> {
  const splunk = new Collector(options);
  await splunk.listen(options.port ?? 0);
  return splunk;
}

interface Reply {
  readonly status: number;
  readonly code?: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly taken?: number;
}

class Collector implements FakeSplunk {
  readonly #options: FakeSplunkOptions;
  readonly #server: Server;
  readonly #faults = new HecFaults();
  readonly #events: TakenEvent[] = [];
  readonly #requests: HecRequest[] = [];
  readonly #waiting = new Set<{ readonly count: number; readonly resolve: () => void }>();
  /** Acknowledgement ids count from 0 in each channel. */
  readonly #nextAckId = new Map<string, number>();
  /** `CHANNEL/ID` that an indexer would confirm. */
  readonly #acknowledged = new Set<string>();
  #acknowledging = true;
  #token: string;
  /** Known once it listens, and still after it was closed. */
  #url = '';
  #refusal: HecRefusal | undefined;
  #always: number | undefined;

  constructor(options: FakeSplunkOptions) {
    this.#options = options;
    this.#token = options.token ?? TOKEN;
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
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
    this.#acknowledging = acknowledge;
    if (!acknowledge) this.#acknowledged.clear();
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

  #handle(request: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const wire = Buffer.concat(chunks);
      const reply = this.#answer(request, wire);
      const { headers } = request;
      this.#requests.push({
        path: request.url ?? '',
        headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
        wireBytes: wire.length,
        bodyBytes: decompress(wire, headers['content-encoding'])?.length ?? wire.length,
        taken: typeof reply === 'string' ? 0 : (reply.taken ?? 0),
        atMs: Date.now(),
        localPort: request.socket.remotePort ?? 0,
        ...(typeof reply === 'string'
          ? {}
          : { status: reply.status, ...(reply.code === undefined ? {} : { code: reply.code }) }),
      });
      if (reply === 'reset') request.socket.resetAndDestroy();
      else if (reply !== 'hang') {
        response.writeHead(reply.status, {
          'content-type': 'application/json; charset=UTF-8',
          ...reply.headers,
        });
        response.end(reply.body);
      }
      for (const waiter of this.#waiting) if (this.#events.length >= waiter.count) waiter.resolve();
    });
  }

  #answer(request: IncomingMessage, wire: Buffer): Reply | 'hang' | 'reset' {
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (path.endsWith('/services/collector/health')) return hecReply(17);
    if (request.method !== 'POST')
      return { status: 405, body: '{"text":"Method not allowed","code":405}', code: 405 };
    if (path.endsWith('/services/collector/ack')) return this.#acknowledgements(request, wire);
    if (!/\/services\/collector(?:\/event(?:\/1\.0)?)?$/.test(path)) {
      return {
        status: 404,
        body: '{"text":"The requested URL was not found on this server.","code":404}',
        code: 404,
      };
    }
    if (this.#always !== undefined) return hecReply(this.#always);
    const fault = this.#faults.take();
    if (fault?.kind === 'hang' || fault?.kind === 'reset') return fault.kind;
    if (fault?.kind === 'answer') return faultReply(fault);
    const refused = this.#checkSender(request);
    if (refused !== undefined) return refused;
    return this.#takeBody(request, wire, fault);
  }

  #checkSender(request: IncomingMessage): Reply | undefined {
    const { authorization } = request.headers;
    if (request.url?.includes('token=') === true) return hecReply(16);
    if (authorization === undefined) return hecReply(2);
    if (!authorization.startsWith('Splunk ')) return hecReply(3);
    if (authorization !== `Splunk ${this.#token}`) return hecReply(4);
    const channel = channelOf(request);
    if (this.#options.acknowledgement === true && channel === undefined) return hecReply(10);
    if (channel !== undefined && !GUID.test(channel)) return hecReply(11);
    return undefined;
  }

  #takeBody(request: IncomingMessage, wire: Buffer, fault: HecFault | undefined): Reply | 'reset' {
    const body = decompress(wire, request.headers['content-encoding']);
    if (body === undefined) {
      if (this.#options.rules === 'in_splunk') return hecReply(6);
      return {
        status: 415,
        body: '<!doctype html><title>415 Unsupported Media Type</title>',
        headers: { 'content-type': 'text/html' },
      };
    }
    if (body.length > (this.#options.maxBodyBytes ?? Infinity)) {
      return {
        status: 413,
        body: '<!doctype html><title>413 Request Entity Too Large</title>',
        headers: { 'content-type': 'text/html' },
      };
    }
    if (this.#options.rules === 'in_splunk') return this.#takeLikeFluentBit(body.toString('utf8'));
    const { envelopes, fault: wrong } = readEnvelopes(body.toString('utf8'));
    if (fault?.kind === 'busy_after') {
      this.#take(envelopes.slice(0, fault.take));
      return hecReply(9, { 'invalid-event-number': fault.take }, Math.min(fault.take, envelopes.length));
    }
    const culprit = envelopes.findIndex((envelope) => this.#refusalOf(envelope) !== undefined);
    if (culprit !== -1) return this.#refuseAt(envelopes, culprit);
    this.#take(envelopes);
    if (wrong !== undefined)
      return hecReply(
        wrong.code,
        wrong.number === undefined ? {} : { 'invalid-event-number': wrong.number },
        envelopes.length,
      );
    if (fault?.kind === 'take_then_reset') return 'reset';
    return hecReply(0, this.#ackIdFor(request), envelopes.length);
  }

  #refuseAt(envelopes: readonly Envelope[], culprit: number): Reply {
    const envelope = envelopes[culprit];
    const code = envelope === undefined ? 6 : (this.#refusalOf(envelope) ?? 6);
    // Without a number Splunk is taken to have looked at nothing: the events before are not in.
    const withNumber = this.#refusal?.withNumber !== false;
    if (!withNumber) return hecReply(code);
    this.#take(envelopes.slice(0, culprit));
    return hecReply(code, { 'invalid-event-number': culprit }, culprit);
  }

  #refusalOf({ event, eventText, fields }: Envelope): number | undefined {
    const { indexes } = this.#options;
    if (indexes !== undefined && typeof fields['index'] === 'string' && !indexes.includes(fields['index']))
      return 7;
    if (Buffer.byteLength(eventText) > MAX_EVENT_BYTES) return 6;
    return this.#refusal !== undefined && this.#refusal.matches(event as JsonObject)
      ? this.#refusal.code
      : undefined;
  }

  /** Strict JSON objects one after another, each kept as it is; garbage refuses the request and keeps nothing. */
  #takeLikeFluentBit(body: string): Reply {
    const { envelopes, fault } = readEnvelopes(body);
    if (fault !== undefined && fault.code === 6) return hecReply(6);
    this.#take(envelopes);
    return hecReply(0, {}, envelopes.length);
  }

  #take(envelopes: readonly Envelope[]): void {
    const request = this.#requests.length;
    for (const { event, eventText, fields } of envelopes) {
      this.#events.push({ event: event as JsonObject, eventText, envelope: fields, request });
    }
  }

  #ackIdFor(request: IncomingMessage): JsonObject {
    const channel = channelOf(request);
    if (this.#options.acknowledgement !== true || channel === undefined) return {};
    const ackId = this.#nextAckId.get(channel) ?? 0;
    this.#nextAckId.set(channel, ackId + 1);
    if (this.#acknowledging) this.#acknowledged.add(`${channel}/${ackId}`);
    return { ackId };
  }

  #acknowledgements(request: IncomingMessage, wire: Buffer): Reply {
    const refused = this.#checkSender(request);
    if (refused !== undefined) return refused;
    if (this.#options.acknowledgement !== true) return hecReply(14);
    const channel = channelOf(request) ?? '';
    const { acks } = JSON.parse(wire.toString('utf8')) as { acks: readonly number[] };
    // `true` is told once: Splunk forgets the id with it.
    const answer = Object.fromEntries(
      acks.map((id) => [String(id), this.#acknowledged.delete(`${channel}/${id}`)]),
    );
    return { status: 200, body: JSON.stringify({ acks: answer }) };
  }
}

function channelOf(request: IncomingMessage): string | undefined {
  const header = request.headers['x-splunk-request-channel'];
  return typeof header === 'string' ? header : undefined;
}

function decompress(wire: Buffer, encoding: string | undefined): Buffer | undefined {
  if (encoding === undefined || encoding === 'identity') return wire;
  if (encoding !== 'gzip') return undefined;
  try {
    return gunzipSync(wire);
  } catch {
    return undefined;
  }
}

function hecReply(code: number, extra: JsonObject = {}, taken = 0): Reply {
  const [status, text] = HEC_TEXTS[code] ?? [500, 'Unknown'];
  return { status, code, body: JSON.stringify({ text, code, ...extra }), taken };
}

function faultReply(fault: Extract<HecFault, { kind: 'answer' }>): Reply {
  const { status, code, body, headers = {} } = fault;
  if (code === undefined) return { status, body: body ?? '', headers };
  return { status, code, headers, body: JSON.stringify({ text: HEC_TEXTS[code]?.[1] ?? 'Unknown', code }) };
}
