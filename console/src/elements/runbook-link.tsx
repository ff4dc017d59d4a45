import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { runbookTitle } from './runbook-title.ts';

/** The way to the page that leads through a trouble: `siem-down` as "Runbook: SIEM down". */
export function RunbookLink({ name }: { name: string }): ReactNode {
  return (
    <Link className="runbook-link" href={`/runbooks/${name}`}>
      Runbook: {runbookTitle(name)}
    </Link>
  );
}
