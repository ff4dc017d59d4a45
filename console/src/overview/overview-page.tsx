import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Destination, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';

/** Whether every SIEM has everything, and what to do where it has not. */
export function OverviewPage(): ReactNode {
  const { data, problem, loading } = useResource<Page<Destination>>('/v1/siem/destinations?limit=500');
  return (
    <>
      <PageHeader title="Overview" />
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {loading && <Skeleton tall />}
      <ul>
        {data?.items.map((destination) => (
          <li key={destination.destination_id}>
            <Link href={`/destinations/${destination.destination_id}`}>{destination.name}</Link>
          </li>
        ))}
      </ul>
    </>
  );
}
