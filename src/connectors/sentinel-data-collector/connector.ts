import type { Egress, EgressResponse } from '../../egress/egress.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { failureOutcome } from '../failure-outcome.ts';
import { ConnectorConfigError } from '../config-error.ts';
import {
  type ConnectorLimits,
  type Credentials,
  type EncodedEvent,
  type EventBytes,
  HIDDEN,
  type PreviewingConnector,
  type RequestPreview,
} from '../connector.ts';
import type { Outcome } from '../outcome.ts';
import { readAzureReply } from '../sentinel/azure-reply.ts';
import { tlsSettings } from '../tls/tls-config.ts';
import { localFault, notSent } from '../sentinel/local-outcome.ts';
import { classifyDataCollector } from './classify.ts';
import { type SentinelDataCollectorConfig, sentinelDataCollectorHostVerdict } from './config.ts';
import { checkSentinelDataCollectorCredentials } from './credentials.ts';
import {
  encodeBody,
  encodeEvent,
  MAX_BODY_BYTES,
  MAX_POST_BYTES,
  MAX_ROW_BYTES,
  PER_EVENT_OVERHEAD_BYTES,
} from './encode.ts';
import { MAYBE_SWITCHED_OFF } from './legacy-notice.ts';
import { TIME_FIELD } from './row.ts';
import { authorization, CONTENT_TYPE, RESOURCE, rfc1123Date } from './signature.ts';

const API_VERSION = '2016-04-01';
const SEND_TIMEOUT_MS = 60_000;
const MAX_REPLY_BYTES = 65_536;
const MAX_EVENTS = 10_000;
const FORBIDDEN = 403;

export interface SentinelDataCollectorOptions {
  readonly config: SentinelDataCollectorConfig;
  readonly egress: Egress;
  readonly nowMs: () => number;
  readonly retryAfterMs: (headers: EgressResponse['headers'], nowMs: number) => number | undefined;
  /** Whether the operator's list names this address: then it need not be the cloud's own. */
  readonly listAllows: (url: URL) => boolean;
}

/**
 * Sends events to Microsoft Sentinel through the HTTP Data Collector API: one JSON array of flat rows a post, signed with a
 * key of the workspace. Legacy: Microsoft ended its support on 2026-09-14; the Logs Ingestion API is its successor.
 */
export class SentinelDataCollectorConnector implements PreviewingConnector {
  readonly type = 'sentinel_data_collector';
  readonly limits: ConnectorLimits = Object.freeze({
    maxEvents: MAX_EVENTS,
    maxBodyBytes: MAX_BODY_BYTES,
    perEventOverheadBytes: PER_EVENT_OVERHEAD_BYTES,
    maxEventSize: MAX_ROW_BYTES,
  });
  readonly #options: SentinelDataCollectorOptions;
  readonly #url: URL;

  constructor(options: SentinelDataCollectorOptions) {
    this.#options = options;
    this.#url = new URL(RESOURCE, options.config.endpoint);
    this.#url.searchParams.set('api-version', API_VERSION);
  }

  /** The workspace is part of the host. */
  get address(): string {
    return this.#url.href;
  }

  /** The event as a row. One within `maxEventSize` holds no field that would be cut. */
  encode(event: WireEvent): EncodedEvent {
    return encodeEvent(event);
  }

  preview(events: readonly EventBytes[]): RequestPreview {
    const body = encodeBody(events);
    if (body === undefined) throw new RangeError(`The events are over ${MAX_POST_BYTES} bytes`);
    const { workspaceId } = this.#options.config;
    const headers = this.#headers(`SharedKey ${workspaceId}:${HIDDEN}`, '[the time of the request]');
    return { method: 'POST', url: this.#url, headers, body };
  }

  async send(events: readonly EventBytes[], credentials: Credentials, signal: AbortSignal): Promise<Outcome> {
    try {
      return await this.#send(events, credentials, signal);
    } catch (error) {
      return localFault(error);
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #send(
    events: readonly EventBytes[],
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { config, listAllows } = this.#options;
    const verdict = sentinelDataCollectorHostVerdict(config, listAllows);
    if (!verdict.ok) return notSent('configuration', verdict.code, verdict.message);
    try {
      checkSentinelDataCollectorCredentials(credentials);
    } catch (error) {
      if (!(error instanceof ConnectorConfigError)) throw error;
      return notSent('configuration', 'credentials_unusable', `shared_key cannot be used. ${error.message}`);
    }
    const body = encodeBody(events);
    if (body === undefined) {
      return notSent('too_big', 'body_too_big', `${events.length} events are over ${MAX_POST_BYTES} bytes`);
    }
    const first = await this.#post(body, credentials, signal);
    // The date may have grown old in a queue on the way. A signature is good for one request only, so it is made anew.
    return first.status === FORBIDDEN ? (await this.#post(body, credentials, signal)).outcome : first.outcome;
  }

  #headers(signed: string, date: string): Readonly<Record<string, string>> {
    return {
      authorization: signed,
      'content-type': CONTENT_TYPE,
      'log-type': this.#options.config.logType,
      'x-ms-date': date,
      'time-generated-field': TIME_FIELD,
    };
  }

  async #post(
    body: Uint8Array,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: Outcome; readonly status?: number }> {
    const { config, egress, nowMs, retryAfterMs } = this.#options;
    const sharedKey = credentials['shared_key'] ?? '';
    const date = rfc1123Date(nowMs());
    const tls = tlsSettings(config.tls, credentials);
    const { workspaceId } = config;
    const signed = authorization({ workspaceId, sharedKey, bodyBytes: body.byteLength, date });
    const result = await egress.request({
      method: 'POST',
      url: this.#url,
      headers: this.#headers(signed, date),
      body,
      timeoutMs: SEND_TIMEOUT_MS,
      maxResponseBytes: MAX_REPLY_BYTES,
      signal,
      ...(tls === undefined ? {} : { tls }),
    });
    if (result.kind === 'failure') {
      const note = result.phase === 'dns' ? { note: MAYBE_SWITCHED_OFF } : {};
      return { outcome: failureOutcome(result, 'the Data Collector API', note) };
    }
    const now = nowMs();
    const signature = signed.slice(signed.indexOf(':') + 1);
    const reply = readAzureReply(result, {
      secrets: [sharedKey, signature],
      retryAfterMs: retryAfterMs(result.headers, now),
    });
    return { outcome: classifyDataCollector(reply, body.byteLength, now), status: result.status };
  }
}
