import { createHash } from 'node:crypto';
import type { AddressPolicy } from './address-policy.ts';
import type { Egress, EgressFailure, EgressRequest, TlsSettings } from './egress.ts';
import { dialTargetOf, exchange } from './exchange.ts';
import { GuardedAgent, GuardedTlsAgent, IDLE_SOCKET_MS, type MakeSocket } from './guarded-agent.ts';
import { refusalMessage } from './refusal-verdict.ts';
import { dial, type Resolve, resolveBySystem } from './guarded-dial.ts';

export interface EgressOptions {
  readonly policy: AddressPolicy;
  /** Answers every address of a name; the system's resolver unless given. */
  readonly resolve?: Resolve;
  /** A clock that never goes back, in milliseconds; the process's own unless given. */
  readonly monotonicMs?: () => number;
  /** How long a connection may be kept without use; `IDLE_SOCKET_MS` unless given. */
  readonly idleSocketMs?: number;
}

/** TLS identities whose pools are kept; beyond it the one that was longest without use is closed. */
const MAX_TLS_POOLS = 64;

/**
 * The one way out: every call to a SIEM, a token endpoint or anything else on a network goes through this. Addresses are
 * checked where they are dialled, redirects are answers like any other, replies are capped and never inflated, and one
 * deadline spans the exchange from look-up to last byte. `request` never rejects.
 */
export function createEgress(options: EgressOptions): Egress {
  const {
    policy,
    resolve = resolveBySystem,
    monotonicMs = () => performance.now(),
    idleSocketMs = IDLE_SOCKET_MS,
  } = options;
  const makeSocket: MakeSocket = (request) => dial(dialTargetOf(request), policy, resolve);
  const kept = { keepAlive: true, idleSocketMs };
  const once = { keepAlive: false, idleSocketMs };
  const plain = new GuardedAgent(makeSocket, kept);
  const pools = new Map<string, GuardedTlsAgent>();

  function agentOf(request: EgressRequest): GuardedAgent | GuardedTlsAgent {
    // A token call may reach what others may not: its connection serves nobody else.
    if (request.purpose !== undefined) return agentForOne(request);
    return request.url.protocol === 'http:' ? plain : poolOf(identityOf(request.tls));
  }

  function agentForOne({ url }: EgressRequest): GuardedAgent | GuardedTlsAgent {
    return url.protocol === 'http:'
      ? new GuardedAgent(makeSocket, once)
      : new GuardedTlsAgent(makeSocket, once);
  }

  function poolOf(identity: string): GuardedTlsAgent {
    const pool = pools.get(identity) ?? new GuardedTlsAgent(makeSocket, kept);
    pools.delete(identity);
    pools.set(identity, pool);
    for (const [oldest, agent] of pools) {
      if (pools.size <= MAX_TLS_POOLS) break;
      pools.delete(oldest);
      agent.destroy();
    }
    return pool;
  }

  return {
    async request(request) {
      if (!isHttp(request.url)) return OTHER_SCHEME;
      const startedMs = monotonicMs();
      const first = await exchange(request, { agent: agentOf(request), policy, startedMs, monotonicMs });
      if (!first.staleSocket) return first.result;
      // A kept connection that the other side had closed before the request was out: once more, over a new one.
      const second = await exchange(request, { agent: agentForOne(request), policy, startedMs, monotonicMs });
      return second.result;
    },
    close() {
      plain.destroy();
      for (const agent of pools.values()) agent.destroy();
      pools.clear();
      return Promise.resolve();
    },
  };
}

/** Any other scheme would be dialled as https: to a port that it does not name, with what its address does not say. */
function isHttp({ protocol }: URL): boolean {
  return protocol === 'https:' || protocol === 'http:';
}

const OTHER_SCHEME: EgressFailure = Object.freeze({
  kind: 'failure',
  phase: 'blocked',
  code: 'address_scheme',
  message: `not connected: ${refusalMessage('scheme')}`,
  requestSent: false,
  durationMs: 0,
});

function identityOf(tls: TlsSettings | undefined): string {
  if (tls === undefined) return '';
  return createHash('sha256')
    .update(JSON.stringify([tls.caPem, tls.clientCertPem, tls.clientKeyPem]))
    .digest('base64');
}
