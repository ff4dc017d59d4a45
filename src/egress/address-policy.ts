import { domainToUnicode } from 'node:url';
import { addressVerdict } from './address-verdict.ts';
import { type DeniedEndpoint, deniedEndpoints } from './denied-endpoints.ts';
import { isListed, parseEgressAllow } from './egress-allow.ts';
import { LOOPBACK, verdictOfName } from './host-name-verdict.ts';
import { type IpBytes, parseIp } from './ip-address.ts';
import { refusalMessage, type RefusalVerdict } from './refusal-verdict.ts';

export type UrlVerdict =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly verdict: RefusalVerdict; readonly message: string };

/** An address about to be dialled. */
export interface Dial {
  readonly address: IpBytes;
  readonly port: number;
  readonly plainHttp: boolean;
  /** A managed-identity token call: the one that may reach the metadata address, over plain http. */
  readonly managedIdentity: boolean;
}

/** Decides what may be dialled. Only the operator's settings widen it; nothing over the API can. */
export interface AddressPolicy {
  /** For the address that is really dialled, after DNS. Undefined: go ahead. */
  refusalOf(dial: Dial): RefusalVerdict | undefined;
  /** For a destination's settings, before anything is dialled. A name is looked up only at the send. */
  checkUrl(raw: string): UrlVerdict;
  /** Whether the operator's list names the literal address of this URL. */
  listAllows(url: URL): boolean;
  /**
   * From now on these are never dialled either: for what is known only after the start, such as a port that the system chose.
   * Nothing takes one back. Throws an Error for an address that is none.
   */
  deny(more: readonly DeniedEndpoint[]): void;
}

export interface AddressPolicySettings {
  /** Where this product itself and its database listen: never dialled, whatever the list says. */
  readonly denied?: readonly DeniedEndpoint[];
}

/** Public addresses: https, and Splunk's usual ports. Others are for the operator's list. */
const PUBLIC_PORTS: ReadonlySet<number> = new Set([443, 8088, 8443]);
const METADATA_PORT = 80;

/** `allow` as in `AEGIS_SIEM_EGRESS_ALLOW`. Throws an Error that names the entry it cannot read. */
export function createAddressPolicy(allow: string, settings: AddressPolicySettings = {}): AddressPolicy {
  const entries = parseEgressAllow(allow);
  const anyPlainHttp = entries.some((entry) => entry.plainHttp);
  const denials = [deniedEndpoints(settings.denied ?? [])];

  function refusalOf({ address, port, plainHttp, managedIdentity }: Dial): RefusalVerdict | undefined {
    if (denials.some((isDenied) => isDenied(address, port))) return 'own_service';
    const verdict = addressVerdict(address);
    if (verdict === 'metadata') return managedIdentity && port === METADATA_PORT ? undefined : 'metadata';
    if (isListed(entries, address, port, plainHttp)) return undefined;
    if (verdict !== 'public') return verdict;
    if (plainHttp) return 'plain_http';
    return PUBLIC_PORTS.has(port) ? undefined : 'port';
  }

  function checkUrl(raw: string): UrlVerdict {
    const url = readUrl(raw);
    if (!(url instanceof URL)) return url;
    const plainHttp = url.protocol === 'http:';
    const address = literalAddress(url);
    const port = portOf(url);
    if (address !== undefined) {
      const verdict = refusalOf({ address, port, plainHttp, managedIdentity: false });
      return verdict === undefined ? { ok: true, url } : refuse(verdict, url);
    }
    const named = verdictOfName(url.hostname);
    if (named === 'metadata') return refuse(named, url);
    if (named === 'loopback' && !LOOPBACK.some((local) => isListed(entries, local, port, plainHttp)))
      return refuse(named, url);
    // Letters of other alphabets can look like those of a name that everybody knows.
    if (/[^\x21-\x7e]/.test(raw)) return refuse('not_ascii', url);
    // What a name stands for is decided when it is dialled; here only what no answer could make right.
    if (plainHttp && !anyPlainHttp) return refuse('plain_http', url);
    if (
      !PUBLIC_PORTS.has(port) &&
      !entries.some(({ ports }) => ports === undefined || (port >= ports.from && port <= ports.to))
    ) {
      return refuse('port', url);
    }
    return { ok: true, url };
  }

  return {
    refusalOf,
    checkUrl,
    deny(more) {
      denials.push(deniedEndpoints(more));
    },
    listAllows(url) {
      const address = literalAddress(url);
      return (
        address !== undefined &&
        addressVerdict(address) !== 'metadata' &&
        isListed(entries, address, portOf(url), url.protocol === 'http:')
      );
    },
  };
}

export function literalAddress(url: URL): IpBytes | undefined {
  return parseIp(url.hostname.replace(/^\[|\]$/g, ''));
}

export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'http:' ? 80 : 443) : Number(url.port);
}

/** Parses strictly: what WHATWG URL parsing would silently drop (tabs, line breaks) is refused first. */
function readUrl(raw: string): URL | UrlVerdict {
  if (/[\u0000-\u0020\u007f\\]/.test(raw)) return refuse('not_a_url');
  const url = URL.parse(raw);
  if (url === null || url.hostname === '' || !/^[a-zA-Z]+:\/\/[^/]/.test(raw)) return refuse('not_a_url');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('scheme');
  if (url.username !== '' || url.password !== '') return refuse('userinfo');
  if (url.search !== '' || url.hash !== '' || raw.includes('?') || raw.includes('#')) return refuse('query');
  if (url.port === '0') return refuse('port', url);
  // DNS knows no longer ones (RFC 1035, section 2.3.4).
  if (url.hostname.length > 254 || url.hostname.split('.').some((label) => label.length > 63))
    return refuse('not_a_url');
  if (url.hostname.split('.').some(isBrokenPunycode)) return refuse('not_a_url');
  return url;
}

/** A label that says it is Punycode and cannot be decoded: what reads it as plain letters and what does not would disagree. */
function isBrokenPunycode(label: string): boolean {
  return label.startsWith('xn--') && domainToUnicode(label).startsWith('xn--');
}

function refuse(verdict: RefusalVerdict, url?: URL): UrlVerdict {
  const where = url === undefined ? '' : `${url.host}: `;
  return { ok: false, verdict, message: `${where}${refusalMessage(verdict)}.` };
}
