import type { ReactNode } from 'react';
import type { DeliveryPage } from '../api/delivery-types.ts';
import { useResource } from '../api/use-resource.ts';
import { EmptyState } from '../elements/empty-state.tsx';
import { useReadingTime } from '../live/use-reading-time.ts';
import { countText } from '../elements/number-text.ts';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { TimeText } from '../elements/time-text.tsx';
import { FilterBar, FilterRange, NothingMatches } from '../list/filter-bar.tsx';
import { FilterSelect, FilterText } from '../list/filter-field.tsx';
import { Pager } from '../list/pager.tsx';
import { type QueryFilter, useQueryFilter } from '../list/query-filter.ts';
import { useKept } from '../list/use-kept.ts';
import { useDestinations } from '../list/use-destinations.ts';
import { useMay } from '../session/session.ts';
import { DELIVERY_NAMES, deliveriesPath } from './deliveries-path.ts';
import { DeliveryTable } from './delivery-table.tsx';
import { STATUSES } from './delivery-words.ts';

/** Every event on its way to every SIEM, newest first. */
export default function DeliveriesPage(): ReactNode {
  const filter = useQueryFilter(DELIVERY_NAMES);
  const path = deliveriesPath(filter.asked, useReadingTime());
  const { data: read, problem, loading } = useResource<DeliveryPage>(path);
  const { shown: data, isStale } = useKept(read);
  return (
    <>
      <PageHeader
        title="Deliveries"
        lead="One row for each event and destination, newest first. Open one to see what was sent."
      />
      <Filters filter={filter} page={data} />
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {data === undefined && loading && <Skeleton lines={8} />}
      {data !== undefined && (
        <div className={isStale ? 'card list-card stale' : 'card list-card'}>
          {data.items.length === 0 ? (
            <NothingFound filter={filter} page={data} />
          ) : (
            <div className="table-scroll">
              <DeliveryTable items={data.items} />
            </div>
          )}
          <Pager cursor={filter.cursor} next={data.next_cursor} onGo={filter.goTo}>
            {data.looked_back_to !== null && (
              <>
                {countText(data.items.length, 'delivery', 'deliveries')}, back to{' '}
                <TimeText at={data.looked_back_to} />
              </>
            )}
          </Pager>
        </div>
      )}
    </>
  );
}

function Filters({
  filter,
  page,
}: {
  filter: QueryFilter<(typeof DELIVERY_NAMES)[number]>;
  page: DeliveryPage | undefined;
}): ReactNode {
  const { values, set } = filter;
  const { destinations } = useDestinations();
  const mayRead = useMay('payloads:read');
  return (
    <FilterBar filter={filter}>
      <FilterText
        label="Attestation"
        value={values.attestation}
        onChange={(value) => set('attestation', value)}
        placeholder="attestation id"
        search
        wide
      />
      <FilterSelect
        label="Status"
        value={values.status}
        onChange={(value) => set('status', value)}
        any="Any"
        options={STATUSES}
      />
      <FilterSelect
        label="Destination"
        value={values.destination}
        onChange={(value) => set('destination', value)}
        any="All"
        options={destinations.map(({ destination_id: value, name: title }) => ({ value, title }))}
      />
      <FilterRange label="Recorded" value={values.range} onChange={(value) => set('range', value)} />
      {mayRead && (
        <>
          <FilterText
            label="Tool"
            value={values.tool}
            onChange={(value) => set('tool', value)}
            placeholder="crm.*"
            seen={wordsOf(page, 'tool_name')}
          />
          <FilterText
            label="Agent"
            value={values.agent}
            onChange={(value) => set('agent', value)}
            placeholder="agent id"
            seen={wordsOf(page, 'agent_id')}
          />
        </>
      )}
    </FilterBar>
  );
}

function wordsOf(page: DeliveryPage | undefined, field: 'tool_name' | 'agent_id'): readonly string[] {
  const words = page?.items.map((item) => item[field]).filter((word) => word !== null) ?? [];
  return [...new Set(words)].toSorted((one, other) => one.localeCompare(other));
}

function NothingFound({
  filter,
  page,
}: {
  filter: QueryFilter<(typeof DELIVERY_NAMES)[number]>;
  page: DeliveryPage;
}): ReactNode {
  if (page.next_cursor !== null) {
    return (
      <EmptyState title={`None among ${countText(page.records_looked_at, 'record')}`}>
        <p>
          A page looks at a bounded number of records, so that a rare filter never holds up the service. Go on
          with the next page, or narrow the time.
        </p>
      </EmptyState>
    );
  }
  if (!filter.isEmpty) {
    return (
      <NothingMatches filter={filter}>
        No delivery has all of these. Take one of them away, or widen the time.
      </NothingMatches>
    );
  }
  return (
    <EmptyState title="No deliveries yet">
      <p>
        An attestation that is recorded gets one delivery for each active destination of its workspace. Send a
        first one:
      </p>
      <pre>
        <code>{firstRequest(location.origin)}</code>
      </pre>
    </EmptyState>
  );
}

/** What records a decision from a shell, as the README has it. */
function firstRequest(origin: string): string {
  return [
    `curl -sS ${origin}/v1/attestations`,
    '-H "Authorization: Bearer $AEGIS_SIEM_API_KEY"',
    "-H 'Content-Type: application/json'",
    '--data-binary @attestation.json',
  ].join(' \\\n  ');
}
