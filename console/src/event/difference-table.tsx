import { type ReactNode, useMemo } from 'react';
import type { SentPlace } from '../api/delivery-types.ts';
import { differencesOf } from './event-difference.ts';
import { visible } from './json-tokens.ts';

/** The paths at which two events differ, side by side. */
export function DifferenceTable({ left, right }: { left: SentPlace; right: SentPlace }): ReactNode {
  const differences = useMemo(
    () => differencesOf(left.event_text ?? 'null', right.event_text ?? 'null'),
    [left.event_text, right.event_text],
  );
  if (differences.length === 0) return <p className="muted">They are the same.</p>;
  return (
    <div className="card table-scroll">
      <table className="list stack differences">
        <thead>
          <tr>
            <th scope="col">Path</th>
            <th scope="col">{left.destination_name}</th>
            <th scope="col">{right.destination_name}</th>
          </tr>
        </thead>
        <tbody>
          {differences.map((difference) => (
            <tr key={difference.path}>
              <td className="lead-cell">
                <code>{visible(difference.path)}</code>
              </td>
              <td data-label={left.destination_name}>{valueOf(difference.left)}</td>
              <td data-label={right.destination_name}>{valueOf(difference.right)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function valueOf(text: string | undefined): ReactNode {
  return text === undefined ? <span className="muted">not there</span> : <code>{visible(text)}</code>;
}
