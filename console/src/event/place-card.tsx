import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Delivery } from '../api/api-types.ts';
import type { SentPlace } from '../api/delivery-types.ts';
import { statusOf } from '../deliveries/delivery-words.ts';
import { numberText } from '../elements/number-text.ts';
import { StateBadge } from '../elements/state-badge.tsx';
import { answerText, timelineOf } from './delivery-timeline.ts';
import { TimeText } from '../elements/time-text.tsx';

/** What became of the event at one destination, step by step. */
export function PlaceCard({
  delivery,
  place,
  recordedAt,
}: {
  delivery: Delivery;
  place: SentPlace | undefined;
  recordedAt: string;
}): ReactNode {
  const { title, tone, meaning } = statusOf(delivery.status);
  return (
    <article className="card place">
      <header>
        <h3>
          <Link href={`/destinations/${delivery.destination_id}`}>{delivery.destination_name}</Link>
        </h3>
        <span title={meaning}>
          <StateBadge tone={tone}>{title}</StateBadge>
        </span>
      </header>
      <dl className="record-facts">
        {place !== undefined && (
          <>
            <div>
              <dt>Number</dt>
              <dd className="number">{numberText(place.stream.seq)}</dd>
            </div>
            <div>
              <dt>Epoch</dt>
              <dd>
                <code>{place.stream.epoch ?? 'not known any more'}</code>
              </dd>
            </div>
            <div className="wide">
              <dt>SHA-256 as sent</dt>
              <dd>
                <code>{place.sha256}</code>
              </dd>
            </div>
          </>
        )}
        {place?.replayed === true && (
          <div>
            <dt>Sent again</dt>
            <dd>marked as replayed</dd>
          </div>
        )}
      </dl>
      <ol className="timeline">
        {timelineOf(delivery, place, recordedAt).map((step) => (
          <li key={`${step.at ?? ''} ${step.text}`} className={step.tone}>
            <span>{step.text}</span>
            {step.at !== undefined && <TimeText at={step.at} />}
            {step.answer !== undefined && <span className="muted">{answerText(step.answer)}</span>}
          </li>
        ))}
      </ol>
      {delivery.status === 'dead' && (
        <p>
          <Link href={`/dead-letters?attestation=${delivery.attestation_id ?? ''}`}>Retry or skip it</Link>
        </p>
      )}
    </article>
  );
}
