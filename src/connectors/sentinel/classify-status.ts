import type { Outcome } from '../outcome.ts';
import type { AzureReply } from './azure-reply.ts';

/** The outcome of a status that means the same at both APIs. Total: any number has one. */
export function classifyStatus(reply: AzureReply): Outcome {
  const { status, answer, retryAfterMs } = reply;
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 408 || status === 425 || status === 429) return { kind: 'throttled', answer, ...wait };
  if (status === 503 && retryAfterMs !== undefined) return { kind: 'throttled', answer, ...wait };
  if (status === 413) return { kind: 'too_big', answer };
  if (status === 501 || status === 505) {
    return configuration(
      reply,
      'not_implemented',
      'What answers at endpoint does not know this API. Correct endpoint.',
    );
  }
  if (status >= 500 || status < 200) return { kind: 'transient', answer, ...wait };
  if (status >= 300 && status < 400) {
    return configuration(
      reply,
      'redirected',
      'endpoint answers with a redirect, which is never followed. Set endpoint to the address of the API itself; a proxy in between must let the call through.',
    );
  }
  if (status < 300) return unexpectedAnswer(reply);
  return configuration(
    reply,
    'refused',
    `The API refused the request with ${status}. Check endpoint and the other settings of this destination.`,
  );
}

export function configuration(reply: AzureReply, reason: string, advice: string): Outcome {
  return { kind: 'configuration', reason, advice, answer: reply.answer };
}

/** An answer that is no success whatever its status: a page for a browser. */
export function notTheApi(reply: AzureReply): Outcome {
  return configuration(
    reply,
    'not_the_api',
    'Something other than the API answers at endpoint: a proxy, a login page or a portal. Correct endpoint, or have the proxy let the call through unchanged.',
  );
}

/**
 * A status that says success, with a body that does not: somebody else answers, or the answer did not come to its end.
 * Undefined where nothing speaks against it.
 */
export function doubtfulSuccess(reply: AzureReply): Outcome | undefined {
  if (reply.isHtml) return notTheApi(reply);
  // What was cut may have been anything: the rows may be in, or nobody has read them.
  if (reply.cut) return { kind: 'ambiguous', answer: reply.answer };
  return reply.isPlainText ? notTheApi(reply) : undefined;
}

/** A success that has not the form of the API's. */
export function unexpectedAnswer(reply: AzureReply): Outcome {
  return configuration(
    reply,
    'unexpected_answer',
    'What answers at endpoint is not the API: its success has another form. A proxy or login page may stand in between; it must let the call through unchanged.',
  );
}
