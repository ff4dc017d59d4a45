import type { Outcome } from '../outcome.ts';
import type { AzureReply } from '../sentinel/azure-reply.ts';
import {
  classifyStatus,
  configuration,
  doubtfulSuccess,
  notTheApi,
  unexpectedAnswer,
} from '../sentinel/classify-status.ts';

/** What the advice names. */
export interface RuleNames {
  readonly dcrImmutableId: string;
  readonly stream: string;
}

/** Codes of a body that is too large, with whatever status they come. */
const TOO_BIG_CODES = new Set(['ContentLengthLimitExceeded', 'PayloadSizeLimitExceeded']);
/** Tables of plan Auxiliary take one half hour a call: a smaller batch spans less time. */
const TIME_SPAN_CODE = 'RecordsTimeRangeIsMoreThan30Minutes';
/** A 400 about anything but the body itself. */
const SETTING_CODE = /stream|version|customer|tenant|contenttype|mediatype/i;
const WAIT =
  'A new assignment or rule takes up to 30 minutes to work; sending goes on by itself once it does.';

/**
 * What a reply of the Logs Ingestion API came to. Pure and total.
 * https://learn.microsoft.com/azure/azure-monitor/logs/logs-ingestion-api-overview
 */
export function classifyLogsIngestion(reply: AzureReply, names: RuleNames): Outcome {
  const { status, answer, error, isHtml } = reply;
  if (error !== undefined && TOO_BIG_CODES.has(error.code)) return { kind: 'too_big', answer };
  switch (status) {
    case 204:
      return { kind: 'delivered', answer };
    case 200:
    case 202:
      // The vendor's monitoring page speaks of these as well. A login page also comes with 200.
      if (error !== undefined) return unexpectedAnswer(reply);
      return doubtfulSuccess(reply) ?? { kind: 'delivered', answer };
    case 400:
      if (error === undefined) return notTheApi(reply);
      if (error.code === TIME_SPAN_CODE) return { kind: 'too_big', answer };
      return SETTING_CODE.test(error.code)
        ? settingRefused(reply, names)
        : { kind: 'poison', answer, tookNone: true };
    case 401:
      return configuration(
        reply,
        'token_refused',
        'A fresh token was refused too. Check that tenant_id and cloud belong to the rule, and leave scope and authority_host unset.',
      );
    case 403:
      if (isHtml) return notTheApi(reply);
      return configuration(
        reply,
        'role_missing',
        `The application may not send to the rule ${names.dcrImmutableId}. An administrator must give its service principal (the object id of the enterprise application) the role Monitoring Metrics Publisher on that rule; with a data collection endpoint, the rule must also name that endpoint. ${WAIT}`,
      );
    case 404:
      if (isHtml) return notTheApi(reply);
      return configuration(
        reply,
        'rule_not_found',
        `There is no rule ${names.dcrImmutableId} at this endpoint. Check dcr_immutable_id, and that endpoint is the rule's own or of a data collection endpoint in its region. ${WAIT}`,
      );
    case 410:
      return configuration(
        reply,
        'gone',
        'The endpoint says that it is gone. An administrator must make the rule anew and set endpoint and dcr_immutable_id of this destination.',
      );
    default:
      return classifyStatus(reply);
  }
}

function settingRefused(reply: AzureReply, names: RuleNames): Outcome {
  if (!/stream/i.test(reply.error?.code ?? '')) return classifyStatus(reply);
  return configuration(
    reply,
    'invalid_stream',
    `The rule ${names.dcrImmutableId} declares no stream ${names.stream}. Set stream to the one that it declares, or deploy content/sentinel/azuredeploy.json.`,
  );
}
