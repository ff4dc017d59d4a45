import type { Answer, Outcome } from '../outcome.ts';
import { configurationAdvice, type ConfigurationReason } from './advice.ts';
import type { HecReply } from './reply.ts';

export interface ClassifyContext {
  /** Events in the request. */
  readonly eventCount: number;
  readonly indexerAcknowledgement: boolean;
  readonly retryAfterMs: number | undefined;
  /** The answer as it may be kept: printable and without secrets. */
  readonly answer: Answer;
}

/** HEC codes that mean: set-up is wrong. */
const CONFIGURATION_CODES: Readonly<Record<number, ConfigurationReason>> = {
  1: 'token_disabled',
  2: 'token_required',
  3: 'invalid_authorization',
  4: 'invalid_token',
  10: 'channel_missing',
  11: 'channel_invalid',
  14: 'acknowledgement_disabled',
  16: 'query_authorization',
  21: 'invalid_token',
  22: 'token_disabled',
};

/**
 * What an answer of the collector means. Total: an unknown code counts by its HTTP status and never as success. Codes 0 to
 * 22: https://help.splunk.com/en/splunk-enterprise/get-data-in/collect-http-event-data/troubleshoot-http-event-collector ;
 * 23 to 27 are those of release 9.3 and later. What `invalid-event-number` says of the other events is agreed between
 * senders, not documented: those before it are in, it is the culprit (or, with code 9, the first not taken), those after it
 * were not looked at.
 */
export function classifyHecReply(reply: HecReply, context: ClassifyContext): Outcome {
  const { code } = reply;
  if (code === undefined) return byStatus(reply, context);
  const reason = CONFIGURATION_CODES[code];
  if (reason !== undefined) return configuration(reason, context);
  switch (code) {
    case 0:
    case 24:
    case 25:
      return reply.status === 200 ? taken(reply, context, code !== 0) : byStatus(reply, context);
    case 5:
      return { kind: 'local_fault', reason: 'empty_request', answer: context.answer };
    case 6:
    case 7:
    case 12:
    case 13:
    case 15:
      return refused(reply, context);
    case 9:
      return busy(reply, context);
    case 26:
    case 27:
      return throttled(context);
    case 8:
    case 18:
    case 19:
    case 20:
    case 23:
      return transient(context);
    default:
      return byStatus(reply, context);
  }
}

function taken(
  reply: HecReply,
  { indexerAcknowledgement, answer }: ClassifyContext,
  slowDown: boolean,
): Outcome {
  if (indexerAcknowledgement && reply.ackId !== undefined)
    return { kind: 'accepted', ackId: reply.ackId, answer };
  // Without an id there is nothing to wait for: the token has no acknowledgement, and what got 200 is accepted.
  return { kind: 'delivered', answer, ...(slowDown ? { slowDown } : {}) };
}

function refused(reply: HecReply, { eventCount, indexerAcknowledgement, answer }: ClassifyContext): Outcome {
  const culprit = numberWithin(reply, eventCount);
  if (culprit === undefined || eventCount === 1) return { kind: 'poison', answer };
  // With acknowledgement an error has no id, so those before the culprit can never be confirmed: they go again.
  return { kind: 'partial', taken: indexerAcknowledgement ? 0 : culprit, culprit, cause: 'poison', answer };
}

function busy(reply: HecReply, context: ClassifyContext): Outcome {
  const firstNotTaken = numberWithin(reply, context.eventCount);
  if (firstNotTaken === undefined || firstNotTaken === 0 || context.indexerAcknowledgement)
    return throttled(context);
  return {
    kind: 'partial',
    taken: firstNotTaken,
    cause: 'throttled',
    answer: context.answer,
    ...wait(context),
  };
}

function numberWithin({ invalidEventNumber }: HecReply, eventCount: number): number | undefined {
  return invalidEventNumber !== undefined && invalidEventNumber < eventCount ? invalidEventNumber : undefined;
}

function byStatus(reply: HecReply, context: ClassifyContext): Outcome {
  const { status } = reply;
  const { answer } = context;
  if (status >= 200 && status < 300) {
    if (reply.cut) return { kind: 'ambiguous', answer };
    return reply.code === undefined ? configuration('not_a_collector', context) : transient(context);
  }
  if (status >= 300 && status < 400) return configuration('redirect', context);
  if (status === 408 || status === 425 || status === 429) return throttled(context);
  if (status === 413) return { kind: 'too_big', answer };
  if (status === 401 || status === 403) return configuration('refused_by_proxy', context);
  if (status === 404 || status === 405 || status === 410) return configuration('no_collector_here', context);
  if (status === 415) return configuration('encoding_refused', context);
  if (status >= 400 && status < 500) return configuration('not_a_collector', context);
  if (status === 501 || status === 505) return configuration('not_a_collector', context);
  if (status === 503 && context.retryAfterMs !== undefined) return throttled(context);
  return transient(context);
}

function configuration(reason: ConfigurationReason, { answer }: ClassifyContext): Outcome {
  return { kind: 'configuration', reason, advice: configurationAdvice(reason), answer };
}

function throttled(context: ClassifyContext): Outcome {
  return { kind: 'throttled', answer: context.answer, ...wait(context) };
}

function transient(context: ClassifyContext): Outcome {
  return { kind: 'transient', answer: context.answer, ...wait(context) };
}

function wait({ retryAfterMs }: ClassifyContext): { readonly retryAfterMs?: number } {
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}
