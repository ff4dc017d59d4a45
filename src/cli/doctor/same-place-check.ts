import { isDeepStrictEqual } from 'node:util';
import type { Destination } from '../../outbox/destination.ts';
import type { Finding } from './finding.ts';

type Place = Pick<Destination, 'name' | 'workspaceId' | 'type' | 'config' | 'sources' | 'ocsf'>;

/** Two destinations of a workspace that put the same events into the same place: allowed, and most likely not meant. */
export function samePlaceFindings(destinations: readonly Place[]): readonly Finding[] {
  return destinations.flatMap((destination, index) => {
    const twin = destinations.slice(0, index).find((earlier) => isSamePlace(earlier, destination));
    if (twin === undefined) return [];
    return [
      {
        check: 'destination',
        subject: destination.name,
        status: 'warn' as const,
        message: `It sends the same events to the same place as ${twin.name}: the SIEM gets each of them twice`,
        fix: `Delete one of the two, or give them filters that share nothing: aegis-siem destinations show ${twin.name}`,
      },
    ];
  });
}

function isSamePlace(left: Place, right: Place): boolean {
  return (
    left.workspaceId === right.workspaceId &&
    left.type === right.type &&
    isDeepStrictEqual(left.config, right.config) &&
    isDeepStrictEqual(left.ocsf.filter, right.ocsf.filter) &&
    left.sources.some((source) => right.sources.includes(source))
  );
}
