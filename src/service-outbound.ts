import type { DeniedEndpoint } from './egress/denied-endpoints.ts';
import { createOutbound, type Outbound, type OutboundSettings } from './outbound.ts';
import { ownEndpoints, type OwnPlaces } from './own-endpoints.ts';

/**
 * The way out of a process of the service, whatever goes out by it: never to this installation itself or its database,
 * whatever the operator's list says. `denied`: sockets that the settings do not name, such as a port that the system chose.
 */
export async function serviceOutbound(
  settings: OwnPlaces & Omit<OutboundSettings, 'denied'>,
  denied: readonly DeniedEndpoint[] = [],
): Promise<Outbound> {
  return createOutbound({ ...settings, denied: [...denied, ...(await ownEndpoints(settings))] });
}
