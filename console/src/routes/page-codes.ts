import type { DestinationPageProps } from '../destination/destination-page.tsx';
import { PageCode } from './page-code.ts';

/** The pages that are fetched; the overview is in the first file. */
export const PAGE_CODES = {
  destination: new PageCode<DestinationPageProps>(() => import('../destination/destination-page.tsx')),
  addDestination: new PageCode<object>(() => import('../add-destination/add-destination-page.tsx')),
  deliveries: new PageCode<object>(() => import('../deliveries/deliveries-page.tsx')),
  event: new PageCode<{ readonly attestationId: string }>(() => import('../event/event-page.tsx')),
  deadLetters: new PageCode<object>(() => import('../dead-letters/dead-letters-page.tsx')),
  replays: new PageCode<object>(() => import('../replays/replays-page.tsx')),
  audit: new PageCode<object>(() => import('../audit/audit-page.tsx')),
  runbook: new PageCode<{ readonly name: string | undefined }>(() => import('../runbooks/runbook-page.tsx')),
  keys: new PageCode<object>(() => import('../keys/keys-page.tsx')),
} as const;

export type FetchedPageName = keyof typeof PAGE_CODES;

/** The page at an address; undefined for the overview and for none. */
export function pageNameAt(path: string): FetchedPageName | undefined {
  const [, first = '', second] = path.split('/');
  switch (first) {
    case 'destinations':
      if (second === undefined) return undefined;
      return second === 'new' ? 'addDestination' : 'destination';
    case 'events':
      return 'event';
    case 'dead-letters':
      return 'deadLetters';
    case 'runbooks':
      return 'runbook';
    case 'deliveries':
    case 'replays':
    case 'audit':
    case 'keys':
      return first;
    default:
      return undefined;
  }
}

/** One after the other, when the first page is on show: going to another is then at once, also after an upgrade of the service. */
export async function loadAllPageCodes(): Promise<void> {
  for (const code of Object.values(PAGE_CODES)) await code.load();
}
