import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { AuditRecord, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { EmptyState } from '../elements/empty-state.tsx';
import { useReadingTime } from '../live/use-reading-time.ts';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { TimeText } from '../elements/time-text.tsx';
import { visible } from '../event/json-tokens.ts';
import { NothingMatches } from '../list/filter-bar.tsx';
import { Pager } from '../list/pager.tsx';
import { apiPath, useQueryFilter } from '../list/query-filter.ts';
import { useKept } from '../list/use-kept.ts';
import { useRowKeys } from '../shell/use-row-keys.ts';
import { AuditFilters } from './audit-filters.tsx';
import { AUDIT_NAMES, auditPath } from './audit-path.ts';
import { actionText, subjectLink } from './audit-words.ts';
import { changedMembers } from './changed-members.ts';
import { subjectName } from './subject-name.ts';
import { useActorNames } from './use-actor-names.ts';
import './audit.css';

/** Who changed what, and when. Nothing here can be changed or taken away. */
export default function AuditPage(): ReactNode {
  const filter = useQueryFilter(AUDIT_NAMES);
  const {
    data: read,
    problem,
    loading,
  } = useResource<Page<AuditRecord>>(auditPath(filter.asked, useReadingTime()));
  const { shown: data, isStale } = useKept(read);
  const rows = useRowKeys<HTMLOListElement>();
  const nameOf = useActorNames();
  return (
    <>
      <PageHeader
        title="Audit"
        lead="Every change, with who made it and what it was before. Secrets stand here as fingerprints only."
      />
      <AuditFilters filter={filter} items={data?.items ?? []} nameOf={nameOf} />
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {data === undefined && loading && <Skeleton lines={8} />}
      {data?.items.length === 0 &&
        (filter.isEmpty ? (
          <EmptyState title="Nothing was changed yet">
            <p>Each change of a destination, key, replay or dead letter leaves a line here.</p>
          </EmptyState>
        ) : (
          <NothingMatches filter={filter}>
            No change has all of these. Take one of them away, or widen the time.
          </NothingMatches>
        ))}
      {data !== undefined && data.items.length > 0 && (
        <div className={isStale ? 'card list-card stale' : 'card list-card'}>
          <ol className="audit" ref={rows}>
            {data.items.map((record) => (
              <AuditRow key={record.audit_id} record={record} actor={nameOf(record.actor)} />
            ))}
          </ol>
          <Pager cursor={filter.cursor} next={data.next_cursor} onGo={filter.goTo} />
        </div>
      )}
    </>
  );
}

function AuditRow({ record, actor }: { record: AuditRecord; actor: string }): ReactNode {
  const link = subjectLink(record.action, record.subject_id);
  const changes = changedMembers(record.before, record.after);
  const name = subjectName(record.action, record.before, record.after);
  return (
    <li>
      <details>
        <summary data-row="">
          <span className="audit-what">
            <strong>{actor}</strong> {actionText(record.action)}
            {name !== undefined && <>: {visible(name)}</>}
          </span>
          <TimeText at={record.at} />
        </summary>
        <dl className="audit-facts">
          <dt>Subject</dt>
          <dd>
            {link === undefined ? (
              <code>{visible(record.subject_id)}</code>
            ) : (
              <Link href={link}>
                <code>{record.subject_id}</code>
              </Link>
            )}
            <Link className="audit-all" href={apiPath('/audit', { subject: record.subject_id })}>
              All that was done to it
            </Link>
          </dd>
          <dt>Actor</dt>
          <dd>
            <code>{visible(record.actor)}</code>
            <Link className="audit-all" href={apiPath('/audit', { actor: record.actor })}>
              All that they did
            </Link>
          </dd>
          <dt>Action</dt>
          <dd>
            <code>{record.action}</code>
          </dd>
          <dt>Workspace</dt>
          <dd>{visible(record.workspace_id)}</dd>
          {record.request_id !== null && (
            <>
              <dt>Request</dt>
              <dd>
                <code>{record.request_id}</code>
              </dd>
            </>
          )}
          {changes.map(({ path, left, right }) => (
            <AuditChange key={path} path={path} before={left} after={right} />
          ))}
        </dl>
      </details>
    </li>
  );
}

function AuditChange({
  path,
  before,
  after,
}: {
  path: string;
  before: string | undefined;
  after: string | undefined;
}): ReactNode {
  return (
    <>
      <dt>
        <code>{visible(path)}</code>
      </dt>
      <dd className="audit-change">
        {before !== undefined && <del>{visible(before)}</del>}
        {after !== undefined && <ins>{visible(after)}</ins>}
      </dd>
    </>
  );
}
