import type { WorkspaceScope } from '../store/admin-store.ts';
import type { ApiParts } from './api-parts.ts';
import { MAX_OVERVIEW_DESTINATIONS, type OverviewItem, overviewItem } from './overview-view.ts';
import type { Reader } from './reader.ts';
import { timeText } from './time-text.ts';

export interface Overview {
  readonly at: string;
  readonly summary: object;
  readonly destinations: readonly object[];
  readonly more: boolean;
}

/** All destinations of a workspace, and the one line that answers "does the SIEM have everything?". */
export async function readOverview(
  parts: Pick<ApiParts, 'store' | 'clock'>,
  scope: WorkspaceScope,
  reader: Reader,
): Promise<Overview> {
  const page = await parts.store.admin.listDestinations(scope, { limit: MAX_OVERVIEW_DESTINATIONS });
  const nowMs = parts.clock.nowMs();
  const items: OverviewItem[] = [];
  for (const destination of page.items) items.push(await overviewItem(parts, destination, reader, nowMs));
  return {
    at: timeText(nowMs),
    summary: summaryOf(items, nowMs),
    destinations: items.map(({ view }) => view),
    more: page.nextCursor !== undefined,
  };
}

function summaryOf(items: readonly OverviewItem[], nowMs: number): object {
  const counted = items.filter(({ verdict }) => verdict.word !== 'disabled');
  const bad = counted.filter(({ verdict }) => verdict.tone === 'bad').length;
  const waiting = counted.filter(({ verdict }) => verdict.tone === 'wait').length;
  const until = Math.min(nowMs, ...counted.map(({ completeUntilMs }) => completeUntilMs));
  const answer =
    counted.length === 0 ? 'nothing' : bad > 0 ? 'problem' : waiting > 0 ? 'waiting' : 'complete';
  return {
    answer,
    text: textOf(answer, counted.length, bad, waiting),
    complete_until: counted.length === 0 ? null : timeText(until),
    destinations: counted.length,
    with_problem: bad,
    waiting,
  };
}

function textOf(
  answer: 'nothing' | 'problem' | 'waiting' | 'complete',
  all: number,
  bad: number,
  waiting: number,
): string {
  switch (answer) {
    case 'nothing':
      return 'No destination gets events yet.';
    case 'problem':
      return `${bad} of ${all} ${all === 1 ? 'destination needs' : 'destinations need'} a person.`;
    case 'waiting':
      return `${waiting} of ${all} ${all === 1 ? 'destination is' : 'destinations are'} behind; nothing is lost.`;
    case 'complete':
      return all === 1 ? 'The SIEM has everything.' : `All ${all} destinations have everything.`;
    default:
      return answer satisfies never;
  }
}
