import type { Overview, OverviewDestination } from '../api/api-types.ts';
import type { ResourceCache } from '../api/resource-cache.ts';
import type { LiveMessage, LiveUpdates } from '../live/live-updates.ts';

export const OVERVIEW_PATH = '/v1/siem/overview';
/** The stream tells what changes; reading all of it again now and then is for what moves by time alone, and without a stream. */
export const OVERVIEW_EVERY_MS = 5_000;

/** Keeps the overview as the stream tells it. */
export function followOverview(live: LiveUpdates, resources: ResourceCache): void {
  live.onMessage((message) =>
    // What is kept under this path is an overview, from the API or from here.
    resources.take(OVERVIEW_PATH, (known) => withMessage(known as Overview | undefined, message)),
  );
}

/** The overview after a message; undefined where the message changes nothing that is known. */
export function withMessage(known: Overview | undefined, { event, data }: LiveMessage): Overview | undefined {
  if (event === 'overview') return JSON.parse(data) as Overview;
  if (known === undefined) return undefined;
  switch (event) {
    case 'destination': {
      const changed = JSON.parse(data) as OverviewDestination;
      const { destinations } = known;
      const at = destinations.findIndex((one) => one.destination_id === changed.destination_id);
      return {
        ...known,
        destinations: at === -1 ? [...destinations, changed] : destinations.with(at, changed),
      };
    }
    case 'removed': {
      const { destination_id: id } = JSON.parse(data) as Pick<OverviewDestination, 'destination_id'>;
      return { ...known, destinations: known.destinations.filter((one) => one.destination_id !== id) };
    }
    case 'summary':
      return { ...known, summary: JSON.parse(data) as Overview['summary'] };
    default:
      return undefined;
  }
}
