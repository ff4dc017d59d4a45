import { type IpBytes, isInNetwork, mappedIpv4, type Network, parseNetwork } from './ip-address.ts';

/** One entry of the operator's list. */
export interface AllowEntry {
  readonly network: Network;
  /** Plain http is allowed as well as https. */
  readonly plainHttp: boolean;
  /** Inclusive; absent: every port. */
  readonly ports?: { readonly from: number; readonly to: number };
}

const ENTRY =
  /^(?<http>http\+)?(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:[\]]+|[^[\]]*:[^[\]]*:[^[\]]*?))(?::(?<from>\d{1,5})(?:-(?<to>\d{1,5}))?)?$/;

/**
 * Reads `AEGIS_SIEM_EGRESS_ALLOW`: a comma list of `[http+]CIDR[:ports]`, such as
 * `10.20.0.0/16:8088,http+127.0.0.1/32:1024-65535,[fd00:1::/32]:443`. Throws an Error that names the entry.
 */
export function parseEgressAllow(text: string): readonly AllowEntry[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseEntry);
}

function parseEntry(entry: string): AllowEntry {
  const groups = ENTRY.exec(entry)?.groups;
  const network = parseNetwork(groups?.['bracketed'] ?? groups?.['plain'] ?? '');
  if (groups === undefined || network === undefined) {
    throw new Error(`"${entry}" is not [http+]CIDR[:ports], such as 10.20.0.0/16:8088 or [fd00:1::/32]:443`);
  }
  const plainHttp = groups['http'] !== undefined;
  if (groups['from'] === undefined) return { network, plainHttp };
  const from = Number(groups['from']);
  const to = Number(groups['to'] ?? groups['from']);
  if (from < 1 || to > 65_535 || from > to)
    throw new Error(`"${entry}": the ports do not lie in 1-65535, low to high`);
  return { network, plainHttp, ports: { from, to } };
}

export function isListed(
  entries: readonly AllowEntry[],
  address: IpBytes,
  port: number,
  plainHttp: boolean,
): boolean {
  const dialled = mappedIpv4(address) ?? address;
  return entries.some(
    (entry) =>
      isInNetwork(dialled, entry.network) &&
      (entry.plainHttp || !plainHttp) &&
      (entry.ports === undefined || (port >= entry.ports.from && port <= entry.ports.to)),
  );
}
