import { mappedIpv4, parseIp } from '../../egress/ip-address.ts';
import { Problem } from '../problem.ts';

/** How browsers reach the service. */
export interface OutsideOrigin {
  /** Scheme, host and port, as a browser's `Origin` header has them. */
  readonly origin: string;
  /** The browser speaks https to us, or to the proxy in front of us. */
  readonly secure: boolean;
}

/**
 * How the browser of a request reaches us.
 *
 * With a public address set by the operator, that address decides, whatever the request says: headers such as `Host` and
 * `X-Forwarded-Proto` can be made up. Without one the service is reached over its own plain http, which is for the same machine
 * only: a cookie without `Secure` is given to a loopback address, and to no other. Throws `sign_in_needs_https`.
 */
export function outsideOrigin(publicUrl: string | undefined, hostHeader: string | undefined): OutsideOrigin {
  if (publicUrl !== undefined) {
    const { origin, protocol } = new URL(publicUrl);
    return { origin, secure: protocol === 'https:' };
  }
  const url = URL.parse(`http://${hostHeader ?? ''}`);
  if (url === null || !isLoopbackName(url.hostname)) {
    throw new Problem(
      'sign_in_needs_https',
      'Browsers sign in over https; plain http is for this machine itself (localhost, 127.0.0.1).',
    );
  }
  return { origin: url.origin, secure: false };
}

/** `localhost`, a name below it, or a loopback address. */
function isLoopbackName(hostname: string): boolean {
  if (hostname === 'localhost' || hostname.endsWith('.localhost')) return true;
  const address = parseIp(hostname.replace(/^\[(.*)\]$/, '$1'));
  if (address === undefined) return false;
  const v4 = mappedIpv4(address) ?? (address.length === 4 ? address : undefined);
  return v4 === undefined ? address.every((byte, index) => byte === (index === 15 ? 1 : 0)) : v4[0] === 127;
}
