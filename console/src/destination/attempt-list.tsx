import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Attempt, Destination, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { EmptyState } from '../elements/empty-state.tsx';
import { bytesText, countText, numberText } from '../elements/number-text.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { TimeText } from '../elements/time-text.tsx';
import { may, useSession } from '../session/session.ts';
import '../list/list.css';

const PAGE_ITEMS = 50;
const MAX_ITEMS = 500;
/** The API leaves them out: to others they would be a way to feel through the networks of its host. */
const WITHOUT_REPLY =
  'Sends that got no reply at all are shown only to the operator of this service: a key with the scope admin for every workspace.';

/** The latest sends that failed, with what was asked and what the SIEM said. */
export function AttemptList({ destination }: { destination: Destination }): ReactNode {
  const [items, setItems] = useState(PAGE_ITEMS);
  const { data, problem } = useResource<Page<Attempt>>(
    `/v1/siem/destinations/${destination.destination_id}/attempts?limit=${items}`,
  );
  const { session } = useSession();
  const seesNetwork = may(session, 'admin') && session.workspace_id === null;
  if (problem !== undefined) return <ProblemNotice problem={problem} />;
  if (data?.items.length === 0) {
    return (
      <EmptyState title={seesNetwork ? 'No send failed lately' : 'The SIEM refused no send lately'}>
        <p>
          Only failed sends are kept here, the newest few hundred. What was delivered is on the page of its
          event, with its receipt.
        </p>
        {!seesNetwork && <p>{WITHOUT_REPLY}</p>}
      </EmptyState>
    );
  }
  return (
    <div className="card table-scroll">
      {!seesNetwork && <p className="muted attempts-note">{WITHOUT_REPLY}</p>}
      <table className="list as-cards">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Outcome</th>
            <th scope="col">Answer of the SIEM</th>
            <th scope="col">Request</th>
            <th scope="col" className="number">
              Took
            </th>
          </tr>
        </thead>
        <tbody>
          {data?.items.map((attempt) => (
            <AttemptRow key={`${attempt.at} ${attempt.first_seq}`} attempt={attempt} />
          ))}
        </tbody>
      </table>
      {data?.next_cursor != null && items < MAX_ITEMS && (
        <Button className="button quiet" onPress={() => setItems(Math.min(items * 2, MAX_ITEMS))}>
          Show more
        </Button>
      )}
    </div>
  );
}

function AttemptRow({
  attempt: { at, outcome, answer, events, bytes, first_seq: first },
}: {
  attempt: Attempt;
}): ReactNode {
  return (
    <tr>
      <td className="lead-cell word">
        <TimeText at={at} />
      </td>
      <td data-label="Outcome" className="word">
        {outcome.replaceAll('_', ' ')}
      </td>
      <td data-label="Answer">
        <span>
          {answer.status === null && <span className="muted">no reply · </span>}
          {answer.message ?? (
            <>
              {answer.status !== null && `HTTP ${answer.status}`} {answer.code}{' '}
              <span className="muted">words hidden: they need payloads:read</span>
            </>
          )}
        </span>
      </td>
      <td data-label="Request">
        <span>
          {countText(events, 'event')}, {bytesText(bytes)}
          <span className="muted"> from number {numberText(first)}</span>
        </span>
      </td>
      <td data-label="Took" className="number">
        {numberText(Math.round(answer.duration_ms))} ms
      </td>
    </tr>
  );
}
