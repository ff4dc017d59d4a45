import { auditPath } from '../audit/audit-path.ts';
import { deadLettersPath } from '../dead-letters/dead-letters-path.ts';
import { deliveriesPath } from '../deliveries/deliveries-path.ts';
import { eventPaths } from '../event/event-paths.ts';
import { OVERVIEW_PATH } from '../overview/overview-feed.ts';
import { replaysPath } from '../replays/replays-path.ts';

/**
 * What the page at an address will read first, in the words of the page itself, so that the answer is on its way before the
 * session is known and the page's code is there. What is listed here is read by every page of its kind; the rest waits.
 */
export function firstReads(
  { pathname, search }: Pick<Location, 'pathname' | 'search'>,
  nowMs: number,
): string[] {
  const asked = new URLSearchParams(search);
  const [, first = '', second] = pathname.split('/');
  switch (first) {
    case '':
      return [OVERVIEW_PATH];
    case 'destinations':
      if (second === undefined || second === 'new') return [];
      return [`/v1/siem/destinations/${second}`, OVERVIEW_PATH];
    case 'deliveries':
      return [deliveriesPath(asked, nowMs)];
    case 'events': {
      // An id has nothing to escape; what has is left to the page.
      if (second === undefined || second.includes('%')) return [];
      const { story, sent } = eventPaths(second);
      return [story, sent];
    }
    case 'dead-letters':
      return [deadLettersPath(asked, nowMs)];
    case 'replays':
      return [replaysPath(asked)];
    case 'audit':
      return [auditPath(asked, nowMs)];
    default:
      return [];
  }
}
