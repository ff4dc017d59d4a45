import type { JsonObject } from '../../src/json.ts';
import {
  type CollectorState,
  type IncomingRequest,
  isAckPath,
  isEventPath,
  isHealthPath,
} from './collector-state.ts';
import { type Envelope, readEnvelopes } from './envelopes.ts';
import { type HecAnswer, hecReply, htmlPage, notFound } from './hec-reply.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Splunk's own rules, as its documents and the senders that live with it tell them. */
export function splunkRules(request: IncomingRequest, state: CollectorState): HecAnswer | 'reset' {
  const { path, method } = request;
  if (isHealthPath(path)) return hecReply(17);
  if (method !== 'POST') return notFound(405);
  if (isAckPath(path)) return acknowledgements(request, state);
  if (!isEventPath(path)) return notFound(404);
  if (state.always !== undefined) return hecReply(state.always);
  return checkSender(request, state) ?? takeBody(request, state);
}

function checkSender({ headers, query }: IncomingRequest, state: CollectorState): HecAnswer | undefined {
  const { authorization } = headers;
  // A token in the query wins over the header, even where it is not allowed.
  if (new URLSearchParams(query).has('token')) return hecReply(16);
  if (authorization === undefined) return hecReply(2);
  const token = tokenOf(authorization);
  if (token === undefined) return hecReply(3);
  if (token !== state.token) return hecReply(4);
  const channel = channelOf({ headers, query });
  if (state.acknowledgement && channel === undefined) return hecReply(10);
  if (channel !== undefined && !GUID.test(channel)) return hecReply(11);
  return undefined;
}

/** `Splunk TOKEN`, or Basic with the token as its password. */
function tokenOf(authorization: string): string | undefined {
  const [scheme, value = ''] = authorization.split(' ', 2);
  if (scheme === 'Splunk') return value;
  if (scheme !== 'Basic') return undefined;
  const pair = Buffer.from(value, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

function channelOf({ headers, query }: Pick<IncomingRequest, 'headers' | 'query'>): string | undefined {
  const header = headers['x-splunk-request-channel'];
  return typeof header === 'string' ? header : (new URLSearchParams(query).get('channel') ?? undefined);
}

function takeBody(request: IncomingRequest, state: CollectorState): HecAnswer | 'reset' {
  const { body, fault } = request;
  const channel = channelOf(request);
  if (body === undefined) return htmlPage(415);
  if (body.length > state.maxBodyBytes) return htmlPage(413);
  if (state.acknowledgement && channel !== undefined && state.channels.isFull(channel)) return hecReply(27);
  const { envelopes, fault: wrong } = readEnvelopes(body.toString('utf8'));
  if (fault?.kind === 'busy_after') {
    const taken = envelopes.slice(0, fault.take);
    state.take(taken);
    return hecReply(9, { 'invalid-event-number': fault.take }, taken.length);
  }
  const culprit = envelopes.findIndex((envelope) => refusalOf(envelope, state) !== undefined);
  const refused = envelopes[culprit];
  if (refused !== undefined) {
    const code = refusalOf(refused, state) ?? 6;
    // Without a number Splunk is taken to have looked at nothing: the events before are not in.
    if (state.refusal?.withNumber === false) return hecReply(code);
    state.take(envelopes.slice(0, culprit));
    return hecReply(code, { 'invalid-event-number': culprit }, culprit);
  }
  state.take(envelopes);
  if (wrong !== undefined) {
    const place = wrong.number === undefined ? {} : { 'invalid-event-number': wrong.number };
    return hecReply(wrong.code, place, envelopes.length);
  }
  if (fault?.kind === 'take_then_reset') return 'reset';
  const code = fault?.kind === 'take_then_warn' ? fault.code : 0;
  const ackId: JsonObject =
    state.acknowledgement && channel !== undefined ? { ackId: state.channels.next(channel) } : {};
  return withCookie(hecReply(code, ackId, envelopes.length), state);
}

function refusalOf({ event, eventText, fields }: Envelope, state: CollectorState): number | undefined {
  const index = fields['index'];
  if (state.indexes !== undefined && typeof index === 'string' && !state.indexes.includes(index)) return 7;
  if (Buffer.byteLength(eventText) > state.maxEventBytes) return 6;
  const isObject = typeof event === 'object' && event !== null && !Array.isArray(event);
  return isObject && state.refusal?.matches(event as JsonObject) === true ? state.refusal.code : undefined;
}

function acknowledgements(request: IncomingRequest, state: CollectorState): HecAnswer {
  const refused = checkSender(request, state);
  if (refused !== undefined) return refused;
  if (!state.acknowledgement) return hecReply(14);
  const ids = askedFor(request.body);
  if (ids === undefined) return hecReply(6);
  const { balancerCookie } = state;
  // Without the balancer's cookie the question reaches another indexer, which knows none of them.
  const here = balancerCookie === undefined || (request.headers.cookie ?? '').includes(balancerCookie);
  const acks = here
    ? state.channels.ask(channelOf(request) ?? '', ids)
    : Object.fromEntries(ids.map((id) => [String(id), false]));
  return withCookie({ status: 200, body: JSON.stringify({ acks }) }, state);
}

function askedFor(body: Buffer | undefined): readonly number[] | undefined {
  try {
    const { acks } = JSON.parse(body?.toString('utf8') ?? '') as { readonly acks?: unknown };
    return Array.isArray(acks) && acks.every((id) => Number.isInteger(id)) ? (acks as number[]) : undefined;
  } catch {
    return undefined;
  }
}

function withCookie(answer: HecAnswer, { balancerCookie }: CollectorState): HecAnswer {
  if (balancerCookie === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'set-cookie': `${balancerCookie}; Path=/; HttpOnly` } };
}
