import type { ReactNode } from 'react';
import { Link, useSearchParams } from 'wouter';
import type { Destination } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { CheckStep } from './check-step.tsx';
import { ConnectStep } from './connect-step.tsx';
import { GUIDES } from './guides.tsx';
import './add-destination.css';

/**
 * From nothing to the first event in three steps: which SIEM, how it is reached, and a look and a test before anything is sent. The
 * address holds the step, so that a reload or a colleague goes on where one was.
 */
export default function AddDestinationPage(): ReactNode {
  const [query, setQuery] = useSearchParams();
  const guide = GUIDES.find(({ type }) => type === query.get('type'));
  const id = query.get('made') ?? undefined;
  const { data: made, problem } = useResource<Destination>(
    id === undefined ? undefined : `/v1/siem/destinations/${id}`,
  );
  return (
    <>
      <p className="crumbs">
        <Link href="/">Overview</Link> / new destination
      </p>
      <PageHeader title="Add a destination" lead="Nothing is sent before you turn it on in the last step." />
      <ol className="steps">
        <li>
          <Step number={1} title="Which SIEM?" done={guide !== undefined}>
            <div className="type-cards" role="group" aria-label="Type of SIEM">
              {GUIDES.map(({ type, title, lead }) => (
                <button
                  key={type}
                  type="button"
                  className="card type-card"
                  aria-pressed={type === guide?.type}
                  disabled={id !== undefined}
                  onClick={() => setQuery({ type })}
                >
                  <strong>{title}</strong>
                  <span>{lead}</span>
                </button>
              ))}
            </div>
          </Step>
        </li>
        <li>
          <Step number={2} title="How is it reached?" done={id !== undefined}>
            {guide !== undefined && id === undefined && (
              <ConnectStep
                key={guide.type}
                guide={guide}
                onMade={(destinationId) => setQuery({ type: guide.type, made: destinationId })}
              />
            )}
            {made !== undefined && (
              <p className="muted">
                <strong>{made.name}</strong> is made and disabled. Its settings can be changed on{' '}
                <Link href={`/destinations/${made.destination_id}/settings`}>its page</Link>.
              </p>
            )}
          </Step>
        </li>
        <li>
          <Step number={3} title="Look, test, turn on" done={made?.enabled === true}>
            {problem !== undefined && <ProblemNotice problem={problem} />}
            {made !== undefined && <CheckStep destination={made} />}
          </Step>
        </li>
      </ol>
    </>
  );
}

interface StepProps {
  readonly number: number;
  readonly title: string;
  readonly done: boolean;
  readonly children: ReactNode;
}

function Step({ number, title, done, children }: StepProps): ReactNode {
  return (
    <section className={done ? 'step done' : 'step'} aria-label={title}>
      <h2>
        <span className="step-number">{done ? '✓' : number}</span> {title}
      </h2>
      <div className="step-body">{children}</div>
    </section>
  );
}
