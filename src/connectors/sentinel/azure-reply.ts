import type { EgressResponse } from '../../egress/egress.ts';
import { answerText } from '../answer-text.ts';
import { type AzureError, isPlainText, looksLikeHtml, readAzureError } from '../azure/azure-error.ts';
import type { Answer } from '../outcome.ts';

/** A reply of an ingestion API, read as far as an outcome needs it. */
export interface AzureReply {
  readonly status: number;
  /** The API's own refusal; absent where something else is speaking, such as a proxy. */
  readonly error?: AzureError;
  readonly isHtml: boolean;
  /** A body that is neither empty, nor JSON, nor a page. */
  readonly isPlainText: boolean;
  /** The reply was longer than we read, or its connection ended early. */
  readonly cut: boolean;
  readonly headers: EgressResponse['headers'];
  readonly retryAfterMs?: number;
  /** Fit to be kept. */
  readonly answer: Answer;
}

export interface ReadReplyOptions {
  /** What the answer must not hold, should the remote repeat it. */
  readonly secrets: readonly string[];
  readonly retryAfterMs: number | undefined;
  /** The id that this request was sent with, for the vendor's support. */
  readonly clientRequestId?: string;
}

export function readAzureReply(response: EgressResponse, options: ReadReplyOptions): AzureReply {
  const { status, headers, body, bodyCut, durationMs } = response;
  const error = readAzureError(body);
  const isHtml = looksLikeHtml(body);
  const requestId = headers['x-ms-request-id'];
  const message = [
    `${status}${error === undefined ? '' : ` ${error.code}: ${error.message}`}`,
    isHtml ? 'an HTML page instead of an answer of the API' : '',
    bodyCut ? 'the answer was cut off' : '',
    requestId === undefined ? '' : `request id ${requestId}`,
    options.clientRequestId === undefined ? '' : `client request id ${options.clientRequestId}`,
  ];
  return {
    status,
    isHtml,
    isPlainText: isPlainText(body),
    cut: bodyCut,
    headers,
    answer: {
      status,
      message: answerText(message.filter((part) => part !== '').join('; '), options.secrets),
      durationMs,
      ...(error === undefined ? {} : { code: answerText(error.code, options.secrets) }),
    },
    ...(error === undefined ? {} : { error }),
    ...(options.retryAfterMs === undefined ? {} : { retryAfterMs: options.retryAfterMs }),
  };
}
