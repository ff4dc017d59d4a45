import type { Egress, EgressResponse, EgressResult } from '../../egress/egress.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { answerText } from '../answer-text.ts';
import { failureOutcome } from '../failure-outcome.ts';
import type { ConfirmResult, Connector, ConnectorLimits, Credentials } from '../connector.ts';
import type { Answer, Outcome } from '../outcome.ts';
import { retryAfterMs } from '../retry-after.ts';
import { readAcknowledgements } from './acknowledgement.ts';
import { classifyHecReply } from './classify.ts';
import type { SplunkHecConfig } from './config.ts';
import { compress, encodeBody, envelopeSettings, perEventOverheadBytes } from './encode.ts';
import { type HecReply, readHecReply } from './reply.ts';

/** Splunk Cloud advises 1 MB a request; a token's queue holds 500 KB by default, so larger bodies only fill it. */
const MAX_BODY_BYTES = 1_000_000;
const MAX_EVENTS = 5_000;
const SEND_TIMEOUT_MS = 30_000;
const MAX_REPLY_BYTES = 65_536;
const NAME = 'the Splunk HTTP Event Collector';
/** Without a User-Agent Splunk falls back to HTTP/1.0 and closes after each request (`forceHttp10` in inputs.conf). */
const USER_AGENT = 'aegis-siem';

export interface SplunkHecOptions {
  readonly config: SplunkHecConfig;
  readonly egress: Egress;
  /** A GUID, one for each lane and kept over restarts: acknowledgement ids count by channel. */
  readonly channel: string;
  readonly nowMs: () => number;
}

/**
 * Sends events to a Splunk HTTP Event Collector: concatenated envelopes, gzip, one channel. HEC knows no idempotency key:
 * delivery is at least once, and the indexed field `metadata_uid` tells duplicates.
 */
export class SplunkHecConnector implements Connector {
  readonly type = 'splunk_hec';
  readonly limits: ConnectorLimits;
  readonly #options: SplunkHecOptions;
  readonly #settings: string;
  /** A balancer's cookies, so that acknowledgements are asked of the indexer that took the request. */
  readonly #cookies = new Map<string, string>();
  /** Off once the remote took without gzip what it refused with it. */
  #gzip: boolean;

  constructor(options: SplunkHecOptions) {
    this.#options = options;
    this.#settings = envelopeSettings(options.config);
    this.#gzip = options.config.gzip;
    const overheadBytes = perEventOverheadBytes(this.#settings);
    this.limits = Object.freeze({
      maxEvents: MAX_EVENTS,
      maxBodyBytes: MAX_BODY_BYTES,
      perEventOverheadBytes: overheadBytes,
      maxEventSize: MAX_BODY_BYTES - overheadBytes,
    });
  }

  /** HEC counts bytes of the event as sent. */
  eventSize(event: WireEvent): number {
    return event.bytes;
  }

  async send(events: readonly WireEvent[], credentials: Credentials, signal: AbortSignal): Promise<Outcome> {
    const token = credentials['token'];
    if (token === undefined || token === '')
      return localFault('credential_missing', 'the destination has no token');
    const body = encodeBody(events, this.#settings);
    const first = await this.#post(body, this.#gzip, credentials, signal);
    if (first.kind === 'failure') return failureOutcome(first, NAME);
    if (first.status !== 415 || !this.#gzip) return this.#outcome(first, events.length, token);
    // Something refuses gzip: the same events once without it.
    const second = await this.#post(body, false, credentials, signal);
    if (second.kind === 'failure') return failureOutcome(second, NAME);
    const outcome = this.#outcome(second, events.length, token);
    if (outcome.kind === 'delivered' || outcome.kind === 'accepted') this.#gzip = false;
    return outcome;
  }

  async confirm(
    ackIds: readonly number[],
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<ConfirmResult> {
    const token = credentials['token'];
    if (token === undefined || token === '') {
      return { confirmed: [], failure: localFault('credential_missing', 'the destination has no token') };
    }
    const result = await this.#exchange(
      this.#options.config.ackUrl,
      Buffer.from(JSON.stringify({ acks: ackIds })),
      {},
      credentials,
      signal,
    );
    // Asking again changes nothing, so a lost answer is never ambiguous.
    if (result.kind === 'failure')
      return { confirmed: [], failure: failureOutcome(result, NAME, { repeatable: true }) };
    const confirmed = result.status === 200 ? readAcknowledgements(result.body) : undefined;
    if (confirmed !== undefined) return { confirmed };
    return { confirmed: [], failure: this.#outcome(result, 1, token) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #post(
    body: string,
    gzip: boolean,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<EgressResult> {
    const bytes = gzip ? await compress(body) : Buffer.from(body);
    const headers = gzip ? { 'content-encoding': 'gzip' } : {};
    return this.#exchange(this.#options.config.eventUrl, bytes, headers, credentials, signal);
  }

  async #exchange(
    url: URL,
    body: Uint8Array,
    headers: Readonly<Record<string, string>>,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<EgressResult> {
    const { egress, channel, config } = this.#options;
    const clientKeyPem = credentials['client_key_pem'];
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const result = await egress.request({
      method: 'POST',
      url,
      body,
      headers: {
        authorization: `Splunk ${credentials['token'] ?? ''}`,
        'content-type': 'application/json',
        'user-agent': USER_AGENT,
        'x-splunk-request-channel': channel,
        ...(cookie === '' ? {} : { cookie }),
        ...headers,
      },
      timeoutMs: SEND_TIMEOUT_MS,
      maxResponseBytes: MAX_REPLY_BYTES,
      tls: { ...config.tls, ...(clientKeyPem === undefined ? {} : { clientKeyPem }) },
      signal,
    });
    if (result.kind === 'response') this.#keepCookies(result);
    return result;
  }

  #keepCookies({ setCookies }: EgressResponse): void {
    for (const cookie of setCookies.slice(0, MAX_COOKIES)) {
      const pair = /^(?<name>[^=;\s]{1,128})=(?<value>[^;]{0,1024})/.exec(cookie)?.groups;
      if (pair?.['name'] !== undefined) this.#cookies.set(pair['name'], pair['value'] ?? '');
    }
    for (const name of this.#cookies.keys()) {
      if (this.#cookies.size <= MAX_COOKIES) break;
      this.#cookies.delete(name);
    }
  }

  #outcome(response: EgressResponse, eventCount: number, token: string): Outcome {
    const reply = readHecReply(response);
    return classifyHecReply(reply, {
      eventCount,
      indexerAcknowledgement: this.#options.config.indexerAcknowledgement,
      retryAfterMs: retryAfterMs(response.headers, this.#options.nowMs()),
      answer: answerOf(reply, response, token),
    });
  }
}

const MAX_COOKIES = 8;

function answerOf(reply: HecReply, response: EgressResponse, token: string): Answer {
  const said =
    reply.code === undefined
      ? `HTTP ${reply.status} without a HEC reply`
      : `HTTP ${reply.status}, code ${reply.code}: ${reply.text}`;
  const place =
    reply.invalidEventNumber === undefined ? '' : ` (event ${reply.invalidEventNumber} of the request)`;
  return {
    status: reply.status,
    ...(reply.code === undefined ? {} : { code: String(reply.code) }),
    message: answerText(`${said}${place}`, [token]),
    durationMs: response.durationMs,
  };
}

function localFault(reason: string, message: string): Outcome {
  return { kind: 'local_fault', reason, answer: { code: reason, message, durationMs: 0 } };
}
