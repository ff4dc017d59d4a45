import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AuditRecord, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { useActorNames } from '../audit/use-actor-names.ts';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { TimeText } from '../elements/time-text.tsx';
import { apiPath } from '../list/query-filter.ts';
import { changedFields } from './changed-fields.ts';

const EVERY_MS = 5_000;
const MAX_SHOWN = 20;

/** Who did what to this destination, newest first. */
export function HappenedList({ destinationId }: { destinationId: string }): ReactNode {
  const { data, problem } = useResource<Page<AuditRecord>>(
    apiPath('/v1/audit', { subject: destinationId, limit: MAX_SHOWN }),
    EVERY_MS,
  );
  const nameOf = useActorNames();
  return (
    <section className="card panel" aria-label="What people did">
      <div className="panel-head">
        <h2>What people did</h2>
        <Link href={apiPath('/audit', { subject: destinationId })}>
          {data?.next_cursor === null ? 'In the audit trail' : 'All of it in the audit trail'}
        </Link>
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {data?.items.length === 0 && <p className="muted">Nobody has changed this destination.</p>}
      <ol className="happened">
        {data?.items.map((record) => (
          <li key={record.audit_id}>
            <TimeText at={record.at} />
            <span>
              <strong>{wordsOf(record.action)}</strong> by {nameOf(record.actor)}
              <Changed record={record} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Changed({ record }: { record: AuditRecord }): ReactNode {
  if (record.action === 'destination.tested') return <> {testText(record.after)}</>;
  const fields = changedFields(record.before, record.after);
  return fields.length === 0 ? null : <span className="muted"> · {fields.join(', ')}</span>;
}

function testText(after: unknown): string {
  const verdict =
    typeof after === 'object' && after !== null && 'verdict' in after ? after.verdict : undefined;
  return typeof verdict === 'string' ? `: ${verdict.replaceAll('_', ' ')}` : '';
}

/** `destination.created` becomes `Created`. */
function wordsOf(action: string): string {
  const word = (action.split('.').at(-1) ?? action).replaceAll('_', ' ');
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
