import { type AddressVerdict, addressVerdict } from './address-verdict.ts';
import { isListed, parseEgressAllow } from './egress-allow.ts';
import { type IpBytes, parseIp } from './ip-address.ts';

/** Why an address or URL is refused: a stable word, used in errors, audit and health. */
export type RefusalVerdict =
  | Exclude<AddressVerdict, 'public'>
  | 'port'
  | 'plain_http'
  | 'scheme'
  | 'userinfo'
  | 'query'
  | 'not_a_url';

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
}

/** Public addresses: https, and Splunk's usual ports. Others are for the operator's list. */
const PUBLIC_PORTS: ReadonlySet<number> = new Set([443, 8088, 8443]);
const METADATA_PORT = 80;

/** `allow` as in `AEGIS_SIEM_EGRESS_ALLOW`. Throws an Error that names the entry it cannot read. */
export function createAddressPolicy(allow: string): AddressPolicy {
  const entries = parseEgressAllow(allow);
  const anyPlainHttp = entries.some((entry) => entry.plainHttp);

  function refusalOf({ address, port, plainHttp, managedIdentity }: Dial): RefusalVerdict | undefined {
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
    if (isLocalName(url.hostname) && entries.length === 0) return refuse('loopback', url);
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

const MESSAGES: Readonly<Record<RefusalVerdict, string>> = {
  metadata: 'the metadata address of a cloud is never connected to',
  loopback: 'the address is this machine itself (loopback)',
  private: 'the address is in a private network',
  shared: 'the address is in the shared range of carriers (100.64.0.0/10)',
  link_local: 'the address is link-local',
  unspecified: 'the address is unspecified (0.0.0.0/8 or ::)',
  documentation: 'the address is reserved for documentation',
  benchmarking: 'the address is reserved for benchmarks',
  multicast: 'the address is a multicast address',
  reserved: 'the address is reserved',
  embedded_ipv4: 'the address carries an IPv4 address inside of an IPv6 address',
  port: 'the port is not one of 443, 8088 and 8443',
  plain_http: 'plain http would send the credentials in the clear',
  scheme: 'only https addresses are taken',
  userinfo: 'an address must not carry a user name or password',
  query: 'an address must not carry a query or fragment; a token has no place in it',
  not_a_url: 'this is not a complete address such as https://splunk.example.com:8088',
};

export function refusalMessage(verdict: RefusalVerdict): string {
  const listed = !['scheme', 'userinfo', 'query', 'not_a_url', 'metadata'].includes(verdict);
  return `${MESSAGES[verdict]}${listed ? '; if it is meant, the operator must allow it in AEGIS_SIEM_EGRESS_ALLOW' : ''}`;
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
  return url;
}

function refuse(verdict: RefusalVerdict, url?: URL): UrlVerdict {
  const where = url === undefined ? '' : `${url.host}: `;
  return { ok: false, verdict, message: `${where}${refusalMessage(verdict)}.` };
}

function isLocalName(hostname: string): boolean {
  const name = hostname.toLowerCase().replace(/\.$/, '');
  return name === 'localhost' || name.endsWith('.localhost');
}
