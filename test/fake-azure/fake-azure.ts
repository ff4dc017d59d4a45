import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/json.ts';
import { type DeclaredColumn, declaredStreams } from './declared-columns.ts';
import { FakeDataCollector } from './fake-data-collector.ts';
import { FakeLogsIngestion } from './fake-logs-ingestion.ts';
import { FakeManagedIdentity } from './fake-managed-identity.ts';
import { FakeTokenEndpoint } from './fake-token-endpoint.ts';
import { carryOut, type FakeService, type Fault, Faults } from './faults.ts';
import type { FakeAnswer, RecordedRequest } from './recorded-request.ts';
import { type FakeTable, StoredRows } from './stored-rows.ts';

const TENANT_ID = '6f1d2c3b-4a59-4687-9a0b-1c2d3e4f5061';
const CLIENT_ID = '0a1b2c3d-4e5f-4071-8293-a4b5c6d7e8f9';
/** Made of what a form must encode: a sender that does not gets 7000215. */
const CLIENT_SECRET = 'fake~secret&with=form+characters%and/é';
const DCR_ID = 'dcr-00112233445566778899aabbccddeeff';
const WORKSPACE_ID = '11112222-3333-4444-8555-666677778888';
/** Bytes 0 to 63. */
const SHARED_KEY = Buffer.from(Array.from({ length: 64 }, (_, index) => index)).toString('base64');
const SCOPE = 'https://monitor.azure.com/.default';
const STREAM = 'Custom-AegisOcsf';
const WAIT_TIMEOUT_MS = 30_000;
const CLOCK_WINDOW_MS = 15 * 60_000;
const TOO_LARGE: FakeAnswer = {
  status: 413,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>413 Request Entity Too Large</title></head></html>',
};

export interface FakeAzureOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  readonly clientSecret?: string;
  /** Certificate whose key may sign in by assertion. */
  readonly certificatePem?: string;
  /** Text of a federated token that may sign in. */
  readonly federatedAssertion?: string;
  /** Life of a token; the real one hands out about an hour. */
  readonly tokenLifeSeconds?: number;
  /** Streams of the rule in place of those of the shipped template. */
  readonly streams?: ReadonlyMap<string, readonly DeclaredColumn[]>;
  readonly nowMs?: () => number;
  /** A gateway in front of both APIs answers larger bodies, as they come over the wire, with 413 and a page. */
  readonly gatewayLimitBytes?: number;
  /** Over TLS, with these options of a server; plain http when absent. */
  readonly tls?: ServerOptions;
}

/** Settings and credentials with which a destination reaches this server. */
export interface FakeDestination {
  readonly config: JsonObject;
  readonly credentials: Readonly<Record<string, string>>;
}

/** Entra ID, Logs Ingestion and Data Collector behind one loopback address. */
export interface FakeAzure extends AsyncDisposable {
  readonly url: string;
  readonly logsIngestion: FakeDestination & Pick<FakeLogsIngestion, 'grantRole' | 'refuseRows'>;
  readonly dataCollector: FakeDestination & Pick<FakeDataCollector, 'changeSharedKey' | 'refuseRows'>;
  readonly tokens: Pick<FakeTokenEndpoint, 'changeSecret' | 'expireSecret' | 'revokeTokens'>;
  /** Rows in the order they were stored, duplicates and all. */
  rows(table?: FakeTable): readonly JsonObject[];
  /** The events in `RawEvent` of those rows. */
  events(table?: FakeTable): readonly JsonObject[];
  requests(service?: FakeService): readonly RecordedRequest[];
  /** Resolves when so many rows are stored. */
  waitFor(count: number, table?: FakeTable, timeoutMs?: number): Promise<void>;
  /** Resolves when so many requests came, answered or not. */
  waitForRequests(count: number, service?: FakeService, timeoutMs?: number): Promise<void>;
  /** Properties dropped because no column was declared, values cut, values of a wrong type: by column. */
  losses(): { readonly dropped: JsonObject; readonly cut: JsonObject; readonly mistyped: JsonObject };
  /** The next `times` requests to a service meet this fault; `Infinity` until `clearFaults`. */
  fail(service: FakeService, fault: Fault, times?: number): void;
  clearFaults(): void;
  /** Down: every connection is cut at its first request, as from a dead host behind a living address. */
  setDown(down: boolean): void;
  close(): Promise<void>;
}

