import type { ReactNode } from 'react';
import { Link } from 'wouter';

/** The way to the page that leads through a trouble: `siem-down` as "Runbook: siem down". */
export function RunbookLink({ name }: { name: string }): ReactNode {
  return (
    <Link className="runbook-link" href={`/runbooks/${name}`}>
      Runbook: {name.replaceAll('-', ' ')}
    </Link>
  );
}
