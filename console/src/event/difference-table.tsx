import { type ReactNode, useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { SentPlace } from '../api/delivery-types.ts';
import { numberText } from '../elements/number-text.ts';
import { differencesOf } from './event-difference.ts';
import { visible } from './json-tokens.ts';

/** Rows shown at first: two classes differ in nearly everything. */
const FIRST_ROWS = 25;

/** The paths at which two events differ, side by side. */
export function DifferenceTable({ left, right }: { left: SentPlace; right: SentPlace }): ReactNode {
  const differences = useMemo(
    () => differencesOf(left.event_text ?? 'null', right.event_text ?? 'null'),
    [left.event_text, right.event_text],
  );
  const [all, setAll] = useState(false);
  const shown = all ? differences : differences.slice(0, FIRST_ROWS);
  if (differences.length === 0) return <p className="muted">They are the same.</p>;
  return (
    <div className="card table-scroll">
      <table className="list as-cards differences">
        <thead>
          <tr>
            <th scope="col">Path</th>
            <th scope="col">{left.destination_name}</th>
            <th scope="col">{right.destination_name}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((difference) => (
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
      {shown.length < differences.length && (
        <div className="more-rows">
          <Button className="button small" onPress={() => setAll(true)}>
            Show all {numberText(differences.length)} differences
          </Button>
        </div>
      )}
    </div>
  );
}

function valueOf(text: string | undefined): ReactNode {
  return text === undefined ? <span className="muted">not there</span> : <code>{visible(text)}</code>;
}
