import type { Egress, EgressFailure, EgressResponse, EgressResult } from '../../egress/egress.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import {
  type ConfirmResult,
  type ConnectorLimits,
  type Credentials,
  type EncodedEvent,
  type EventBytes,
  HIDDEN,
  type PreviewingConnector,
  type RequestPreview,
} from '../connector.ts';
import { compressBody } from '../compress-body.ts';
import { joinEvents } from '../join-events.ts';
import type { Outcome } from '../outcome.ts';
import { retryAfterMs } from '../retry-after.ts';
import { tlsSettings } from '../tls/tls-config.ts';
import { readAcknowledgements } from './acknowledgement.ts';
import { configurationAdvice } from './advice.ts';
import { hecAnswer } from './answer.ts';
import { classifyHecReply } from './classify.ts';
import type { SplunkHecConfig } from './config.ts';
import { CookieJar } from './cookie-jar.ts';
import { isHecToken } from './credentials.ts';
import { encodeEvent, envelopeSettings } from './encode.ts';
import { hecFailureOutcome } from './failure.ts';
import { readHecReply } from './reply.ts';

/** Splunk Cloud advises 1 MB a request; a token's queue holds 500 KB by default, so larger bodies only fill it. */
const MAX_BODY_BYTES = 1_000_000;
const MAX_EVENTS = 5_000;
const SEND_TIMEOUT_MS = 30_000;
const MAX_REPLY_BYTES = 65_536;
/** A receiver that cuts uploads off so many times in a row does so because of their size. */
const MAX_UPLOADS_CUT = 3;
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
export class SplunkHecConnector implements PreviewingConnector {
  readonly type = 'splunk_hec';
  readonly limits: ConnectorLimits = Object.freeze({
    maxEvents: MAX_EVENTS,
    maxBodyBytes: MAX_BODY_BYTES,
    perEventOverheadBytes: 0,
    maxEventSize: MAX_BODY_BYTES,
  });
  readonly #options: SplunkHecOptions;
  readonly #settings: string;
  readonly #cookies = new CookieJar();
  /** Off once the remote took without gzip what it refused with it. */
  #gzip: boolean;
  /** Requests in a row whose upload was cut off. */
  #uploadsCut = 0;

  constructor(options: SplunkHecOptions) {
    this.#options = options;
    this.#settings = envelopeSettings(options.config);
    this.#gzip = options.config.gzip;
  }

  get address(): string {
    return this.#options.config.eventUrl.origin;
  }

