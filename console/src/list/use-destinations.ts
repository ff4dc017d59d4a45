import type { Destination, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { useMay } from '../session/session.ts';

export interface DestinationNames {
  readonly destinations: readonly Destination[];
  readonly nameOf: (destinationId: string) => string;
}

/** The destinations by name, for choices and rows. One that is gone, or that may not be seen, has its id's beginning for a name. */
export function useDestinations(): DestinationNames {
  const may = useMay('destinations:read');
  const { data } = useResource<Page<Destination>>(may ? '/v1/siem/destinations?limit=500' : undefined);
  const destinations = data?.items ?? [];
  return {
    destinations,
    nameOf: (id) => destinations.find(({ destination_id: one }) => one === id)?.name ?? `${id.slice(0, 8)}…`,
  };
}
