import { type IncomingMessage, type ServerOptions, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { Problem, PROBLEM_MEDIA_TYPE } from './problem.ts';
import type { ProblemCode } from './problem-catalogue.ts';

/** Longest request line and headers together. */
const MAX_HEADER_BYTES = 16 * 1024;

/** No byte in or out for this long: the connection goes. */
const CONNECTION_TIMEOUT_MS = 120_000;
/** An idle connection is kept for the next request. Above the 60 s of common load balancers, which must close first. */
const KEEP_ALIVE_MS = 72_000;
const HEADERS_TIMEOUT_MS = 20_000;
/** How often Node looks for requests that are late. */
const CHECK_EVERY_MS = 5_000;

/** Bounds on how slowly a client may speak, as options of Fastify. `requestTimeoutMs` is for a request as a whole. */
export function httpLimits(requestTimeoutMs: number): {
  readonly connectionTimeout: number;
  readonly keepAliveTimeout: number;
  readonly requestTimeout: number;
  readonly http: ServerOptions;
} {
  return {
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    requestTimeout: requestTimeoutMs,
    http: {
      maxHeaderSize: MAX_HEADER_BYTES,
      // Asked for by `requireHttp`, which answers with a problem document.
      requireHostHeader: false,
      // Node swaps the two when the headers' time is the longer one.
      headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeoutMs),
      connectionsCheckingInterval: Math.min(CHECK_EVERY_MS, requestTimeoutMs),
    },
  };
}

/** Node still reads HTTP/0.9, and leaves the host to us. Throws `bad_request`. */
export function requireHttp({ httpVersion, headers }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0')
    throw new Problem('bad_request', 'This service speaks HTTP/1.1.');
  if (httpVersion === '1.1' && headers.host === undefined)
    throw new Problem('bad_request', 'A request of HTTP/1.1 needs the header Host.');
}

/** What Node's parser refuses before a request exists: https://nodejs.org/api/http.html#event-clienterror */
const PARSER_CODES: Readonly<Record<string, { readonly code: ProblemCode; readonly detail: string }>> = {
  HPE_HEADER_OVERFLOW: {
    code: 'header_too_large',
    detail: `The headers are longer than ${MAX_HEADER_BYTES} bytes.`,
  },
  ERR_HTTP_REQUEST_TIMEOUT: { code: 'request_timeout', detail: 'The request did not arrive in time.' },
};

/** Answers a request that is not HTTP with a problem document, and ends the connection. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const known = PARSER_CODES[error.code ?? ''];
  const problem = new Problem(
    known?.code ?? 'bad_request',
    known?.detail ?? 'This is not a well-formed HTTP request.',
  );
  const body = JSON.stringify(problem.toDocument(''));
  socket.end(
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}\r\n` +
      `Content-Type: ${PROBLEM_MEDIA_TYPE}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
