import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject, JsonValue } from '../../src/json.ts';
import { type FakeAnswer, jsonAnswer } from './recorded-request.ts';
import { countUp, cutToBytes, type StoredRows } from './stored-rows.ts';

/** Users saw the connection cut a little below 30 MiB. */
const POST_LIMIT_BYTES = 30_000_000;
export const FIELD_LIMIT_BYTES = 32_768;
const LOG_TYPE = /^[A-Za-z0-9_]{1,100}$/;
const RESERVED = new Set(['tenant', 'TimeGenerated', 'RawData']);
const RFC_1123 = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const ISO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z$/;

export interface DataCollectorOptions {
  readonly workspaceId: string;
  /** Base64. */
  readonly sharedKey: string;
  /** The real width is not published. */
  readonly clockWindowMs: number;
  readonly rows: StoredRows;
  readonly nowMs: () => number;
}

/**
 * The HTTP Data Collector API, which Microsoft stopped supporting on 2026-09-14.
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-collector-api
 */
export class FakeDataCollector {
  readonly #options: DataCollectorOptions;
  #sharedKey: string;
  #refuses: ((row: JsonObject) => boolean) | undefined;

  constructor(options: DataCollectorOptions) {
    this.#options = options;
    this.#sharedKey = options.sharedKey;
  }

  changeSharedKey(sharedKey: string): void {
    this.#sharedKey = sharedKey;
  }

  /** Refuses each post that holds such a row. */
  refuseRows(refuses: ((row: JsonObject) => boolean) | undefined): void {
    this.#refuses = refuses;
  }

  answer(url: URL, headers: IncomingHttpHeaders, body: Buffer): FakeAnswer {
    const refused = this.#refusal(url, headers, body);
    if (refused !== undefined) return refused;
    let parsed: JsonValue;
    try {
      parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as JsonValue;
    } catch {
      return refusal(400, 'InvalidDataFormat', 'Invalid data format.');
    }
    const given = Array.isArray(parsed) ? (parsed as readonly JsonValue[]) : [parsed];
    if (given.some((row) => typeof row !== 'object' || row === null || Array.isArray(row))) {
      return refusal(400, 'InvalidDataFormat', 'Invalid data format.');
    }
    const objects = given as readonly JsonObject[];
    if (objects.some((row) => Object.keys(row).some((name) => RESERVED.has(name)))) {
      return refusal(400, 'InvalidDataFormat', 'A property has a reserved name.');
    }
    if (this.#refuses !== undefined && objects.some(this.#refuses)) {
      return refusal(400, 'InvalidDataFormat', 'Invalid data format.');
    }
    const timeField = headers['time-generated-field'];
    const rows = objects.map((row) => this.#asStored(row, typeof timeField === 'string' ? timeField : ''));
    this.#options.rows.add('data_collector', rows);
    return { status: 200, stored: rows.length };
  }

  #refusal(url: URL, headers: IncomingHttpHeaders, body: Buffer): FakeAnswer | undefined {
    const version = url.searchParams.get('api-version');
    if (version === null) return refusal(400, 'MissingApiVersion', 'The API version was not specified.');
    if (version !== '2016-04-01')
      return refusal(400, 'InvalidApiVersion', 'The API version is not supported.');
    if (headers['content-encoding'] !== undefined) return { status: 501 };
    if (body.byteLength > POST_LIMIT_BYTES) return { status: 404 };
    const type = headers['content-type'];
    if (type === undefined) return refusal(400, 'MissingContentType', 'The content type was not specified.');
    const logType = headers['log-type'];
    if (logType === undefined) return refusal(400, 'MissingLogType', 'The log type was not specified.');
    if (typeof logType !== 'string' || !LOG_TYPE.test(logType)) {
      return refusal(400, 'InvalidLogType', 'The log type has characters that are not allowed.');
    }
    const workspace = /^SharedKey (?<id>[^:]+):/.exec(headers.authorization ?? '')?.groups?.['id'];
    if (workspace !== this.#options.workspaceId) {
      return refusal(400, 'InvalidCustomerId', 'The workspace id is not valid.');
    }
    return this.#authorized(headers, body) ? undefined : forbidden();
  }

  #authorized(headers: IncomingHttpHeaders, body: Buffer): boolean {
    const date = headers['x-ms-date'];
    if (typeof date !== 'string' || !RFC_1123.test(date)) return false;
    if (Math.abs(Date.parse(date) - this.#options.nowMs()) > this.#options.clockWindowMs) return false;
    // Chunked transfer has no length that could be signed.
    if (headers['content-length'] !== String(body.byteLength)) return false;
    const type = headers['content-type'] ?? '';
    const signed = `POST\n${body.byteLength}\n${type}\nx-ms-date:${date}\n/api/logs`;
    const wanted = createHmac('sha256', Buffer.from(this.#sharedKey, 'base64')).update(signed).digest();
    const given = Buffer.from((headers.authorization ?? '').split(':')[1] ?? '', 'base64');
    // `application/json; charset=utf-8` is refused although it would be signed alike.
    return (
      type === 'application/json' && given.byteLength === wanted.byteLength && timingSafeEqual(given, wanted)
    );
  }

  #asStored(given: JsonObject, timeField: string): JsonObject {
    const { rows, nowMs } = this.#options;
    const stored: Record<string, JsonValue> = {};
    for (const [name, value] of Object.entries(given)) {
      if (value === null) continue;
      if (typeof value !== 'string' || Buffer.byteLength(JSON.stringify(value)) <= FIELD_LIMIT_BYTES) {
        stored[name] = value;
        continue;
      }
      countUp(rows.cutFields, name);
      stored[name] = cutToBytes(value, FIELD_LIMIT_BYTES);
    }
    const time = given[timeField];
    const isTime = typeof time === 'string' && ISO_TIME.test(time);
    return { ...stored, TimeGenerated: isTime ? time : new Date(nowMs()).toISOString() };
  }
}

function forbidden(): FakeAnswer {
  return refusal(
    403,
    'InvalidAuthorization',
    'The service failed to authenticate the request. Verify that the workspace ID and connection key are valid.',
  );
}

function refusal(status: number, code: string, message: string): FakeAnswer {
  return jsonAnswer(status, { Error: code, Message: message });
}
