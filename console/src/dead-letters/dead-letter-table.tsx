import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { DeadLetter } from '../api/api-types.ts';
import { numberText } from '../elements/number-text.ts';
import { StateBadge } from '../elements/state-badge.tsx';
import { AgeText } from '../elements/time-text.tsx';
import { answerText } from '../event/delivery-timeline.ts';
import { visible } from '../event/json-tokens.ts';
import { useRowKeys } from '../shell/use-row-keys.ts';

/** Dead letters as rows, with a box each where a person may act on them. */
export function DeadLetterTable({
  items,
  selected,
  onSelect,
  nameOf,
}: {
  items: readonly DeadLetter[];
  selected: ReadonlySet<string>;
  /** Absent: the person may only look. */
  onSelect: ((ids: readonly string[], isSelected: boolean) => void) | undefined;
  nameOf: (destinationId: string) => string;
}): ReactNode {
  const rows = useRowKeys<HTMLTableElement>();
  const ids = items.filter(({ status }) => status === 'dead').map(({ dead_letter_id: id }) => id);
  const all = ids.length > 0 && ids.every((id) => selected.has(id));
  return (
    <table className="list as-cards" ref={rows}>
      <thead>
        <tr>
          {onSelect !== undefined && (
            <th scope="col">
              <input
                type="checkbox"
                aria-label="All on this page"
                checked={all}
                onChange={(event) => onSelect(ids, event.currentTarget.checked)}
              />
            </th>
          )}
          <th scope="col">Reason</th>
          <th scope="col">Attestation</th>
          <th scope="col">Destination</th>
          <th scope="col">State</th>
          <th scope="col" className="number">
            Sends
          </th>
          <th scope="col">Went dead</th>
        </tr>
      </thead>
      <tbody>
        {items.map((letter) => (
          <tr key={letter.dead_letter_id}>
            {onSelect !== undefined && (
              <td className="lead-cell above pick">
                {letter.status === 'dead' && (
                  <input
                    type="checkbox"
                    aria-label={`Choose ${letter.attestation_id ?? letter.event_uid ?? letter.dead_letter_id}`}
                    checked={selected.has(letter.dead_letter_id)}
                    onChange={(event) => onSelect([letter.dead_letter_id], event.currentTarget.checked)}
                  />
                )}
              </td>
            )}
            <td className="lead-cell reason">
              <strong>{letter.code.replaceAll('_', ' ')}</strong>
              <span className="muted">{reasonText(letter)}</span>
            </td>
            <td data-label="Attestation">
              {letter.attestation_id === null ? (
                <span className="id">{letter.event_uid}</span>
              ) : (
                <Link href={`/events/${letter.attestation_id}`} className="row-link" data-row="">
                  <span className="id">{letter.attestation_id}</span>
                </Link>
              )}
            </td>
            <td data-label="Destination" className="one-line">
              {nameOf(letter.destination_id)}
            </td>
            <td data-label="State">
              {letter.status === 'dead' ? (
                <StateBadge tone="bad">Waits for you</StateBadge>
              ) : (
                <span title={`${letter.skipped_by ?? ''}: ${letter.skip_reason ?? ''}`}>
                  <StateBadge tone="idle">Skipped</StateBadge>
                  <span className="skip-reason muted">{letter.skip_reason}</span>
                </span>
              )}
            </td>
            <td data-label="Sends" className="number">
              {numberText(letter.attempts ?? 0)}
            </td>
            <td data-label="Went dead">{letter.dead_at !== undefined && <AgeText at={letter.dead_at} />}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** In the words of whoever refused it: the SIEM, or our own parser. */
function reasonText({ answer, message }: DeadLetter): string {
  return visible(answer == null ? (message ?? '') : answerText(answer));
}
