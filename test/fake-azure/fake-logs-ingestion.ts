import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import type { JsonObject, JsonValue } from '../../src/json.ts';
import type { DeclaredColumn } from './declared-columns.ts';
import { type FakeAnswer, jsonAnswer } from './recorded-request.ts';
import { countUp, cutToBytes, type StoredRows } from './stored-rows.ts';

const WIRE_LIMIT_BYTES = 1_048_576;
const INFLATED_LIMIT_BYTES = 50 * 1_048_576;
export const FIELD_LIMIT_BYTES = 65_536;
const API_VERSIONS = new Set(['2023-01-01', '2021-11-01-preview']);
const DAY_MS = 86_400_000;
const OLDEST_MS = 2 * DAY_MS;

export interface LogsIngestionOptions {
  readonly dcrImmutableId: string;
  readonly streams: ReadonlyMap<string, readonly DeclaredColumn[]>;
  readonly scope: string;
  readonly accepts: (token: string, scope: string) => boolean;
  readonly rows: StoredRows;
  readonly nowMs: () => number;
}

/**
 * The Logs Ingestion API of Azure Monitor. It is as unhelpful as the real one: a single object or an undeclared property
 * is answered with 204 and nothing is kept of it.
 * https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 */
export class FakeLogsIngestion {
  readonly #options: LogsIngestionOptions;
  #roleGranted = true;
  #refuses: ((row: JsonObject) => boolean) | undefined;

  constructor(options: LogsIngestionOptions) {
    this.#options = options;
  }

  /** The role "Monitoring Metrics Publisher" on the rule, which takes up to half an hour to work. */
  grantRole(granted: boolean): void {
    this.#roleGranted = granted;
  }

  /** Refuses each request that holds such a row, as a table that is strict about its schema does. */
  refuseRows(refuses: ((row: JsonObject) => boolean) | undefined): void {
    this.#refuses = refuses;
  }

  answer(url: URL, headers: IncomingHttpHeaders, body: Buffer): FakeAnswer {
    const requestId = { 'x-ms-request-id': randomUUID() };
    const answer = this.#judge(url, headers, body);
    return { ...answer, headers: { ...answer.headers, ...requestId } };
  }

