import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Delivery } from '../api/api-types.ts';
import type { SentPlaces } from '../api/delivery-types.ts';
import { useResource } from '../api/use-resource.ts';
import { VerdictWord } from '../deliveries/verdict-word.tsx';
import { CopyButton } from '../elements/copy-button.tsx';
import { EmptyState } from '../elements/empty-state.tsx';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { TimeText } from '../elements/time-text.tsx';
import { eventPaths } from './event-paths.ts';
import { EventTexts } from './event-texts.tsx';
import { visible } from './json-tokens.ts';
import { PlaceCard } from './place-card.tsx';
import { recordFacts } from './record-facts.ts';
import { SignatureFact } from './signature-fact.tsx';
import './event.css';

interface Story {
  readonly attestation_id: string;
  readonly workspace_id: string;
  readonly recorded_at: string;
  readonly deliveries: readonly Delivery[] | null;
  readonly unavailable?: { readonly code: string; readonly message: string };
}

/** One decision: what it was, what each SIEM got of it, and how it got there. */
export default function EventPage({ attestationId }: { attestationId: string }): ReactNode {
  const paths = eventPaths(attestationId);
  const story = useResource<Story>(paths.story);
  const sent = useResource<SentPlaces>(paths.sent);
  if (story.problem?.status === 404) return <NotThere attestationId={attestationId} />;
  const { data } = story;
  const facts = recordFacts(sent.data?.record_text ?? undefined);
  return (
    <>
      <PageHeader
        title={facts.tool === undefined ? 'Event' : visible(facts.tool)}
        lead={
          <span className="event-id">
            <code>{attestationId}</code> <CopyButton text={attestationId} what="attestation id" />
          </span>
        }
      />
      {story.problem !== undefined && <ProblemNotice problem={story.problem} />}
      {data === undefined ? (
        <Skeleton tall />
      ) : (
        <div className="event">
          <dl className="record-facts">
            {facts.verdict !== undefined && (
              <Fact name="Verdict">
                <VerdictWord verdict={facts.verdict} />
              </Fact>
            )}
            {facts.agent !== undefined && <Fact name="Agent">{visible(facts.agent)}</Fact>}
            {facts.decidedAt !== undefined && (
              <Fact name="Decided">
                <TimeText at={facts.decidedAt} />
              </Fact>
            )}
            <Fact name="Recorded">
              <TimeText at={data.recorded_at} />
            </Fact>
            <Fact name="Workspace">{data.workspace_id}</Fact>
            {sent.data?.decision_signature != null && (
              <Fact name="Signature">
                <SignatureFact signature={sent.data.decision_signature} />
              </Fact>
            )}
          </dl>
          <h2>Where it stands</h2>
          {data.unavailable !== undefined && <p className="notice wait">{data.unavailable.message}</p>}
          {data.deliveries?.length === 0 && (
            <p className="muted">
              No destination of this workspace took it: none was active when it was recorded. A{' '}
              <Link href="/replays">replay</Link> can send it later.
            </p>
          )}
          <div className="places">
            {data.deliveries?.map((delivery) => (
              <PlaceCard
                key={`${delivery.destination_id} ${delivery.seq ?? ''} ${delivery.status}`}
                delivery={delivery}
                recordedAt={data.recorded_at}
                place={sent.data?.items.find(
                  ({ destination_id: id, stream }) =>
                    id === delivery.destination_id &&
                    (stream.seq === delivery.seq || delivery.status === 'dead'),
                )}
              />
            ))}
          </div>
          {sent.problem !== undefined && <ProblemNotice problem={sent.problem} />}
          {sent.data !== undefined && <EventTexts sent={sent.data} />}
        </div>
      )}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function NotThere({ attestationId }: { attestationId: string }): ReactNode {
  return (
    <>
      <PageHeader title="No such attestation" />
      <EmptyState title="It was not recorded here, or it is of another workspace">
        <p>
          <code>{visible(attestationId)}</code>
        </p>
        <p>
          Compare the id with the one that the SIEM has as <code>metadata.uid</code>, or look for it by time
          and tool among the <Link href="/deliveries">deliveries</Link>.
        </p>
      </EmptyState>
    </>
  );
}
