import type { EgressResponse } from '../../egress/egress.ts';
import type { Answer, Outcome } from '../outcome.ts';
import { looksLikeHtml } from '../azure/azure-error.ts';
import { GUID } from '../azure/read-settings.ts';
import { entraAdvice } from './entra-advice.ts';

export type TokenReply =
  | { readonly ok: true; readonly token: string; readonly lifeMs: number }
  | { readonly ok: false; readonly outcome: Outcome };

/** What is not said, or is nonsense, counts as this: long enough to send, short enough to heal. */
export const ASSUMED_LIFE_MS = 60_000;
export const MAX_LIFE_MS = 86_400_000;
const MAX_TOKEN_CHARS = 32_768;
/** RFC 6750: a token that would break a header is none. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;
const OAUTH_ERROR = /^[a-z_]{1,64}$/;

/**
 * A reply of a token endpoint. Pure and total. The text of a refusal may repeat what was sent, so that only its number and
 * ids are kept.
 */
export function readTokenReply(
  reply: EgressResponse,
  nowMs: number,
  retryAfterMs: number | undefined,
  from: 'entra' | 'managed_identity',
): TokenReply {
  const fields = jsonFields(reply);
  if (reply.status === 200) {
    const token = fields?.['access_token'];
    if (typeof token === 'string' && token.length <= MAX_TOKEN_CHARS && BEARER_TOKEN.test(token)) {
      return { ok: true, token, lifeMs: lifeMs(fields, nowMs) };
    }
    return notATokenEndpoint(reply);
  }
  return { ok: false, outcome: refusal(reply, fields, retryAfterMs, from) };
}

function refusal(
  reply: EgressResponse,
  fields: Readonly<Record<string, unknown>> | undefined,
  retryAfterMs: number | undefined,
  from: 'entra' | 'managed_identity',
): Outcome {
  const { status } = reply;
  const number = aadstsNumber(fields);
  const error =
    typeof fields?.['error'] === 'string' && OAUTH_ERROR.test(fields['error']) ? fields['error'] : '';
  const answer: Answer = {
    status,
    code: number === undefined ? (error === '' ? 'token_endpoint' : error) : `AADSTS${number}`,
    message: `Sign-in failed with ${status}${error === '' ? '' : ` ${error}`}${ids(fields)}`,
    durationMs: reply.durationMs,
  };
  const wait = retryAfterMs === undefined ? {} : { retryAfterMs };
  if (status === 408 || status === 425 || status === 429) return { kind: 'throttled', answer, ...wait };
  if (status >= 500 || status < 200 || error === 'temporarily_unavailable') {
    return { kind: 'transient', answer, ...wait };
  }
  // The metadata service answers these while an identity is being attached or the service is being updated.
  if (from === 'managed_identity' && (status === 404 || status === 410)) return { kind: 'transient', answer };
  if (from === 'managed_identity') {
    return {
      kind: 'configuration',
      reason: 'managed_identity_refused',
      advice:
        'The managed identity gave no token. Assign an identity to this machine or app; with several, set client_id to the one to use.',
      answer,
    };
  }
  if (fields === undefined) return notATokenEndpoint(reply).outcome;
  return { kind: 'configuration', ...entraAdvice(number), answer };
}

function notATokenEndpoint(reply: EgressResponse): { readonly ok: false; readonly outcome: Outcome } {
  const what = looksLikeHtml(reply.body) ? 'an HTML page' : 'something that is no token reply';
  return {
    ok: false,
    outcome: {
      kind: 'configuration',
      reason: 'not_a_token_endpoint',
      advice:
        'What answers at authority_host is not the sign-in service. Leave authority_host unset, or have the proxy in between let the call through unchanged.',
      answer: {
        status: reply.status,
        code: 'not_a_token_endpoint',
        message: `The sign-in address answered with ${reply.status} and ${what}`,
        durationMs: reply.durationMs,
      },
    },
  };
}

/** `expires_in` (seconds, sometimes as text), else `expires_on` (seconds since 1970, as text). Always a sane life. */
function lifeMs(fields: Readonly<Record<string, unknown>> | undefined, nowMs: number): number {
  const inMs = seconds(fields?.['expires_in']);
  const onMs = seconds(fields?.['expires_on']);
  const life = inMs ?? (onMs === undefined ? undefined : onMs - nowMs);
  if (life === undefined || life <= 0) return ASSUMED_LIFE_MS;
  return Math.min(life, MAX_LIFE_MS);
}

function seconds(value: unknown): number | undefined {
  const isText = typeof value === 'string' && /^\d{1,15}$/.test(value);
  const number = isText || typeof value === 'number' ? Number(value) : Number.NaN;
  return Number.isFinite(number) && number > 0 ? number * 1_000 : undefined;
}

function aadstsNumber(fields: Readonly<Record<string, unknown>> | undefined): number | undefined {
  const codes = fields?.['error_codes'];
  const first: unknown = Array.isArray(codes) ? codes[0] : undefined;
  if (typeof first === 'number' && Number.isSafeInteger(first)) return first;
  const description = fields?.['error_description'];
  if (typeof description !== 'string') return undefined;
  const digits = /^AADSTS(?<digits>\d{1,9})\b/.exec(description)?.groups?.['digits'];
  return digits === undefined ? undefined : Number(digits);
}

function ids(fields: Readonly<Record<string, unknown>> | undefined): string {
  return (['trace_id', 'correlation_id'] as const)
    .map((name) => {
      const id = fields?.[name];
      return typeof id === 'string' && GUID.test(id) ? `, ${name.replace('_', ' ')} ${id}` : '';
    })
    .join('');
}

function jsonFields(reply: EgressResponse): Readonly<Record<string, unknown>> | undefined {
  if (reply.bodyCut) return undefined;
  try {
    const { buffer, byteOffset, byteLength } = reply.body;
    const value: unknown = JSON.parse(Buffer.from(buffer, byteOffset, byteLength).toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    // Not JSON: a page of a proxy, say. The caller names it.
    return undefined;
  }
}
