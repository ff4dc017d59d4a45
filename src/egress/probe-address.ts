import { TLSSocket } from 'node:tls';
import { portOf, type AddressPolicy } from './address-policy.ts';
import type { EgressPhase, TlsSettings } from './egress.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import { dial, type Resolve, resolveBySystem } from './guarded-dial.ts';

/** What the other side showed of itself in a handshake. */
export interface PeerCertificate {
  /** `TLSv1.3` */
  readonly protocol: string;
  readonly subject: string;
  readonly issuer: string;
  readonly validToMs: number;
}

/** How far one connection came. Nothing is sent over it. */
export type AddressProbe =
  | { readonly ok: true; readonly address: string; readonly certificate?: PeerCertificate }
  | {
      readonly ok: false;
      readonly phase: EgressPhase;
      readonly code: string;
      readonly message: string;
    };

export interface ProbeParts {
  readonly policy: AddressPolicy;
  readonly timeoutMs: number;
  readonly resolve?: Resolve;
}

/**
 * Looks up, connects and shakes hands as a send would, through the same guard, and hangs up. Tells which step fails and, over
 * TLS, until when the certificate holds. Never rejects.
 */
export async function probeAddress(
  url: URL,
  tls: TlsSettings | undefined,
  { policy, timeoutMs, resolve = resolveBySystem }: ProbeParts,
): Promise<AddressProbe> {
  let phase: EgressPhase = 'connect';
  const ending = new AbortController();
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new EgressError(phase, 'timeout', `no answer within ${timeoutMs} ms (${phase})`));
    ending.abort();
  }, timeoutMs);
  try {
    const dialled = dial(
      {
        hostname: url.hostname.replace(/^\[|\]$/g, ''),
        port: portOf(url),
        plainHttp: url.protocol === 'http:',
        managedIdentity: false,
        tls,
        onPhase: (next) => {
          phase = next;
        },
        signal: ending.signal,
      },
      policy,
      resolve,
    );
    dialled.catch(() => undefined);
    const socket = await Promise.race([dialled, late.promise]);
    const certificate = socket instanceof TLSSocket ? certificateOf(socket) : undefined;
    const address = socket.remoteAddress ?? '';
    socket.on('error', () => undefined);
    socket.destroy();
    return { ok: true, address, ...(certificate === undefined ? {} : { certificate }) };
  } catch (error) {
    const { phase: where, code, message } = egressErrorOf(error, phase);
    return { ok: false, phase: where, code, message };
  } finally {
    clearTimeout(timer);
    late.promise.catch(() => undefined);
  }
}

function certificateOf(socket: TLSSocket): PeerCertificate {
  const peer = socket.getPeerCertificate();
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    subject: nameOf(peer.subject?.CN),
    issuer: nameOf(peer.issuer?.CN ?? peer.issuer?.O),
    validToMs: Date.parse(peer.valid_to),
  };
}

/** A name may be given more than once in a certificate. */
function nameOf(name: string | readonly string[] | undefined): string {
  if (name === undefined) return '';
  return typeof name === 'string' ? name : name.join(', ');
}
