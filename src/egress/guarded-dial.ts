import { X509Certificate } from 'node:crypto';
import { lookup as systemLookup } from 'node:dns';
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net';
import { connect as connectTls, createSecureContext, type SecureContext, type TLSSocket } from 'node:tls';
import type { AddressPolicy } from './address-policy.ts';
import type { EgressPhase, TlsSettings } from './egress.ts';
import { EgressError, egressErrorOf } from './egress-error.ts';
import { parseIp } from './ip-address.ts';
import { refusalMessage } from './refusal-verdict.ts';

/** Answers every address of a name, as text. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

export interface DialTarget {
  readonly hostname: string;
  readonly port: number;
  readonly plainHttp: boolean;
  readonly managedIdentity: boolean;
  readonly tls: TlsSettings | undefined;
  /** Told where the dial stands, so that a time-out can say what it waited for. */
  readonly onPhase: (phase: EgressPhase) => void;
  readonly signal: AbortSignal;
}

/** Of a name with more addresses all are checked, and so many are tried. */
const MAX_ADDRESSES_DIALLED = 16;

/**
 * Connects to an address that the policy allows, and to nothing else: a literal is checked as it is; of a name every answer
 * is checked, one refused answer refuses the name, and only the checked answers are dialled. TLS is made on that socket.
 */
export async function dial(target: DialTarget, policy: AddressPolicy, resolve: Resolve): Promise<Socket> {
  if (target.plainHttp) return dialTcp(target, policy, resolve);
  // Made first: settings that cannot be used dial nothing, and leave no half-made connection behind.
  const context = contextOf(target.tls);
  return startTls(await dialTcp(target, policy, resolve), context, target);
}

async function dialTcp(target: DialTarget, policy: AddressPolicy, resolve: Resolve): Promise<Socket> {
  const addresses = isIP(target.hostname) === 0 ? await lookUp(target, resolve) : [target.hostname];
  // A resolver cannot be stopped: its answer may come after the exchange has ended.
  if (target.signal.aborted) throw new EgressError('aborted', 'aborted', 'the exchange was ended');
  for (const address of addresses) {
    const refusal = refusalOfAddress(address, target, policy);
    if (refusal !== undefined) throw refusal;
  }
  target.onPhase('connect');
  const answers = addresses
    .slice(0, MAX_ADDRESSES_DIALLED)
    .map((address) => ({ address, family: isIP(address) }));
  const lookup: LookupFunction = (_hostname, options, callback) => {
    if (options.all === true) callback(null, answers);
    else callback(null, answers[0]?.address ?? '', answers[0]?.family ?? 4);
  };
  return connected(
    connectTcp({ host: target.hostname, port: target.port, lookup, autoSelectFamily: true, noDelay: true }),
    'connect',
    'connect',
    target.signal,
  );
}

/** Why this address is not to be used for that target. What is no address literal cannot be judged, and is refused. */
export function refusalOfAddress(
  text: string | undefined,
  { port, plainHttp, managedIdentity }: DialTarget,
  policy: AddressPolicy,
): EgressError | undefined {
  const address = parseIp(text ?? '');
  const verdict =
    address === undefined ? 'reserved' : policy.refusalOf({ address, port, plainHttp, managedIdentity });
  return verdict === undefined
    ? undefined
    : new EgressError('blocked', `address_${verdict}`, `not connected: ${refusalMessage(verdict)}`);
}

async function lookUp({ hostname, onPhase }: DialTarget, resolve: Resolve): Promise<readonly string[]> {
  onPhase('dns');
  try {
    const addresses = await resolve(hostname);
    if (addresses.length === 0)
      throw new EgressError('dns', 'name_not_found', 'the host name has no address');
    return addresses;
  } catch (error) {
    throw egressErrorOf(error, 'dns');
  }
}

function contextOf(tls: TlsSettings | undefined): SecureContext {
  try {
    // Of a text that is no certificate OpenSSL makes an empty list, which would read as a fault of the other side.
    if (tls?.caPem !== undefined) void new X509Certificate(tls.caPem);
    return createSecureContext({
      minVersion: 'TLSv1.2',
      ...(tls?.caPem === undefined ? {} : { ca: tls.caPem }),
      ...(tls?.clientCertPem === undefined ? {} : { cert: tls.clientCertPem }),
      ...(tls?.clientKeyPem === undefined ? {} : { key: tls.clientKeyPem }),
    });
  } catch (error) {
    throw new EgressError(
      'tls',
      'certificate_settings_unusable',
      'the authority, client certificate or key of the settings cannot be used',
      { cause: error },
    );
  }
}

function startTls(
  socket: Socket,
  secureContext: SecureContext,
  { hostname, onPhase, signal }: DialTarget,
): Promise<TLSSocket> {
  onPhase('tls');
  // A name may end in a dot; in the handshake it has none (RFC 6066, section 3).
  const name = hostname.replace(/\.$/, '');
  const secured = connectTls({
    socket,
    secureContext,
    ...(isIP(name) === 0 ? { servername: name } : {}),
    host: name,
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
  });
  return connected(secured, 'secureConnect', 'tls', signal);
}

function connected<Connecting extends Socket>(
  socket: Connecting,
  event: 'connect' | 'secureConnect',
  phase: EgressPhase,
  signal: AbortSignal,
): Promise<Connecting> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      socket.off('error', onError);
      socket.off('close', onClose);
      signal.removeEventListener('abort', onAbort);
    };
    const fail = (error: unknown): void => {
      done();
      socket.on('error', () => undefined);
      socket.destroy();
      reject(egressErrorOf(error, phase));
    };
    const onError = (error: Error): void => fail(error);
    const onClose = (): void => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }));
    const onAbort = (): void => fail(new EgressError('aborted', 'aborted', 'the exchange was ended'));
    socket.once('error', onError);
    socket.once('close', onClose);
    signal.addEventListener('abort', onAbort, { once: true });
    socket.once(event, () => {
      done();
      resolve(socket);
    });
  });
}

/** The system's resolver: every address, in its order. */
export const resolveBySystem: Resolve = (hostname) =>
  new Promise((resolve, reject) => {
    systemLookup(hostname, { all: true, order: 'verbatim' }, (error, addresses) => {
      if (error === null) resolve(addresses.map(({ address }) => address));
      else reject(error);
    });
  });
