import {
  type ClientRequest,
  type IncomingMessage,
  request as requestHttp,
  type ClientRequestArgs,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import { createHash } from 'node:crypto';
import { type AddressPolicy, portOf } from './address-policy.ts';
import type { Egress, EgressPhase, EgressRequest, EgressResult, TlsSettings } from './egress.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import { dial, type Resolve, resolveBySystem } from './guarded-dial.ts';
import { GuardedAgent, GuardedTlsAgent } from './guarded-agent.ts';
import { readReply } from './read-reply.ts';

export interface EgressOptions {
  readonly policy: AddressPolicy;
  /** Answers every address of a name; the system's resolver unless given. */
  readonly resolve?: Resolve;
}

/** TLS identities whose pools are kept; beyond it the oldest pool is closed. */
const MAX_TLS_POOLS = 64;

/**
 * The one way out: every call to a SIEM, a token endpoint or anything else on a network goes through this. Addresses are
 * checked where they are dialled, redirects are answers like any other, replies are capped and never inflated, and one
 * deadline spans the exchange from look-up to last byte. `request` never rejects.
 */
export function createEgress({ policy, resolve = resolveBySystem }: EgressOptions): Egress {
  const plain = new GuardedAgent(makeSocket);
  const pools = new Map<string, GuardedTlsAgent>();

  function agentOf(request: EgressRequest, fresh: boolean): GuardedAgent | GuardedTlsAgent {
    const isPlain = request.url.protocol === 'http:';
    // A repeat wants a new socket, and a token call's socket must not serve another request.
    if (fresh || request.purpose !== undefined) {
      return isPlain ? new GuardedAgent(makeSocket, false) : new GuardedTlsAgent(makeSocket, false);
    }
    if (isPlain) return plain;
    const key = identityOf(request.tls);
    const pool = pools.get(key) ?? new GuardedTlsAgent(makeSocket);
    pools.delete(key);
    pools.set(key, pool);
    for (const [oldest, agent] of pools) {
      if (pools.size <= MAX_TLS_POOLS) break;
      pools.delete(oldest);
      agent.destroy();
    }
    return pool;
  }

  function makeSocket(options: ClientRequestArgs): ReturnType<typeof dial> {
    return dial(exchangeOf(options).target, policy, resolve);
  }

  return {
    async request(request) {
      const startedMs = performance.now();
      const first = await exchange(request, agentOf(request, false), startedMs);
      // A kept connection that the other side had closed before the request was out: it goes once more over a new one.
      return first.staleSocket
        ? (await exchange(request, agentOf(request, true), startedMs)).result
        : first.result;
    },
    close() {
      plain.destroy();
      for (const agent of pools.values()) agent.destroy();
      pools.clear();
      return Promise.resolve();
    },
  };
}

/** State of one exchange; travels in the request's options to where its socket is made. */
interface Exchange {
  phase: EgressPhase;
  readonly target: Parameters<typeof dial>[0];
}

const EXCHANGE = Symbol('exchange');
type GuardedOptions = ClientRequestArgs & { readonly [EXCHANGE]?: Exchange };

function exchangeOf(options: ClientRequestArgs): Exchange {
  const exchange = (options as GuardedOptions)[EXCHANGE];
  if (exchange === undefined)
    throw new EgressError('connect', 'no_exchange', 'a socket was asked for outside of an exchange');
  return exchange;
}

async function exchange(
  request: EgressRequest,
  agent: GuardedAgent | GuardedTlsAgent,
  startedMs: number,
): Promise<{ readonly result: EgressResult; readonly staleSocket: boolean }> {
  const { url } = request;
  const ending = new AbortController();
  const state: Exchange = {
    phase: 'connect',
    target: {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: portOf(url),
      plainHttp: url.protocol === 'http:',
      managedIdentity: request.purpose === 'managed_identity_token',
      tls: request.tls,
      onPhase: (phase) => {
        state.phase = phase;
      },
      signal: ending.signal,
    },
  };
  let outgoing: ClientRequest | undefined;
  let requestSent = false;
  let replyBegun = false;
  const endedEarly = Promise.withResolvers<never>();
  const end = (error: EgressError): void => {
    endedEarly.reject(error);
    ending.abort();
    outgoing?.destroy();
  };
  const timer = setTimeout(
    () =>
      end(
        new EgressError(state.phase, 'timeout', `no answer within ${request.timeoutMs} ms (${state.phase})`),
      ),
    Math.max(0, request.timeoutMs - (performance.now() - startedMs)),
  );
  const onAbort = (): void =>
    end(new EgressError('aborted', 'aborted', 'the exchange was ended from our side'));
  request.signal?.addEventListener('abort', onAbort, { once: true });
  if (request.signal?.aborted === true) onAbort();
  const durationMs = (): number => Math.round(performance.now() - startedMs);
  try {
    const exchanged = Promise.withResolvers<IncomingMessage>();
    if (request.signal?.aborted !== true) {
      outgoing = start(request, agent, state);
      outgoing.on('socket', () => {
        if (state.phase === 'connect' || state.phase === 'tls') state.phase = 'send';
      });
      outgoing.on('finish', () => {
        requestSent = true;
        state.phase = 'response';
      });
      outgoing.on('response', (incoming) => {
        replyBegun = true;
        exchanged.resolve(incoming);
      });
      outgoing.on('error', (error) => exchanged.reject(error));
      outgoing.end(request.body);
    }
    const incoming = await Promise.race([exchanged.promise, endedEarly.promise]);
    const reply = await Promise.race([readReply(incoming, request.maxResponseBytes), endedEarly.promise]);
    return { result: { kind: 'response', ...reply, durationMs: durationMs() }, staleSocket: false };
  } catch (error) {
    const failure = egressErrorOf(error, state.phase);
    // Once the whole request was handed over it may have arrived: only the caller may decide to send it twice.
    const staleSocket =
      failure.code === 'reset' && !requestSent && !replyBegun && outgoing?.reusedSocket === true;
    return {
      staleSocket,
      result: {
        kind: 'failure',
        phase: failure.phase,
        code: failure.code,
        message: failure.message,
        requestSent,
        durationMs: durationMs(),
      },
    };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    endedEarly.promise.catch(() => undefined);
    // A late error of a request that was given up must not become an uncaught one.
    outgoing?.on('error', () => undefined);
  }
}

function start(
  request: EgressRequest,
  agent: GuardedAgent | GuardedTlsAgent,
  state: Exchange,
): ClientRequest {
  const { url } = request;
  const options: GuardedOptions = {
    method: request.method,
    host: state.target.hostname,
    port: state.target.port,
    path: `${url.pathname}${url.search}`,
    agent,
    headers: {
      host: url.host,
      'accept-encoding': 'identity',
      ...request.headers,
      ...(request.method === 'POST' ? { 'content-length': String(request.body?.length ?? 0) } : {}),
    },
    [EXCHANGE]: state,
  };
  return url.protocol === 'http:' ? requestHttp(options) : requestHttps(options);
}

function identityOf(tls: TlsSettings | undefined): string {
  if (tls === undefined) return '';
  return createHash('sha256')
    .update(JSON.stringify([tls.caPem, tls.clientCertPem, tls.clientKeyPem]))
    .digest('base64');
}