/** Starts the server on 127.0.0.1. */
export async function startFakeAzure(options: FakeAzureOptions = {}): Promise<FakeAzure> {
  const nowMs = options.nowMs ?? Date.now;
  const clientSecret = options.clientSecret ?? CLIENT_SECRET;
  const stored = new StoredRows();
  const faults = new Faults();
  const requests: RecordedRequest[] = [];
  const noted = new EventEmitter();
  let down = false;
  const scheme = options.tls === undefined ? 'http' : 'https';
  const tokens = new FakeTokenEndpoint({
    tenantId: TENANT_ID,
    clientId: CLIENT_ID,
    clientSecret,
    scope: SCOPE,
    tokenLifeSeconds: options.tokenLifeSeconds ?? 3_599,
    nowMs,
    ...(options.certificatePem === undefined ? {} : { certificatePem: options.certificatePem }),
    ...(options.federatedAssertion === undefined ? {} : { federatedAssertion: options.federatedAssertion }),
  });
  const identity = new FakeManagedIdentity({ tokens, scope: SCOPE, nowMs });
  const logsIngestion = new FakeLogsIngestion({
    dcrImmutableId: DCR_ID,
    streams: options.streams ?? declaredStreams(),
    scope: SCOPE,
    accepts: (token, scope) => tokens.accepts(token, scope),
    rows: stored,
    nowMs,
  });
  const dataCollector = new FakeDataCollector({
    workspaceId: WORKSPACE_ID,
    sharedKey: SHARED_KEY,
    clockWindowMs: CLOCK_WINDOW_MS,
    rows: stored,
    nowMs,
  });

  const route = (url: URL, request: IncomingMessage, body: Buffer): FakeAnswer => {
    const { headers, method } = request;
    const tenant = /^\/(?<tenant>[^/]+)\/oauth2\/v2\.0\/token$/.exec(url.pathname)?.groups?.['tenant'];
    if (tenant !== undefined && method === 'POST') return tokens.answer(tenant, url.href, headers, body);
    if (identity.serves(url) && method === 'GET') return identity.answer(url, headers);
    if (url.pathname.startsWith('/dataCollectionRules/') && method === 'POST') {
      return logsIngestion.answer(url, headers, body);
    }
    if (url.pathname === '/api/logs' && method === 'POST') return dataCollector.answer(url, headers, body);
    return { status: 404 };
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', `${scheme}://${request.headers.host ?? '127.0.0.1'}`);
    const service = serviceOf(url);
    const fault = down ? ({ kind: 'reset' } as const) : faults.take(service);
    const note = (wireBytes: number, answer?: FakeAnswer): void => {
      requests.push({
        service,
        method: request.method ?? '',
        path: url.pathname + url.search,
        headers: plainHeaders(request),
        wireBytes,
        stored: answer?.stored ?? 0,
        atMs: nowMs(),
        ...(answer === undefined ? {} : { status: answer.status }),
      });
      noted.emit('request');
    };
    if (fault?.kind === 'reset') {
      note(0);
      carryOut(fault, response);
      return;
    }
    const body = await readAll(request);
    if (fault !== undefined && carryOut(fault, response)) {
      note(body.byteLength, 'status' in fault ? { status: fault.status } : undefined);
      return;
    }
    const overLimit = service !== 'token' && body.byteLength > (options.gatewayLimitBytes ?? Infinity);
    const answer = overLimit ? TOO_LARGE : route(url, request, body);
    if (fault?.kind === 'take_then_reset') {
      note(body.byteLength, { status: 0, stored: answer.stored ?? 0 });
      response.socket?.resetAndDestroy();
      return;
    }
    note(body.byteLength, answer);
    if (fault?.kind === 'slow') await sleep(fault.delayMs, undefined, { ref: false });
    response.writeHead(answer.status, { date: new Date(nowMs()).toUTCString(), ...answer.headers });
    response.end(answer.body);
  };

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    handle(request, response).catch((error: unknown) => response.destroy(error as Error));
  };
  const server =
    options.tls === undefined ? createServer(onRequest) : createTlsServer(options.tls, onRequest);
  server.keepAliveTimeout = WAIT_TIMEOUT_MS;
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const url = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const requestsTo = (service?: FakeService): readonly RecordedRequest[] =>
    requests.filter((request) => service === undefined || request.service === service);
  const waitForRequests = async (count: number, service?: FakeService, timeoutMs = WAIT_TIMEOUT_MS) => {
    const signal = AbortSignal.timeout(timeoutMs);
    while (requestsTo(service).length < count) await once(noted, 'request', { signal });
  };

  const close = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url,
    logsIngestion: {
      config: {
        endpoint: url,
        dcr_immutable_id: DCR_ID,
        stream: STREAM,
        tenant_id: TENANT_ID,
        client_id: CLIENT_ID,
        authority_host: url,
      },
      credentials: { client_secret: clientSecret },
      grantRole: (granted) => logsIngestion.grantRole(granted),
      refuseRows: (refuses) => logsIngestion.refuseRows(refuses),
    },
    dataCollector: {
      config: { workspace_id: WORKSPACE_ID, log_type: 'AegisOcsfClassic', endpoint: url },
      credentials: { shared_key: SHARED_KEY },
      changeSharedKey: (key) => dataCollector.changeSharedKey(key),
      refuseRows: (refuses) => dataCollector.refuseRows(refuses),
    },
    tokens: {
      changeSecret: (secret) => tokens.changeSecret(secret),
      expireSecret: () => tokens.expireSecret(),
      revokeTokens: () => tokens.revokeTokens(),
    },
    rows: (table) => stored.rows(table),
    events: (table) => stored.rows(table).map(rawEvent),
    requests: requestsTo,
    waitForRequests,
    waitFor: (count, table, timeoutMs = WAIT_TIMEOUT_MS) => stored.waitFor(count, table, timeoutMs),
    losses: () => ({
      dropped: Object.fromEntries(stored.droppedProperties),
      cut: Object.fromEntries(stored.cutFields),
      mistyped: Object.fromEntries(stored.mistypedFields),
    }),
    fail: (service, fault, times = 1) => faults.plan(service, fault, times),
    clearFaults: () => faults.clear(),
    setDown: (value) => {
      down = value;
      if (value) server.closeAllConnections();
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function rawEvent(row: JsonObject): JsonObject {
  const text = row['RawEvent'];
  if (typeof text !== 'string') throw new Error('A row without RawEvent was stored');
  return JSON.parse(text) as JsonObject;
}

function serviceOf(url: URL): FakeService {
  if (url.pathname === '/api/logs') return 'data_collector';
  return url.pathname.startsWith('/dataCollectionRules/') ? 'logs_ingestion' : 'token';
}

function plainHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