  encode(event: WireEvent): EncodedEvent {
    return encodeEvent(event, this.#settings);
  }

  preview(events: readonly EventBytes[]): RequestPreview {
    const headers = this.#headers(HIDDEN, this.#gzip);
    return { method: 'POST', url: this.#options.config.eventUrl, headers, body: joinEvents(events) };
  }

  async send(events: readonly EventBytes[], credentials: Credentials, signal: AbortSignal): Promise<Outcome> {
    const fault = tokenFault(credentials);
    if (fault !== undefined) return fault;
    // HEC answers an empty body with code 5, "no data".
    if (events.length === 0) return localFault('empty_request', 'there was nothing to send');
    const body = joinEvents(events);
    const first = await this.#post(body, this.#gzip, credentials, signal);
    if (first.kind === 'failure') return this.#failed(first, events.length);
    if (first.status !== 415 || !this.#gzip) return this.#outcome(first, events.length, credentials);
    // Something refuses gzip: the same events once without it.
    const second = await this.#post(body, false, credentials, signal);
    if (second.kind === 'failure') return this.#failed(second, events.length);
    const outcome = this.#outcome(second, events.length, credentials);
    if (outcome.kind === 'delivered' || outcome.kind === 'accepted') this.#gzip = false;
    return outcome;
  }

  async confirm(
    ackIds: readonly number[],
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<ConfirmResult> {
    const fault = tokenFault(credentials);
    if (fault !== undefined) return { confirmed: [], failure: fault };
    const question = Buffer.from(JSON.stringify({ acks: ackIds }));
    const result = await this.#exchange(this.#options.config.ackUrl, question, false, credentials, signal);
    // Asking again changes nothing, so a lost answer is never ambiguous.
    if (result.kind === 'failure')
      return { confirmed: [], failure: hecFailureOutcome(result, { repeatable: true }) };
    const confirmed =
      result.status === 200 && !result.bodyCut ? readAcknowledgements(result.body) : undefined;
    if (confirmed === undefined) return { confirmed: [], failure: this.#outcome(result, 1, credentials) };
    const asked = new Set(ackIds);
    return { confirmed: confirmed.filter((id) => asked.has(id)) };
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async #post(
    body: Uint8Array,
    gzip: boolean,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<EgressResult> {
    const bytes = gzip ? await compressBody(body) : body;
    return this.#exchange(this.#options.config.eventUrl, bytes, gzip, credentials, signal);
  }

  #headers(token: string, gzip: boolean): Readonly<Record<string, string>> {
    return {
      authorization: `Splunk ${token}`,
      'content-type': 'application/json',
      'user-agent': USER_AGENT,
      'x-splunk-request-channel': this.#options.channel,
      ...(gzip ? { 'content-encoding': 'gzip' } : {}),
    };
  }

  async #exchange(
    url: URL,
    body: Uint8Array,
    gzip: boolean,
    credentials: Credentials,
    signal: AbortSignal,
  ): Promise<EgressResult> {
    const { egress, config } = this.#options;
    const tls = tlsSettings(config.tls, credentials);
    const cookie = this.#cookies.header();
    const result = await egress.request({
      method: 'POST',
      url,
      body,
      headers: {
        ...this.#headers(credentials['token'] ?? '', gzip),
        ...(cookie === undefined ? {} : { cookie }),
      },
      timeoutMs: SEND_TIMEOUT_MS,
      maxResponseBytes: MAX_REPLY_BYTES,
      ...(tls === undefined ? {} : { tls }),
      signal,
    });
    if (result.kind === 'response') this.#cookies.keep(result.setCookies);
    return result;
  }

  #failed(failure: EgressFailure, eventCount: number): Outcome {
    const cut = failure.phase === 'send' && failure.code === 'reset' && !failure.requestSent;
    this.#uploadsCut = cut ? this.#uploadsCut + 1 : 0;
    const outcome = hecFailureOutcome(failure);
    // Some receivers do not answer a body that is too large: they hang up on it. One event is never given up for that.
    if (this.#uploadsCut < MAX_UPLOADS_CUT || eventCount === 1) return outcome;
    this.#uploadsCut = 0;
    return { kind: 'too_big', answer: outcome.answer };
  }

  #outcome(response: EgressResponse, eventCount: number, credentials: Credentials): Outcome {
    this.#uploadsCut = 0;
    const { config, nowMs } = this.#options;
    const reply = readHecReply(response);
    return classifyHecReply(reply, {
      eventCount,
      indexerAcknowledgement: config.indexerAcknowledgement,
      retryAfterMs: retryAfterMs(response.headers, nowMs()),
      answer: hecAnswer(reply, response, credentials['token'] ?? '', config),
    });
  }
}

/** A token that is not there, or could not be put into a header. An empty one would reach the collector as a wrong one. */
function tokenFault(credentials: Credentials): Outcome | undefined {
  const token = credentials['token'];
  if (token === undefined || token === '')
    return localFault('credential_missing', 'the destination has no token');
  if (isHecToken(token)) return undefined;
  const advice = configurationAdvice('token_malformed');
  const answer = { code: 'token_malformed', message: 'the token was not sent', durationMs: 0 };
  return { kind: 'configuration', reason: 'token_malformed', advice, answer };
}

function localFault(reason: string, message: string): Outcome {
  return { kind: 'local_fault', reason, answer: { code: reason, message, durationMs: 0 } };
}
