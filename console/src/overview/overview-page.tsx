import { type ReactNode, useMemo, useState } from 'react';
import { Link } from 'wouter';
import type { Overview, OverviewDestination } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { useReach } from '../live/use-reach.ts';
import { useMay } from '../session/session.ts';
import { Icon } from '../shell/icon.tsx';
import { useRowKeys } from '../shell/use-row-keys.ts';
import { AnswerLine } from './answer-line.tsx';
import { DestinationCard } from './destination-card.tsx';
import { FirstSteps } from './first-steps.tsx';
import { OVERVIEW_EVERY_MS, OVERVIEW_PATH } from './overview-feed.ts';
import { lastKnown, workspaceAnswer } from './workspace-answer.ts';
import './overview.css';

/** Below this a search field would only be in the way. */
const SEARCH_FROM = 5;
const TONES = ['bad', 'wait', 'good', 'idle'] as const;

/** Whether every SIEM has everything, and what to do where it has not. */
export function OverviewPage(): ReactNode {
  const { data, problem } = useResource<Overview>(OVERVIEW_PATH, OVERVIEW_EVERY_MS);
  const { isLost } = useReach();
  const mayAdd = useMay('destinations:write');
  const [words, setWords] = useState('');
  const rows = useRowKeys<HTMLDivElement>();
  const workspaces = useMemo(() => byWorkspace(data?.destinations ?? []), [data]);
  const several = workspaces.length > 1;
  // The first steps have the button themselves.
  const isEmpty = data?.destinations.length === 0;
  return (
    <>
      <PageHeader title="Overview" lead="Does every SIEM have every decision?">
        {(data?.destinations.length ?? 0) >= SEARCH_FROM && (
          <input
            data-search
            className="search"
            type="search"
            placeholder="Find a destination"
            aria-label="Find a destination"
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        )}
        {mayAdd && !isEmpty && (
          <Link href="/destinations/new" className="button primary">
            <Icon name="plus" /> Add a destination
          </Link>
        )}
      </PageHeader>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {data === undefined && problem === undefined && <Skeleton tall />}
      {isEmpty && <FirstSteps />}
      <div ref={rows} className="workspaces">
        {workspaces.map(({ workspace, destinations }) => (
          <section key={workspace} className="workspace" aria-label={workspace}>
            <AnswerLine
              answer={isLost ? lastKnown(workspaceAnswer(destinations)) : workspaceAnswer(destinations)}
              workspace={several ? workspace : undefined}
            />
            <div className="destination-cards">
              {destinations
                .filter((destination) => isMatch(destination, words))
                .map((destination) => (
                  <DestinationCard key={destination.destination_id} destination={destination} />
                ))}
            </div>
          </section>
        ))}
      </div>
      {data?.more === true && (
        <p className="muted">
          More destinations than one page holds. Sign in with a key of one workspace to see only its own.
        </p>
      )}
    </>
  );
}

interface Workspace {
  readonly workspace: string;
  readonly destinations: readonly OverviewDestination[];
}

/** Workspaces and destinations with the worst first, else by name: an order that does not move while all is well. */
function byWorkspace(destinations: readonly OverviewDestination[]): readonly Workspace[] {
  const groups = Map.groupBy(destinations, (destination) => destination.workspace_id);
  return [...groups]
    .map(([workspace, members]) => ({
      workspace,
      destinations: members.toSorted(
        (a, b) =>
          TONES.indexOf(a.verdict.tone) - TONES.indexOf(b.verdict.tone) || a.name.localeCompare(b.name),
      ),
    }))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || a.workspace.localeCompare(b.workspace));
}

function rankOf({ destinations }: Workspace): number {
  return TONES.indexOf(destinations[0]?.verdict.tone ?? 'idle');
}

function isMatch({ name, type, verdict }: OverviewDestination, words: string): boolean {
  const text = `${name} ${type} ${verdict.word} ${verdict.text}`.toLowerCase();
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
