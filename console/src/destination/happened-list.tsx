import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AuditRecord, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { TimeText } from '../elements/time-text.tsx';
import { changedFields } from './changed-fields.ts';

const EVERY_MS = 5_000;
const MAX_SHOWN = 20;

/** Who did what to this destination, from the newest part of the audit trail. */
export function HappenedList({ destinationId }: { destinationId: string }): ReactNode {
  const { data } = useResource<Page<AuditRecord>>('/v1/audit?limit=500', EVERY_MS);
  const records = (data?.items ?? [])
    .filter((record) => record.subject_id === destinationId)
    .slice(0, MAX_SHOWN);
  return (
    <section className="card panel" aria-label="What people did">
      <div className="panel-head">
        <h2>What people did</h2>
        <Link href="/audit">Whole audit trail</Link>
      </div>
      {data !== undefined && records.length === 0 && (
        <p className="muted">Nothing among the newest 500 records of the audit trail.</p>
      )}
      <ol className="happened">
        {records.map((record) => (
          <li key={record.audit_id}>
            <TimeText at={record.at} />
            <span>
              <strong>{wordsOf(record.action)}</strong> by <code>{record.actor}</code>
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
