import type { AddressVerdict } from './address-verdict.ts';

/** Why an address or URL is refused: a stable word, used in errors, audit and health. */
export type RefusalVerdict =
  | Exclude<AddressVerdict, 'public'>
  | 'own_service'
  | 'port'
  | 'plain_http'
  | 'not_ascii'
  | 'scheme'
  | 'userinfo'
  | 'query'
  | 'not_a_url';

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
  own_service: 'aegis-siem itself or its database listens there',
  not_ascii:
    'the name has letters outside of ASCII; if this is the name that you mean, write it as it stands here',
  port: 'the port is not one of 443, 8088 and 8443',
  plain_http: 'plain http would send the credentials in the clear',
  scheme: 'only https addresses are taken',
  userinfo: 'an address must not carry a user name or password',
  query: 'an address must not carry a query or fragment; a token has no place in it',
  not_a_url: 'this is not a complete address such as https://splunk.example.com:8088',
};

/** A sentence without a full stop: what the address is, and who could allow it. */
export function refusalMessage(verdict: RefusalVerdict): string {
  return `${MESSAGES[verdict]}${canBeListed(verdict) ? '; if it is meant, the operator must allow it in AEGIS_SIEM_EGRESS_ALLOW' : ''}`;
}

const NEVER_LISTED: ReadonlySet<RefusalVerdict> = new Set([
  'metadata',
  'own_service',
  'scheme',
  'userinfo',
  'query',
  'not_ascii',
  'not_a_url',
]);

function canBeListed(verdict: RefusalVerdict): boolean {
  return !NEVER_LISTED.has(verdict);
}
