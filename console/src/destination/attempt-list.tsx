import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { Attempt, Destination, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { EmptyState } from '../elements/empty-state.tsx';
import { bytesText, countText, numberText } from '../elements/number-text.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { TimeText } from '../elements/time-text.tsx';

const PAGE_ITEMS = 50;
const MAX_ITEMS = 500;

/** The latest sends that failed, with what was asked and what the SIEM said. */
export function AttemptList({ destination }: { destination: Destination }): ReactNode {
  const [items, setItems] = useState(PAGE_ITEMS);
  const { data, problem } = useResource<Page<Attempt>>(
    `/v1/siem/destinations/${destination.destination_id}/attempts?limit=${items}`,
  );
  if (problem !== undefined) return <ProblemNotice problem={problem} />;
  if (data?.items.length === 0) {
    return (
      <EmptyState title="No send failed lately">
        <p>
          Only failed sends are kept here, the newest few hundred. What was delivered is on the page of its
          event, with its receipt.
        </p>
      </EmptyState>
    );
  }
  return (
    <div className="card table-scroll">
      <table className="list">
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
      <td>
        <TimeText at={at} />
      </td>
      <td>{outcome.replaceAll('_', ' ')}</td>
      <td>
        {answer.status === null && <span className="muted">no reply · </span>}
        {answer.message ?? (
          <>
            {answer.status !== null && `HTTP ${answer.status}`} {answer.code}{' '}
            <span className="muted">words hidden: they need payloads:read</span>
          </>
        )}
      </td>
      <td>
        {countText(events, 'event')}, {bytesText(bytes)}
        <span className="muted"> from number {numberText(first)}</span>
      </td>
      <td className="number">{numberText(Math.round(answer.duration_ms))} ms</td>
    </tr>
  );
}
