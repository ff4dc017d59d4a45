import { type IpBytes, isInNetwork, mappedIpv4, type Network, parseIp, parseNetwork } from './ip-address.ts';

/** A socket that is never dialled. */
export interface DeniedEndpoint {
  /** An IP address. `0.0.0.0` and `::` stand for every address of this machine: all of loopback and `ownAddresses`. */
  readonly address: string;
  readonly port: number;
  /** Addresses of this machine's interfaces, where `address` stands for all of them. */
  readonly ownAddresses?: readonly string[];
}

const LOCAL: readonly Network[] = ['127.0.0.0/8', '::1', '0.0.0.0/8', '::'].flatMap(networksOf);

/** Throws an Error for an address that is none: a guard that cannot be read must not look like one. */
export function deniedEndpoints(
  denied: readonly DeniedEndpoint[],
): (address: IpBytes, port: number) => boolean {
  const endpoints = denied.map(({ address, port, ownAddresses = [] }) => {
    const bytes = parseIp(address);
    if (bytes === undefined) throw new Error(`"${address}" is no IP address`);
    const everywhere = bytes.every((byte) => byte === 0);
    return {
      port,
      networks: everywhere ? [...LOCAL, ...ownAddresses.flatMap(networksOf)] : networksOf(address),
    };
  });
  return (address, port) => {
    const dialled = mappedIpv4(address) ?? address;
    return endpoints.some(
      (endpoint) =>
        endpoint.port === port && endpoint.networks.some((network) => isInNetwork(dialled, network)),
    );
  };
}

/** Interfaces may carry a zone (`fe80::1%eth0`); link-local addresses are refused anyway. */
function networksOf(text: string): readonly Network[] {
  const network = parseNetwork(text);
  return network === undefined ? [] : [network];
}