  #judge(url: URL, headers: IncomingHttpHeaders, body: Buffer): FakeAnswer {
    const { dcrImmutableId, streams, scope, accepts } = this.#options;
    if (body.byteLength > WIRE_LIMIT_BYTES) {
      return refusal(
        413,
        'ContentLengthLimitExceeded',
        `Maximum allowed content length: ${WIRE_LIMIT_BYTES} bytes (1 MB). Provided content length: ${body.byteLength} bytes.`,
      );
    }
    const token = /^Bearer (?<token>\S+)$/.exec(headers.authorization ?? '')?.groups?.['token'];
    if (token === undefined || !accepts(token, scope)) {
      return refusal(
        401,
        'InvalidToken',
        'The access token is missing, expired or meant for another audience.',
      );
    }
    const [, , rule = '', , stream = ''] = url.pathname.split('/').map(decodeURIComponent);
    if (!API_VERSIONS.has(url.searchParams.get('api-version') ?? '')) {
      return refusal(400, 'UnsupportedApiVersion', 'The HTTP resource does not support the API version.');
    }
    if (rule !== dcrImmutableId) {
      return refusal(404, 'NotFound', `Data collection rule with immutable Id '${rule}' not found.`);
    }
    if (!this.#roleGranted) {
      return refusal(
        403,
        'OperationFailed',
        `The authentication token provided does not have access to ingest data for the data collection rule with immutable Id '${rule}'.`,
      );
    }
    const columns = streams.get(stream);
    if (columns === undefined) {
      return refusal(400, 'InvalidStream', `The stream '${stream}' was not configured for the rule.`);
    }
    if (!/^application\/json(?:;|$)/.test(headers['content-type'] ?? '')) {
      return refusal(415, 'UnsupportedMediaType', 'The content type is not supported.');
    }
    return this.#store(columns, headers, body);
  }

  #store(columns: readonly DeclaredColumn[], headers: IncomingHttpHeaders, body: Buffer): FakeAnswer {
    const parsed = readBody(headers['content-encoding'], body);
    if ('status' in parsed) return parsed;
    // Observed of the real service: a single object is answered as if it had been kept.
    if (!Array.isArray(parsed.value)) return { status: 204 };
    const given = parsed.value as readonly JsonValue[];
    if (given.some((row) => typeof row !== 'object' || row === null || Array.isArray(row))) {
      return refusal(400, 'InvalidRequestBody', 'The body holds a value that is no object.');
    }
    const objects = given as readonly JsonObject[];
    if (this.#refuses !== undefined && objects.some(this.#refuses)) {
      return refusal(400, 'MalformedRequestBody', 'A record does not fit the schema of the table.');
    }
    const rows = objects.map((row) => this.#asStored(row, columns));
    this.#options.rows.add('logs_ingestion', rows);
    return { status: 204, stored: rows.length };
  }

  #asStored(given: JsonObject, columns: readonly DeclaredColumn[]): JsonObject {
    const { rows, nowMs } = this.#options;
    const stored: Record<string, JsonValue> = {};
    for (const name of Object.keys(given)) {
      if (!columns.some((column) => column.name === name)) countUp(rows.droppedProperties, name);
    }
    for (const { name, type } of columns) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined;
      if (value === undefined || value === null) continue;
      if (!fits(value, type)) {
        countUp(rows.mistypedFields, name);
        continue;
      }
      stored[name] = this.#cut(name, value);
    }
    const generated = stored['TimeGenerated'];
    const time = typeof generated === 'string' ? Date.parse(generated) : Number.NaN;
    const now = nowMs();
    if (!(time >= now - OLDEST_MS && time <= now + DAY_MS)) {
      stored['TimeGenerated'] = new Date(now).toISOString();
    }
    return stored;
  }

  #cut(name: string, value: JsonValue): JsonValue {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    // What is counted is taken to be the text as it stands in the body.
    const size = Buffer.byteLength(JSON.stringify(text));
    if (size <= FIELD_LIMIT_BYTES) return value;
    countUp(this.#options.rows.cutFields, name);
    return cutToBytes(text, FIELD_LIMIT_BYTES);
  }
}

function readBody(encoding: string | undefined, body: Buffer): { readonly value: JsonValue } | FakeAnswer {
  let text: string;
  try {
    const plain = encoding === 'gzip' ? gunzipSync(body, { maxOutputLength: INFLATED_LIMIT_BYTES }) : body;
    text = new TextDecoder('utf-8', { fatal: true }).decode(plain);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code === 'ERR_BUFFER_TOO_LARGE') {
      return refusal(413, 'PayloadSizeLimitExceeded', 'The decompressed payload is too large.');
    }
    return refusal(400, 'InvalidRequestBody', 'The body cannot be read.');
  }
  if (encoding !== undefined && encoding !== 'gzip') {
    return refusal(415, 'UnsupportedMediaType', 'The content encoding is not supported.');
  }
  try {
    return { value: JSON.parse(text) as JsonValue };
  } catch {
    return refusal(400, 'InvalidRequestBody', 'The body is not valid JSON.');
  }
}

function fits(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return typeof value === 'number' && Number.isInteger(value) && Math.abs(value) < 2 ** 31;
    case 'long':
      return typeof value === 'number' && Number.isSafeInteger(value);
    case 'real':
      return typeof value === 'number';
    case 'datetime':
      return typeof value === 'string' && !Number.isNaN(Date.parse(value));
    case 'dynamic':
      return true;
    default:
      throw new Error(`The template declares the unknown column type ${type}`);
  }
}

function refusal(status: number, code: string, message: string): FakeAnswer {
  return jsonAnswer(status, { error: { code, message } });
}
