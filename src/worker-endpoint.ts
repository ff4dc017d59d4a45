import { createServer, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';

/** A worker that heard nothing from its store for so long does not deliver. */
const STALE_MS = 60_000;
const MAX_HEADER_BYTES = 8_192;
const REQUEST_TIMEOUT_MS = 10_000;

export interface WorkerEndpointParts {
  readonly host: string;
  readonly port: number;
  readonly registry: Pick<Registry, 'metrics' | 'contentType'>;
  /** When the store last answered with the work there is. */
  readonly lastLookMs: () => number;
  readonly nowMs: () => number;
}

export interface WorkerEndpoint {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * `/healthz`, `/readyz` and `/metrics` of a process that only delivers: for probes and a scraper. It has no keys, and says
 * numbers only: keep it on a network of the operator.
 */
export async function startWorkerEndpoint(parts: WorkerEndpointParts): Promise<WorkerEndpoint> {
  const server = createServer(
    { maxHeaderSize: MAX_HEADER_BYTES, requestTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      request.resume();
      void answer(request.method ?? '', request.url ?? '', response, parts);
    },
  );
  server.listen(parts.port, parts.host);
  await once(server, 'listening');
  const { address, port, family } = server.address() as AddressInfo;
  const host = family === 'IPv6' ? `[${address}]` : address;
  return { url: `http://${host}:${port}`, close: () => closed(server) };
}

async function answer(
  method: string,
  path: string,
  response: ServerResponse,
  { registry, lastLookMs, nowMs }: WorkerEndpointParts,
): Promise<void> {
  const say = (status: number, body: object): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  if (method !== 'GET') return say(405, { status: 'method_not_allowed' });
  switch (path) {
    case '/healthz':
      return say(200, { status: 'ok' });
    case '/readyz':
      return nowMs() - lastLookMs() > STALE_MS
        ? say(503, { status: 'not_ready', reason: 'store_unavailable' })
        : say(200, { status: 'ok' });
    case '/metrics':
      try {
        const text = await registry.metrics();
        response.writeHead(200, { 'content-type': registry.contentType }).end(text);
      } catch {
        // A gauge that asks the store failed with it; readiness says so too.
        say(503, { status: 'not_ready', reason: 'store_unavailable' });
      }
      return undefined;
    default:
      return say(404, { status: 'not_found' });
  }
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}
