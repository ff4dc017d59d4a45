import type { ReactNode } from 'react';
import { Link, Redirect } from 'wouter';
import type { Destination, Overview, OverviewDestination } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { typeTitle, verdictTitle } from '../elements/destination-words.ts';
import { EmptyState } from '../elements/empty-state.tsx';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { RunbookLink } from '../elements/runbook-link.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { StateBadge } from '../elements/state-badge.tsx';
import { visible } from '../event/json-tokens.ts';
import { OVERVIEW_EVERY_MS, OVERVIEW_PATH } from '../overview/overview-feed.ts';
import { may, useSession } from '../session/session.ts';
import { AttemptList } from './attempt-list.tsx';
import { CredentialsPart } from './credentials-part.tsx';
import { DestinationActs } from './destination-acts.tsx';
import { DESTINATION_PARTS, type DestinationPart } from './destination-parts.ts';
import { HealthStory } from './health-story.tsx';
import { PreviewPart } from './preview-part.tsx';
import { SettingsPart } from './settings-part.tsx';
import './destination.css';

export interface DestinationPageProps {
  readonly destinationId: string;
  readonly part: string | undefined;
}

/** One destination: how it does, what failed, what it would send, and its settings. */
export default function DestinationPage({ destinationId, part = 'health' }: DestinationPageProps): ReactNode {
  const path = `/v1/siem/destinations/${destinationId}`;
  const { session } = useSession();
  const { data: destination, problem } = useResource<Destination>(path);
  const { data: overview } = useResource<Overview>(OVERVIEW_PATH, OVERVIEW_EVERY_MS);
  const item = overview?.destinations.find((one) => one.destination_id === destinationId);
  // Its name and type are in both.
  const known = destination ?? item;
  const shown = DESTINATION_PARTS.filter(({ scope }) => may(session, scope));
  const current = shown.find(({ key }) => key === part);
  if (problem?.status === 404) return <NotThere destinationId={destinationId} />;
  if (current === undefined) return <Redirect to={`/destinations/${destinationId}`} replace />;
  return (
    <>
      <p className="crumbs">
        <Link href="/">Overview</Link> / {known?.workspace_id ?? '…'}
      </p>
      <PageHeader
        title={known?.name ?? 'Destination'}
        lead={
          known !== undefined && (
            <>
              {typeTitle(known.type)} {item !== undefined && <DestinationBadge item={item} />}
            </>
          )
        }
      >
        {destination !== undefined && <DestinationActs destination={destination} />}
      </PageHeader>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {destination?.notice !== undefined && <p className="notice wait">{destination.notice}</p>}
      {item !== undefined && item.verdict.tone !== 'good' && (
        <div className={`notice ${item.verdict.tone}`}>
          <p>
            <strong>{item.verdict.text}</strong>
          </p>
          {item.verdict.next_step !== null && (
            <p>
              {item.verdict.next_step}{' '}
              {item.verdict.runbook !== null && <RunbookLink name={item.verdict.runbook} />}
            </p>
          )}
        </div>
      )}
      <nav className="parts" aria-label="Parts of the destination">
        {shown.map(({ key, title }) => (
          <Link
            key={key}
            href={
              key === 'health' ? `/destinations/${destinationId}` : `/destinations/${destinationId}/${key}`
            }
            aria-current={key === current.key ? 'page' : undefined}
          >
            {title}
          </Link>
        ))}
      </nav>
      {destination === undefined && problem === undefined && <Skeleton tall />}
      {destination !== undefined && <PartOf part={current} destination={destination} item={item} />}
    </>
  );
}

function NotThere({ destinationId }: { destinationId: string }): ReactNode {
  return (
    <>
      <PageHeader title="No such destination" />
      <EmptyState title="It was deleted, or it is of another workspace">
        <p>
          <code>{visible(destinationId)}</code>
        </p>
        <p>
          <Link href="/">The overview</Link> has every destination that you may see.
        </p>
      </EmptyState>
    </>
  );
}

function DestinationBadge({ item }: { item: OverviewDestination }): ReactNode {
  return <StateBadge tone={item.verdict.tone}>{verdictTitle(item.verdict.word)}</StateBadge>;
}

interface PartProps {
  readonly part: DestinationPart;
  readonly destination: Destination;
  readonly item: OverviewDestination | undefined;
}

function PartOf({ part, destination, item }: PartProps): ReactNode {
  switch (part.key) {
    case 'health':
      return <HealthStory destination={destination} item={item} />;
    case 'attempts':
      return <AttemptList destination={destination} />;
    case 'preview':
      return <PreviewPart destination={destination} />;
    case 'settings':
      return <SettingsPart destination={destination} />;
    case 'credentials':
      return <CredentialsPart destination={destination} />;
    default:
      return part.key satisfies never;
  }
}
