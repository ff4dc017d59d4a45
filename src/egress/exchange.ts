import {
  type ClientRequest,
  type ClientRequestArgs,
  type IncomingMessage,
  request as requestHttp,
} from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Socket } from 'node:net';
import { type AddressPolicy, portOf } from './address-policy.ts';
import type { EgressPhase, EgressRequest, EgressResult } from './egress.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import type { GuardedAgent, GuardedTlsAgent } from './guarded-agent.ts';
import { type DialTarget, refusalOfAddress } from './guarded-dial.ts';
import { readReply } from './read-reply.ts';

/** One attempt of a request on one connection. */
export interface Attempt {
  readonly agent: GuardedAgent | GuardedTlsAgent;
  readonly policy: AddressPolicy;
  /** When the request began, on the clock of `monotonicMs`: a repeat shares the deadline of the first attempt. */
  readonly startedMs: number;
  readonly monotonicMs: () => number;
}

export interface AttemptResult {
  readonly result: EgressResult;
  /** A kept connection broke before the request was out: nothing can have arrived, so it may go again. */
  readonly staleSocket: boolean;
}

interface ExchangeState {
  phase: EgressPhase;
  requestSent: boolean;
  readonly target: DialTarget;
}

const STATE = Symbol('exchange');
/** State of an exchange travels in the request's options to where its socket is made. */
type GuardedOptions = ClientRequestArgs & { readonly [STATE]?: ExchangeState };

export function dialTargetOf(options: ClientRequestArgs): DialTarget {
  const state = (options as GuardedOptions)[STATE];
  if (state === undefined)
    throw new EgressError('connect', 'no_exchange', 'a socket was asked for outside of an exchange');
  return state.target;
}

/** Sends a request once and reads its answer. Never rejects. */
export async function exchange(request: EgressRequest, attempt: Attempt): Promise<AttemptResult> {
  const { startedMs, monotonicMs } = attempt;
  const durationMs = (): number => Math.round(monotonicMs() - startedMs);
  const ending = Promise.withResolvers<never>();
  const ended = new AbortController();
  const state = stateOf(request, ended.signal);
  let outgoing: ClientRequest | undefined;
  const end = (error: EgressError): void => {
    ending.reject(error);
    ended.abort();
    outgoing?.destroy();
  };
  const onAbort = (): void => end(new EgressError('aborted', 'aborted', 'the exchange was ended by us'));
  const onDeadline = (): void => {
    const why = `no answer within ${request.timeoutMs} ms (${state.phase})`;
    end(new EgressError(state.phase, 'timeout', why));
  };
  const timer = setTimeout(onDeadline, Math.max(0, request.timeoutMs - (monotonicMs() - startedMs)));
  request.signal?.addEventListener('abort', onAbort, { once: true });
  if (request.signal?.aborted === true) onAbort();
  try {
    // A kept connection that the other side has closed meanwhile shows itself now, and is not taken for this request.
    await Promise.race([afterNextPoll(), ending.promise]);
    outgoing = start(request, attempt.agent, state);
    const incoming = await Promise.race([
      answerTo(outgoing, { request, policy: attempt.policy, state }),
      ending.promise,
    ]);
    const reply = await Promise.race([readReply(incoming, request.maxResponseBytes), ending.promise]);
    return { result: { kind: 'response', ...reply, durationMs: durationMs() }, staleSocket: false };
  } catch (error) {
    const { phase, code, message } = egressErrorOf(error, state.phase);
    const { requestSent } = state;
    return {
      // Once the whole request was handed over it may have arrived: only the caller may decide to send it twice.
      staleSocket: code === 'reset' && !requestSent && outgoing?.reusedSocket === true,
      result: { kind: 'failure', phase, code, message, requestSent, durationMs: durationMs() },
    };
  } finally {
    clearTimeout(timer);
    request.signal?.removeEventListener('abort', onAbort);
    ending.promise.catch(() => undefined);
    // An answer that came before the request was out ends it: what it is sent from may be written over now.
    if (!state.requestSent) outgoing?.destroy();
    // A late error of a request that was given up must not become an uncaught one.
    outgoing?.on('error', () => undefined);
  }
}

function stateOf({ url, purpose, tls }: EgressRequest, signal: AbortSignal): ExchangeState {
  const state: ExchangeState = {
    phase: 'connect',
    requestSent: false,
    target: {
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: portOf(url),
      plainHttp: url.protocol === 'http:',
      managedIdentity: purpose === 'managed_identity_token',
      tls,
      onPhase: (phase) => {
        state.phase = phase;
      },
      signal,
    },
  };
  return state;
}

interface Asking {
  readonly request: EgressRequest;
  readonly policy: AddressPolicy;
  readonly state: ExchangeState;
}

function answerTo(outgoing: ClientRequest, { request, policy, state }: Asking): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.on('socket', (socket: Socket) => {
      // Node writes nothing before this has returned: a kept connection is judged by the policy of now, not of its dial.
      const refusal = outgoing.reusedSocket
        ? refusalOfAddress(socket.remoteAddress, state.target, policy)
        : undefined;
      if (refusal !== undefined) outgoing.destroy(refusal);
      else state.phase = 'send';
    });
    outgoing.on('finish', () => {
      state.requestSent = true;
      state.phase = 'response';
    });
    outgoing.on('response', resolve);
    // Nobody asked for another protocol. Node closes such a connection without a word, and the deadline would be waited for.
    outgoing.on('upgrade', (_incoming, socket) => {
      socket.destroy();
      reject(new EgressError('response', 'protocol_switched', 'the reply changes to another protocol (101)'));
    });
    outgoing.on('error', reject);
    outgoing.end(request.body);
  });
}

function start(request: EgressRequest, agent: Attempt['agent'], state: ExchangeState): ClientRequest {
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
    [STATE]: state,
  };
  return state.target.plainHttp ? requestHttp(options) : requestHttps(options);
}

/** The first `setImmediate` ends the present turn of the event loop; the second comes after sockets were looked at anew. */
function afterNextPoll(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
