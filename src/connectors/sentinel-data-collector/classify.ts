import type { Outcome } from '../outcome.ts';
import type { AzureReply } from '../sentinel/azure-reply.ts';
import { classifyStatus, configuration, doubtfulSuccess, notTheApi } from '../sentinel/classify-status.ts';
import { clockDifference } from './clock-difference.ts';
import { MAYBE_SWITCHED_OFF } from './legacy-notice.ts';

/** The service answers a body that is too large like a wrong address. Beyond this, the size is the likelier cause. */
export const LARGE_BODY_BYTES = 25_000_000;

const BODY_REFUSED = 'InvalidDataFormat';

/** Codes of a 400 that speak of the request or the workspace: what is wrong and who must change it. */
const SETTING_ADVICE: Readonly<Record<string, string>> = Object.freeze({
  InactiveCustomer:
    'The workspace is closed. An administrator must open it again, or the destination needs another.',
  InvalidCustomerId: 'There is no such workspace at this address. Check workspace_id and cloud.',
  InvalidLogType: 'The service refuses log_type. Use letters, digits and underscores only.',
  MissingLogType:
    'The log type did not arrive. Whoever runs a proxy in between must let all headers through.',
  MissingApiVersion:
    'The API version did not arrive. Whoever runs a proxy in between must leave the address as it is.',
  InvalidApiVersion: `The service no longer knows this version of the API. Check endpoint of this destination. ${MAYBE_SWITCHED_OFF}`,
  MissingContentType:
    'The content type did not arrive. Whoever runs a proxy in between must let all headers through.',
  UnsupportedContentType:
    'The content type arrived changed. Whoever runs a proxy in between must leave it as it is.',
});

/**
 * What a reply of the Data Collector API came to. Pure and total. `bodyBytes` is the size of what was sent.
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-collector-api#return-codes
 */
export function classifyDataCollector(reply: AzureReply, bodyBytes: number, nowMs: number): Outcome {
  const { status, answer, error, isHtml } = reply;
  switch (status) {
    case 200:
    case 202:
      if (error !== undefined) return notTheApi(reply);
      return doubtfulSuccess(reply) ?? { kind: 'delivered', answer };
    case 400:
      return badRequest(reply);
    case 403:
      return isHtml ? notTheApi(reply) : unauthorized(reply, nowMs);
    case 404:
      if (bodyBytes > LARGE_BODY_BYTES) return { kind: 'too_big', answer };
      return configuration(
        reply,
        'not_found',
        `There is no Data Collector API at this address. Check workspace_id, cloud and endpoint. ${MAYBE_SWITCHED_OFF}`,
      );
    case 410:
      return configuration(
        reply,
        'gone',
        `The API says that it is gone. Check endpoint and workspace_id of this destination. ${MAYBE_SWITCHED_OFF}`,
      );
    default:
      return classifyStatus(reply);
  }
}

function badRequest(reply: AzureReply): Outcome {
  const { error, answer } = reply;
  if (error === undefined) return notTheApi(reply);
  // Only 200 means that a request was received for processing: of a refused one nothing is in.
  // https://learn.microsoft.com/azure/azure-monitor/logs/data-collector-api#return-codes
  if (error.code === BODY_REFUSED) return { kind: 'poison', answer, tookNone: true };
  const advice = Object.hasOwn(SETTING_ADVICE, error.code) ? SETTING_ADVICE[error.code] : undefined;
  if (advice !== undefined) return configuration(reply, snakeCase(error.code), advice);
  // A code that the article does not have: nothing says that an event is at fault, so none is charged.
  return configuration(
    reply,
    'refused',
    `The service refused the request with ${error.code}. Check the settings of this destination. ${MAYBE_SWITCHED_OFF}`,
  );
}

function unauthorized(reply: AzureReply, nowMs: number): Outcome {
  const clock = clockDifference(reply.headers['date'], nowMs);
  const causes =
    'The signature was refused, twice with a fresh date. Causes: shared_key is not (or no longer) a key of this workspace; the clock of this machine is wrong; a proxy changes the content type; a proxy changes the body or its length.';
  return configuration(
    reply,
    'signature_refused',
    [causes, clock, MAYBE_SWITCHED_OFF].filter((part) => part !== undefined).join(' '),
  );
}

/** `InvalidLogType` as `invalid_log_type`. */
function snakeCase(code: string): string {
  return code.replace(/(?<!^)[A-Z]/g, '_$&').toLowerCase();
}
