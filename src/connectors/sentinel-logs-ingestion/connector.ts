import type { Egress, EgressResponse, EgressResult, TlsSettings } from '../../egress/egress.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { compressBody } from '../compress-body.ts';
import { failureOutcome } from '../failure-outcome.ts';
import {
  type ConnectorLimits,
  type Credentials,
  type EncodedEvent,
  type EventBytes,
  HIDDEN,
  type PreviewingConnector,
  type RequestPreview,
} from '../connector.ts';
import type { EntraSignIn } from '../entra/entra-sign-in.ts';
import type { EntraTokens } from '../entra/entra-tokens.ts';
import type { Outcome } from '../outcome.ts';
import { readAzureReply } from '../sentinel/azure-reply.ts';
import { localFault, notSent } from '../sentinel/local-outcome.ts';
import { tlsSettings } from '../tls/tls-config.ts';
import { classifyLogsIngestion } from './classify.ts';
import { type SentinelLogsIngestionConfig, sentinelLogsIngestionHostVerdict } from './config.ts';
import {
  encodeBody,
  encodeEvent,
  MAX_BODY_BYTES,
  MAX_ROW_BYTES,
  PER_EVENT_OVERHEAD_BYTES,
} from './encode.ts';
import { type AmbientVariables, signInOf } from './sign-in.ts';

const API_VERSION = '2023-01-01';
const SEND_TIMEOUT_MS = 30_000;
/** A refusal has a few hundred bytes; gateways answer with pages. */
const MAX_REPLY_BYTES = 65_536;
const MAX_EVENTS = 10_000;

export interface SentinelLogsIngestionOptions {
  readonly config: SentinelLogsIngestionConfig;
  readonly egress: Egress;
  /** One for the process: destinations with the same sign-in share its tokens. Not closed by the connector. */
  readonly tokens: EntraTokens;
  readonly nowMs: () => number;
  readonly randomUuid: () => string;
  readonly retryAfterMs: (headers: EgressResponse['headers'], nowMs: number) => number | undefined;
  /** Whether the operator's list names this address: then it need not be the cloud's own. */
  readonly listAllows: (url: URL) => boolean;
  /** Workload and managed identity are refused unless the operator turned them on. */
  readonly ambientIdentity: boolean;
  readonly ambientVariables: AmbientVariables;
}

/**
 * Sends events to Microsoft Sentinel through the Logs Ingestion API of Azure Monitor: one JSON array of rows a call, below
 * 1 MB, gzip. Delivery is at least once; `EventUid` tells duplicates.
 */
export class SentinelLogsIngestionConnector implements PreviewingConnector {
  readonly type = 'sentinel_logs_ingestion';
  readonly limits: ConnectorLimits = Object.freeze({
    maxEvents: MAX_EVENTS,
    maxBodyBytes: MAX_BODY_BYTES - '[]'.length,
    perEventOverheadBytes: PER_EVENT_OVERHEAD_BYTES,
    maxEventSize: MAX_ROW_BYTES,
  });
  readonly #options: SentinelLogsIngestionOptions;
  readonly #url: URL;
  /** Off once the remote took without gzip what it refused with it. */
  #gzip = true;

  constructor(options: SentinelLogsIngestionOptions) {
    this.#options = options;
    const { endpoint, dcrImmutableId, stream } = options.config;
    this.#url = new URL(`/dataCollectionRules/${dcrImmutableId}/streams/${stream}`, endpoint);
    this.#url.searchParams.set('api-version', API_VERSION);
  }

  /** Azure limits each data collection rule. */
  get address(): string {
    return this.#url.href;
  }

  /** The event as a row. One within `maxEventSize` holds no field that would be cut. */
  encode(event: WireEvent): EncodedEvent {
    return encodeEvent(event);
  }

  preview(events: readonly EventBytes[]): RequestPreview {
    const body = encodeBody(events);
    if (body === undefined) throw new RangeError(`The events are over ${MAX_BODY_BYTES} bytes`);
    const headers = headersOf(HIDDEN, '[a UUID for each request]', this.#gzip);
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
    const { config, listAllows, ambientIdentity, ambientVariables } = this.#options;
    const verdict = sentinelLogsIngestionHostVerdict(config, listAllows);
    if (!verdict.ok) return notSent('configuration', verdict.code, verdict.message);
    const choice = signInOf(config, credentials, { allowed: ambientIdentity, variables: ambientVariables });
    if (!choice.ok) return notSent('configuration', choice.reason, choice.advice);
    const body = encodeBody(events);
    if (body === undefined) {
      return notSent('too_big', 'body_too_big', `${events.length} events are over ${MAX_BODY_BYTES} bytes`);
    }
    const first = await this.#sendWithToken(body, choice.signIn, credentials, signal);
    if (first.refusedToken === undefined) return first.outcome;
    // The token may have been revoked, or ended on its way: one new one, and once more.
    this.#options.tokens.drop(choice.signIn, first.refusedToken);
    return (await this.#sendWithToken(body, choice.signIn, credentials, signal)).outcome;
  }

  async #sendWithToken(
    body: Uint8Array,
    signIn: EntraSignIn,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<{ readonly outcome: Outcome; readonly refusedToken?: string }> {
    const given = await this.#options.tokens.get(signIn, signal);
    if (!given.ok) return { outcome: given.outcome };
    const clientRequestId = this.#options.randomUuid();
    const tls = tlsSettings(this.#options.config.tls, credentials);
    const result = await this.#post(body, { token: given.token, clientRequestId, tls }, signal);
    if (result.kind === 'failure') return { outcome: failureOutcome(result, 'the ingestion endpoint') };
    const reply = readAzureReply(result, {
      secrets: [given.token, ...Object.values(credentials)],
      retryAfterMs: this.#options.retryAfterMs(result.headers, this.#options.nowMs()),
      clientRequestId,
    });
    const outcome = classifyLogsIngestion(reply, this.#options.config);
    return result.status === 401 ? { outcome, refusedToken: given.token } : { outcome };
  }

  async #post(
    body: Uint8Array,
    { token, clientRequestId, tls }: PostParts,
    signal: AbortSignal,
  ): Promise<EgressResult> {
    const request = {
      method: 'POST',
      url: this.#url,
      timeoutMs: SEND_TIMEOUT_MS,
      maxResponseBytes: MAX_REPLY_BYTES,
      signal,
      ...(tls === undefined ? {} : { tls }),
    } as const;
    const { egress } = this.#options;
    const plain = (): Promise<EgressResult> =>
      egress.request({ ...request, headers: headersOf(token, clientRequestId, false), body });
    if (!this.#gzip) return plain();
    const compressed = await egress.request({
      ...request,
      headers: headersOf(token, clientRequestId, true),
      body: await compressBody(body),
    });
    if (compressed.kind === 'failure' || compressed.status !== 415) return compressed;
    const again = await plain();
    if (again.kind === 'response' && again.status !== 415) this.#gzip = false;
    return again;
  }
}

interface PostParts {
  readonly token: string;
  readonly clientRequestId: string;
  readonly tls: TlsSettings | undefined;
}

function headersOf(token: string, clientRequestId: string, gzip: boolean): Readonly<Record<string, string>> {
  return {
    authorization: `Bearer ${token}`,
    'content-type': 'application/json',
    'x-ms-client-request-id': clientRequestId,
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  };
}
