import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { EmptyState } from '../elements/empty-state.tsx';
import { useMay } from '../session/session.ts';

/** What a new installation needs. */
export function FirstSteps(): ReactNode {
  const mayAdd = useMay('destinations:write');
  return (
    <EmptyState title="No SIEM gets your decisions yet">
      <ol>
        <li>
          <strong>Add a destination</strong>: a Splunk HTTP Event Collector, or a Microsoft Sentinel
          workspace. The form says where each value is found, and a test says what is wrong before anything is
          sent.
        </li>
        <li>
          <strong>Record a decision</strong>: from your code with the library, over <a href="/docs">REST</a>,
          or to try it <code>aegis-siem attest &lt; attestation.json</code>.
        </li>
        <li>
          <strong>Watch it arrive</strong> here. Every event has a number in its destination's stream, so that
          the SIEM can tell whether one is missing.
        </li>
      </ol>
      {mayAdd ? (
        <Link href="/destinations/new" className="button primary">
          Add a destination
        </Link>
      ) : (
        <p className="muted">Your key may not add one: that needs the scope destinations:write.</p>
      )}
    </EmptyState>
  );
}
