import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { DeniedEndpoint } from './egress/denied-endpoints.ts';
import { parseIp } from './egress/ip-address.ts';

/** https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-PORT */
const POSTGRES_PORT = 5_432;

/** All addresses of a name; none for one that is not known. */
export type AddressesOf = (host: string) => Promise<readonly string[]>;

/** What the guard of outgoing connections must know of this process itself. */
export interface OwnEndpointParts {
  readonly addressesOf: AddressesOf;
  /** Addresses of this machine's interfaces. */
  readonly ownAddresses: () => readonly string[];
}

const SYSTEM_ENDPOINTS: OwnEndpointParts = Object.freeze({
  addressesOf: async (host: string) => {
    try {
      return (await lookup(host, { all: true })).map(({ address }) => address);
    } catch {
      // A name that leads nowhere today is nothing that could be dialled; what needs it says so itself.
      return [];
    }
  },
  ownAddresses: () =>
    Object.values(networkInterfaces()).flatMap((list = []) => list.map(({ address }) => address)),
});

/** What the settings say of where this installation listens. */
export interface OwnPlaces {
  readonly host: string;
  readonly port: number;
  readonly workerPort: number;
  readonly store: string;
}

/** Everything of this installation that listens: the API, the metrics of a worker beside it, the database. */
export async function ownEndpoints(
  { host, port, workerPort, store }: OwnPlaces,
  parts: OwnEndpointParts = SYSTEM_ENDPOINTS,
): Promise<readonly DeniedEndpoint[]> {
  const all = [
    serviceEndpoints({ host, port }, parts),
    serviceEndpoints({ host, port: workerPort }, parts),
    databaseEndpoints(store, parts),
  ];
  return (await Promise.all(all)).flat();
}

/** Where a service listens: `host` as in `AEGIS_SIEM_HOST`. Port 0 is not known yet and gives nothing. */
export async function serviceEndpoints(
  { host, port }: { readonly host: string; readonly port: number },
  parts: OwnEndpointParts = SYSTEM_ENDPOINTS,
): Promise<readonly DeniedEndpoint[]> {
  return port === 0 ? [] : endpointsOf(host, port, parts);
}

/**
 * Where the database of a store listens; nothing for SQLite, a socket file, or an address that cannot be read. Looked up once:
 * a database whose address changes later is guarded again from the next start on.
 */
export async function databaseEndpoints(
  storeUrl: string,
  parts: OwnEndpointParts = SYSTEM_ENDPOINTS,
): Promise<readonly DeniedEndpoint[]> {
  if (!/^postgres(ql)?:/.test(storeUrl)) return [];
  const url = URL.parse(storeUrl);
  if (url === null) return [];
  const host = url.searchParams.get('host') ?? decodeURIComponent(url.hostname).replace(/^\[|\]$/g, '');
  if (host === '' || host.startsWith('/')) return [];
  const port = Number(url.searchParams.get('port') ?? url.port);
  return endpointsOf(host, port > 0 ? port : POSTGRES_PORT, parts);
}

async function endpointsOf(
  host: string,
  port: number,
  { addressesOf, ownAddresses }: OwnEndpointParts,
): Promise<readonly DeniedEndpoint[]> {
  const addresses = parseIp(host) === undefined ? await addressesOf(host) : [host];
  return addresses
    .filter((address) => parseIp(address) !== undefined)
    .map((address) => ({ address, port, ownAddresses: ownAddresses() }));
}
