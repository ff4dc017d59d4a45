import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { ListedDelivery } from '../api/delivery-types.ts';
import { numberText } from '../elements/number-text.ts';
import { StateBadge } from '../elements/state-badge.tsx';
import { AgeText, TimeText } from '../elements/time-text.tsx';
import { useMay } from '../session/session.ts';
import { useRowKeys } from '../shell/use-row-keys.ts';
import { statusOf } from './delivery-words.ts';
import { VerdictWord } from './verdict-word.tsx';

/** Deliveries as rows; each is a link to its event. */
export function DeliveryTable({ items }: { items: readonly ListedDelivery[] }): ReactNode {
  const rows = useRowKeys<HTMLTableElement>();
  const mayRead = useMay('payloads:read');
  return (
    <table className="list as-cards dense" ref={rows}>
      <thead>
        <tr>
          <th scope="col">{mayRead ? 'Tool' : 'Attestation'}</th>
          {mayRead && <th scope="col">Verdict</th>}
          {mayRead && (
            <th scope="col" className="wide-only">
              Agent
            </th>
          )}
          <th scope="col">Destination</th>
          <th scope="col">Status</th>
          <th scope="col" className="number wide-only">
            Number
          </th>
          <th scope="col" className="wide-only">
            Recorded
          </th>
          <th scope="col">Finished</th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <DeliveryRow key={keyOf(item)} item={item} mayRead={mayRead} />
        ))}
      </tbody>
    </table>
  );
}

function DeliveryRow({ item, mayRead }: { item: ListedDelivery; mayRead: boolean }): ReactNode {
  const { title, tone, meaning } = statusOf(item.status);
  return (
    <tr>
      <td className="lead-cell" title={item.tool_name ?? undefined}>
        <EventLink item={item} />
      </td>
      {mayRead && (
        <td data-label="Verdict">{item.verdict !== null && <VerdictWord verdict={item.verdict} />}</td>
      )}
      {mayRead && (
        <td data-label="Agent" className="wide-only" title={item.agent_id ?? undefined}>
          {item.agent_id}
        </td>
      )}
      <td data-label="Destination">{item.destination_name}</td>
      <td data-label="Status" title={meaning}>
        <StateBadge tone={tone}>{title}</StateBadge>
      </td>
      <td data-label="Number" className="number wide-only">
        {typeof item.seq === 'number' ? numberText(item.seq) : null}
      </td>
      <td data-label="Recorded" className="wide-only">
        {item.recorded_at !== undefined && <TimeText at={item.recorded_at} />}
      </td>
      <td data-label="Finished">
        {typeof item.finished_at === 'string' && <AgeText at={item.finished_at} />}
      </td>
    </tr>
  );
}

/** Other events have no page of their own: their record is their OCSF event. */
function EventLink({ item }: { item: ListedDelivery }): ReactNode {
  if (item.attestation_id === null) return <span className="id">{item.event_uid}</span>;
  return (
    <Link href={`/events/${item.attestation_id}`} className="row-link" data-row="">
      {item.tool_name ?? <span className="id">{item.attestation_id}</span>}
    </Link>
  );
}

function keyOf({
  destination_id: destination,
  attestation_id: id,
  event_uid: uid,
  seq,
  status,
}: ListedDelivery): string {
  return `${destination} ${id ?? uid ?? ''} ${seq ?? ''} ${status}`;
}
