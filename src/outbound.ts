import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createConnector, type ConnectorParts } from './connectors/create-connector.ts';
import { EntraTokens } from './connectors/entra/entra-tokens.ts';
import { retryAfterMs } from './connectors/retry-after.ts';
import type { PreviewingConnector } from './connectors/connector.ts';
import type { Destination } from './outbox/destination.ts';
import { type AddressPolicy, createAddressPolicy } from './egress/address-policy.ts';
import { createEgress } from './egress/create-egress.ts';
import type { Egress } from './egress/egress.ts';
import type { DeniedEndpoint } from './egress/denied-endpoints.ts';

/** The way out of one process: one address policy, one HTTP client, connectors over it. */
export interface Outbound {
  readonly policy: AddressPolicy;
  readonly egress: Egress;
  /** As delivery makes its senders. */
  readonly connect: (destination: Destination, hecChannel: string) => PreviewingConnector;
  close(): Promise<void>;
}

export interface OutboundSettings {
  /** As `AEGIS_SIEM_EGRESS_ALLOW`. */
  readonly egressAllow: string;
  readonly ambientIdentity: boolean;
  /** Where this product and its database listen: never dialled, whatever the list says. */
  readonly denied?: readonly DeniedEndpoint[];
}

export interface OutboundWatcher {
  /** Told of each request that the address guard refused. */
  readonly onBlocked: (verdict: string) => void;
}

/** Throws an Error that names the entry of the list that cannot be read. */
export function createOutbound(
  { egressAllow, ambientIdentity, denied = [] }: OutboundSettings,
  watcher?: OutboundWatcher,
): Outbound {
  const policy = createAddressPolicy(egressAllow, { denied });
  const egress = watched(createEgress({ policy }), watcher);
  const nowMs = (): number => Date.now();
  const tokens = new EntraTokens({
    egress,
    nowMs,
    retryAfterMs,
    randomUuid: () => randomUUID(),
    readTextFile: (path) => readFile(path, 'utf8'),
  });
  const parts: ConnectorParts = {
    egress,
    tokens,
    ambientIdentity,
    nowMs,
    listAllows: (url) => policy.listAllows(url),
    variables: process.env,
    randomUuid: () => randomUUID(),
  };
  return {
    policy,
    egress,
    connect: (destination, hecChannel) => createConnector(destination, hecChannel, parts),
    close: async () => {
      await tokens.close();
      await egress.close();
    },
  };
}

function watched(egress: Egress, watcher: OutboundWatcher | undefined): Egress {
  if (watcher === undefined) return egress;
  return {
    request: async (request) => {
      const result = await egress.request(request);
      if (result.kind === 'failure' && result.phase === 'blocked') watcher.onBlocked(result.code);
      return result;
    },
    close: () => egress.close(),
  };
}
