import { type IpBytes, isInNetwork, mappedIpv4, type Network, parseNetwork } from './ip-address.ts';

/**
 * What kind of address this is. Everything but `public` is refused unless the operator's list has it; `metadata` is refused
 * whatever the list says.
 */
export type AddressVerdict =
  | 'public'
  | 'metadata'
  | 'loopback'
  | 'private'
  | 'shared'
  | 'link_local'
  | 'unspecified'
  | 'documentation'
  | 'benchmarking'
  | 'multicast'
  | 'reserved'
  | 'embedded_ipv4';

/** First match decides. Sources: the IANA special-purpose registries for IPv4 and IPv6. */
const RANGES: readonly (readonly [Network, AddressVerdict])[] = (
  [
    // Services that hand out credentials: AWS, Azure, GCP and others; AWS over IPv6; Alibaba; Azure's platform address.
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['fd00:ec2::23', 'metadata'],
    ['fd20:ce::254', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['0.0.0.0/8', 'unspecified'],
    ['10.0.0.0/8', 'private'],
    ['100.64.0.0/10', 'shared'],
    ['127.0.0.0/8', 'loopback'],
    ['169.254.0.0/16', 'link_local'],
    ['172.16.0.0/12', 'private'],
    ['192.0.0.0/24', 'reserved'],
    ['192.0.2.0/24', 'documentation'],
    ['192.88.99.0/24', 'embedded_ipv4'],
    ['192.168.0.0/16', 'private'],
    ['198.18.0.0/15', 'benchmarking'],
    ['198.51.100.0/24', 'documentation'],
    ['203.0.113.0/24', 'documentation'],
    ['224.0.0.0/4', 'multicast'],
    ['240.0.0.0/4', 'reserved'],
    ['::/128', 'unspecified'],
    ['::1/128', 'loopback'],
    // IPv4 inside of IPv6: compatible, translated (SIIT), NAT64, local NAT64, 6to4, Teredo.
    ['::/96', 'embedded_ipv4'],
    ['::ffff:0:0:0/96', 'embedded_ipv4'],
    ['64:ff9b::/96', 'embedded_ipv4'],
    ['64:ff9b:1::/48', 'embedded_ipv4'],
    ['2002::/16', 'embedded_ipv4'],
    ['2001::/32', 'embedded_ipv4'],
    ['2001:2::/48', 'benchmarking'],
    ['2001:db8::/32', 'documentation'],
    ['3fff::/20', 'documentation'],
    ['2001::/23', 'reserved'],
    ['fc00::/7', 'private'],
    ['fe80::/10', 'link_local'],
    ['ff00::/8', 'multicast'],
  ] as const
).map(([text, verdict]) => [networkOf(text), verdict]);

/** All of IPv6 that is routed on the Internet. */
const GLOBAL_UNICAST = networkOf('2000::/3');

export function addressVerdict(address: IpBytes): AddressVerdict {
  const dialled = mappedIpv4(address) ?? address;
  for (const [network, verdict] of RANGES) if (isInNetwork(dialled, network)) return verdict;
  if (dialled.length === 16 && !isInNetwork(dialled, GLOBAL_UNICAST)) return 'reserved';
  return 'public';
}

function networkOf(text: string): Network {
  const network = parseNetwork(text);
  if (network === undefined) throw new TypeError(`not a network: ${text}`);
  return network;
}
