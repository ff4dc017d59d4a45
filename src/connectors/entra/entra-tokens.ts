import type { Egress, EgressResponse } from '../../egress/egress.ts';
import { failureOutcome } from '../failure-outcome.ts';
import type { Outcome } from '../outcome.ts';
import { type EntraSignIn, tokenKey } from './entra-sign-in.ts';
import { readTokenReply } from './token-reply.ts';
import { SignInError, tokenRequest, type TokenRequestParts } from './token-request.ts';

/** A token is renewed this long before its end, or at half its life, whichever comes first. */
const RENEW_BEFORE_END_MS = 300_000;
/** But not in the first part of its life, however short that is. */
const RENEW_NOT_BEFORE_SHARE = 0.25;
/** A token this near its end is not used: it could end on the way. */
const END_MARGIN_MS = 5_000;
/** After a renewal failed, the old token serves this long before the next try. */
const RENEWAL_PAUSE_MS = 30_000;
/** Sign-ins kept at once; each is a destination's, or a destination's former credential. */
const MAX_TOKENS = 1_000;

export interface EntraTokensOptions extends TokenRequestParts {
  readonly egress: Egress;
  readonly retryAfterMs: (headers: EgressResponse['headers'], nowMs: number) => number | undefined;
}

export type TokenResult =
  | { readonly ok: true; readonly token: string }
  | { readonly ok: false; readonly outcome: Outcome };

interface CachedToken {
  readonly token: string;
  readonly renewAtMs: number;
  readonly endMs: number;
}

interface Flight {
  readonly result: Promise<TokenResult>;
  readonly abort: AbortController;
  waiting: number;
}

/**
 * Tokens of Entra ID for the connectors of one process. One request at a time for each sign-in, however many batches wait;
 * an old token serves while its renewal is under way or fails. Holds tokens in memory only.
 */
export class EntraTokens {
  readonly #options: EntraTokensOptions;
  readonly #tokens = new Map<string, CachedToken>();
  readonly #flights = new Map<string, Flight>();
  readonly #renewalFailedAtMs = new Map<string, number>();

  constructor(options: EntraTokensOptions) {
    this.#options = options;
  }

  /** A token to send with now. Never rejects; aborting gives up waiting, and ends the request if nobody else waits. */
  async get(signIn: EntraSignIn, signal: AbortSignal): Promise<TokenResult> {
    const key = tokenKey(signIn);
    const cached = this.#tokens.get(key);
    const nowMs = this.#options.nowMs();
    if (cached !== undefined && nowMs < cached.endMs - END_MARGIN_MS) {
      if (nowMs >= cached.renewAtMs && this.#mayRenew(key, nowMs)) this.#fly(key, signIn);
      return { ok: true, token: cached.token };
    }
    return this.#wait(this.#flights.get(key) ?? this.#fly(key, signIn), signal);
  }

  /** The token was refused. It is forgotten, unless a newer one has taken its place. */
  drop(signIn: EntraSignIn, token: string): void {
    const key = tokenKey(signIn);
    if (this.#tokens.get(key)?.token === token) this.#tokens.delete(key);
  }

  /** Ends requests under way and forgets all tokens. */
  async close(): Promise<void> {
    const flights = [...this.#flights.values()];
    for (const flight of flights) flight.abort.abort();
    await Promise.all(flights.map(({ result }) => result));
    this.#tokens.clear();
  }

  #mayRenew(key: string, nowMs: number): boolean {
    if (this.#flights.has(key)) return false;
    const failedAtMs = this.#renewalFailedAtMs.get(key);
    return failedAtMs === undefined || nowMs - failedAtMs >= RENEWAL_PAUSE_MS;
  }

  #fly(key: string, signIn: EntraSignIn): Flight {
    const abort = new AbortController();
    const result = this.#fetch(key, signIn, abort.signal).finally(() => this.#flights.delete(key));
    const flight: Flight = { result, abort, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  async #wait(flight: Flight, signal: AbortSignal): Promise<TokenResult> {
    if (signal.aborted) return shutdown();
    flight.waiting += 1;
    const { promise: aborted, resolve } = Promise.withResolvers<TokenResult>();
    const giveUp = (): void => resolve(shutdown());
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      return await Promise.race([flight.result, aborted]);
    } finally {
      signal.removeEventListener('abort', giveUp);
      flight.waiting -= 1;
      if (flight.waiting === 0 && signal.aborted) flight.abort.abort();
    }
  }

  /** Never rejects: the result is shared, and a renewal in the background has nobody who would catch. */
  async #fetch(key: string, signIn: EntraSignIn, signal: AbortSignal): Promise<TokenResult> {
    const result = await this.#ask(signIn, signal);
    const nowMs = this.#options.nowMs();
    if (!result.ok) {
      this.#renewalFailedAtMs.set(key, nowMs);
      return result;
    }
    this.#renewalFailedAtMs.delete(key);
    this.#makeRoom(nowMs);
    this.#tokens.set(key, {
      token: result.token,
      renewAtMs: nowMs + renewAfterMs(result.lifeMs),
      endMs: nowMs + result.lifeMs,
    });
    return { ok: true, token: result.token };
  }

  async #ask(signIn: EntraSignIn, signal: AbortSignal): Promise<ReturnType<typeof readTokenReply>> {
    const { egress, nowMs, retryAfterMs } = this.#options;
    try {
      const request = await tokenRequest(signIn, this.#options);
      const result = await egress.request({ ...request, signal });
      if (result.kind === 'failure') {
        return { ok: false, outcome: failureOutcome(result, 'the sign-in service', { repeatable: true }) };
      }
      const now = nowMs();
      const from = signIn.kind === 'managed_identity' ? 'managed_identity' : 'entra';
      return readTokenReply(result, now, retryAfterMs(result.headers, now), from);
    } catch (error) {
      return { ok: false, outcome: signInFault(error) };
    }
  }

  #makeRoom(nowMs: number): void {
    for (const [key, cached] of this.#tokens) {
      if (cached.endMs <= nowMs) this.#tokens.delete(key);
    }
    for (const [key, failedAtMs] of this.#renewalFailedAtMs) {
      if (nowMs - failedAtMs >= RENEWAL_PAUSE_MS) this.#renewalFailedAtMs.delete(key);
    }
    const [oldest] = this.#tokens.keys();
    if (oldest !== undefined && this.#tokens.size >= MAX_TOKENS) this.#tokens.delete(oldest);
  }
}

/** Milliseconds after which a token of this life is renewed. */
export function renewAfterMs(lifeMs: number): number {
  const earlier = Math.min(lifeMs / 2, lifeMs - RENEW_BEFORE_END_MS);
  return Math.max(earlier, lifeMs * RENEW_NOT_BEFORE_SHARE);
}

function shutdown(): TokenResult {
  return {
    ok: false,
    outcome: {
      kind: 'local_fault',
      reason: 'shutdown',
      answer: {
        code: 'aborted',
        message: 'The sign-in was given up because the service stops',
        durationMs: 0,
      },
    },
  };
}

function signInFault(error: unknown): Outcome {
  const isOurs = error instanceof SignInError;
  const message = isOurs ? error.message : 'The sign-in failed by a fault of this program';
  return isOurs
    ? {
        kind: 'configuration',
        reason: 'sign_in_impossible',
        advice: `${message}. Correct the credentials of the destination, or the identity of this machine.`,
        answer: { code: 'sign_in_impossible', message, durationMs: 0 },
      }
    : { kind: 'local_fault', reason: 'internal', answer: { code: 'internal', message, durationMs: 0 } };
}
