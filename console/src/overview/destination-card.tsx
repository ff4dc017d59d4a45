import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { History, OverviewDestination } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { SparkBars } from '../charts/spark-bars.tsx';
import { typeTitle, verdictTitle } from '../elements/destination-words.ts';
import { formatDuration } from '../elements/format-duration.ts';
import { countText, numberText } from '../elements/number-text.ts';
import { RunbookLink } from '../elements/runbook-link.tsx';
import { StateBadge } from '../elements/state-badge.tsx';
import { AgeText } from '../elements/time-text.tsx';
import { useInView } from '../elements/use-in-view.ts';

/** A chart of an hour by the minute has nothing new for a while. */
const HISTORY_EVERY_MS = 15_000;

/** One destination: its state in words, what is delivered, waits and is dead, how fast and how late, and what to do next. */
export function DestinationCard({ destination }: { destination: OverviewDestination }): ReactNode {
  const {
    destination_id: id,
    name,
    type,
    verdict,
    waiting,
    dead_letters: dead,
    delivered,
    checkpoint,
  } = destination;
  const [card, seen] = useInView<HTMLElement>();
  const path = `/destinations/${id}`;
  return (
    <article className={`card destination-card ${verdict.tone}`} ref={card}>
      <header>
        <h2>
          <Link href={path} data-row>
            {name}
          </Link>
        </h2>
        <span className="muted">{typeTitle(type)}</span>
        <StateBadge tone={verdict.tone}>{verdictTitle(verdict.word)}</StateBadge>
      </header>
      <p className="destination-verdict">{verdict.text}</p>
      {verdict.next_step !== null && (
        <p className="destination-next">
          {verdict.next_step} {verdict.runbook !== null && <RunbookLink name={verdict.runbook} />}
        </p>
      )}
      <dl className="figures">
        <Figure title="Delivered, 24 h">{numberText(delivered.last_day)}</Figure>
        <Figure
          title="Waiting"
          tone={waiting.count > 0 && verdict.tone !== 'good' ? verdict.tone : undefined}
        >
          {numberText(waiting.count)}
          {waiting.at_least && '+'}
        </Figure>
        <Figure title="Oldest open">
          {waiting.oldest_at === null ? '–' : <AgeText at={waiting.oldest_at} short />}
        </Figure>
        <Figure title="Dead letters" tone={dead.count > 0 ? 'bad' : undefined}>
          {dead.count > 0 ? (
            <Link href={`/dead-letters?destination=${id}`}>
              {numberText(dead.count)}
              {dead.at_least && '+'}
            </Link>
          ) : (
            '0'
          )}
        </Figure>
      </dl>
      <CardCharts id={seen ? id : undefined} rates={destination.rates} />
      <footer>
        <span>
          Last delivery{' '}
          {destination.last_delivered_at === null ? 'never' : <AgeText at={destination.last_delivered_at} />}
        </span>
        <span>
          {checkpoint === null ? (
            'No checkpoint yet'
          ) : (
            <>
              Checkpoint {numberText(checkpoint.seq)} <AgeText at={checkpoint.made_at} />
              {checkpoint.overdue && <strong className="wait-text"> overdue</strong>}
            </>
          )}
        </span>
        {destination.limit_alarms.map(({ limit, percent, message }) => (
          <span key={limit}>
            <strong className="wait-text" title={message}>
              {percent} % of {limit.replaceAll('_', ' ')}
            </strong>{' '}
            <RunbookLink name="backlog-full" />
          </span>
        ))}
      </footer>
    </article>
  );
}

interface FigureProps {
  readonly title: string;
  readonly tone?: string | undefined;
  readonly children: ReactNode;
}

function Figure({ title, tone, children }: FigureProps): ReactNode {
  return (
    <div className={tone ?? ''}>
      <dt>{title}</dt>
      <dd className="number">{children}</dd>
    </div>
  );
}

function CardCharts({
  id,
  rates,
}: {
  id: string | undefined;
  rates: OverviewDestination['rates'];
}): ReactNode {
  const { data } = useResource<History>(
    id === undefined ? undefined : `/v1/siem/destinations/${id}/history`,
    HISTORY_EVERY_MS,
  );
  const buckets = data?.buckets ?? [];
  const failed = buckets.reduce((sum, bucket) => sum + bucket.failed_sends, 0);
  return (
    <div className="card-charts">
      <SparkBars
        label="Rate, last hour"
        value={`${numberText(rates.delivered_per_second)}/s`}
        tone="accent"
        values={buckets.map((bucket) => bucket.delivered)}
      />
      <SparkBars
        label={failed > 0 ? `Delay · ${countText(failed, 'failed send')}` : 'Delay, last hour'}
        value={rates.delay_max_seconds === null ? '–' : formatDuration(rates.delay_max_seconds)}
        tone={failed > 0 ? 'wait' : 'accent'}
        values={buckets.map((bucket) => bucket.delay_max_seconds ?? 0)}
      />
    </div>
  );
}
