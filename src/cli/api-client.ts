import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { JsonValue } from '../json.ts';
import { CliError } from './cli-error.ts';
import type { CliIo } from './cli-io.ts';
import { type CommandContext, textOption, type OptionSpec } from './command.ts';
import { EXIT } from './exit-codes.ts';

/** Options of every command that talks to a running service. */
export const API_OPTIONS = {
  url: {
    type: 'string',
    value: 'URL',
    help: 'Service address (AEGIS_SIEM_URL, default http://127.0.0.1:8600)',
  },
  'key-file': {
    type: 'string',
    value: 'FILE',
    help: 'File that holds the API key (else AEGIS_SIEM_API_KEY, AEGIS_SIEM_ADMIN_KEY_FILE, ./data/admin-key)',
  },
} as const satisfies Record<string, OptionSpec>;

const DEFAULT_URL = 'http://127.0.0.1:8600';
const DEFAULT_KEY_FILE = './data/admin-key';
const REQUEST_TIMEOUT_MS = 60_000;
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

export interface ApiAnswer {
  readonly status: number;
  readonly body: JsonValue;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly body?: Uint8Array | JsonValue;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers and not errors, besides 2xx. */
  readonly expected?: readonly number[];
}

/** A client of our own REST API. The key never stands on a command line: it comes from a file or the environment. */
export class ApiClient {
  readonly #base: URL;
  readonly #key: string;
  readonly #signal: AbortSignal;

  constructor(base: URL, key: string, signal: AbortSignal) {
    this.#base = base;
    this.#key = key;
    this.#signal = signal;
  }

  /** Throws `CliError`: `unreachable` (exit 3), `forbidden` (exit 4), or the problem document's code (exit 1). */
  async call(request: ApiRequest): Promise<ApiAnswer> {
    const answer = await this.#exchange(request);
    const expected = request.expected ?? [];
    if ((answer.status >= 200 && answer.status < 300) || expected.includes(answer.status)) return answer;
    throw problemOf(answer);
  }

  #exchange(request: ApiRequest): Promise<ApiAnswer> {
    const url = new URL(request.path, this.#base);
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const body = request.body instanceof Uint8Array ? request.body : jsonBody(request.body);
    const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
    const outgoing = send(url, {
      method: request.method,
      // The key goes only where the certificate is right, whatever NODE_TLS_REJECT_UNAUTHORIZED says.
      rejectUnauthorized: true,
      signal: AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      headers: {
        authorization: `Bearer ${this.#key}`,
        accept: 'application/json',
        ...(body === undefined
          ? {}
          : {
              'content-type': request.contentType ?? 'application/json',
              'content-length': String(body.length),
            }),
        ...request.headers,
      },
    });
    outgoing.on('response', (incoming) => {
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      incoming.on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) incoming.destroy(new Error('the answer is too long'));
        else chunks.push(chunk);
      });
      incoming.on('error', (error) => reject(this.#unreachable(error)));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          body: parseAnswer(Buffer.concat(chunks).toString('utf8')),
          headers: incoming.headers,
        }),
      );
    });
    outgoing.on('error', (error) => reject(this.#unreachable(error)));
    outgoing.end(body);
    return promise;
  }

  #unreachable(error: Error): CliError {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.message;
    return new CliError(
      'unreachable',
      `no answer from ${this.#base.origin} (${code}); is the service running there? Start it with "aegis-siem serve" or name it with --url.`,
      EXIT.unavailable,
      { cause: error },
    );
  }
}

export function apiClient(context: CommandContext): ApiClient {
  const raw = textOption(context, 'url') ?? context.io.env['AEGIS_SIEM_URL'] ?? DEFAULT_URL;
  const base = URL.parse(raw);
  if (base === null || !['http:', 'https:'].includes(base.protocol)) {
    throw new CliError('bad_url', `--url: "${raw}" is not an http or https address`);
  }
  return new ApiClient(base, readKey(context), context.io.signal);
}

function readKey(context: CommandContext): string {
  const { io } = context;
  const named = textOption(context, 'key-file');
  if (named !== undefined) return keyFromFile(named, '--key-file');
  const fromEnvironment = io.env['AEGIS_SIEM_API_KEY'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment.trim();
  return keyFromFile(defaultKeyFile(io), 'no API key by --key-file or AEGIS_SIEM_API_KEY');
}

function defaultKeyFile(io: CliIo): string {
  return io.env['AEGIS_SIEM_ADMIN_KEY_FILE'] ?? DEFAULT_KEY_FILE;
}

function keyFromFile(path: string, origin: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    const hint =
      code === 'ENOENT'
        ? '"aegis-siem serve" makes one at its first start; where the service runs elsewhere, ask its operator for a key'
        : 'it must be a file that this user may read';
    const message = `${origin}: the key file ${path} cannot be read (${code}: ${hint})`;
    throw new CliError('no_key', message, EXIT.forbidden, { cause: error });
  }
}

function jsonBody(body: JsonValue | undefined): Uint8Array | undefined {
  return body === undefined ? undefined : Buffer.from(JSON.stringify(body));
}

function parseAnswer(text: string): JsonValue {
  if (text === '') return null;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    // Not JSON: something else than the service answers there; the caller shows the status.
    return null;
  }
}

/** The error that a problem document stands for. */
export function problemOf(answer: ApiAnswer): CliError {
  const { body } = answer;
  const problem =
    typeof body === 'object' && body !== null && !Array.isArray(body)
      ? (body as Record<string, JsonValue>)
      : {};
  const code = typeof problem['code'] === 'string' ? problem['code'] : `http_${answer.status}`;
  const detail =
    typeof problem['detail'] === 'string' ? problem['detail'] : `the service answered ${answer.status}`;
  const pointer =
    typeof problem['pointer'] === 'string' && problem['pointer'] !== '' ? ` (at ${problem['pointer']})` : '';
  const exitCode =
    answer.status === 401 || answer.status === 403
      ? EXIT.forbidden
      : answer.status >= 500
        ? EXIT.unavailable
        : EXIT.refused;
  return new CliError(code, `${code}: ${detail}${pointer}`, exitCode);
}
