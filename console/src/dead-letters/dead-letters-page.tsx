import { type ReactNode, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { DeadLetter, Page } from '../api/api-types.ts';
import { useResource } from '../api/use-resource.ts';
import { EmptyState } from '../elements/empty-state.tsx';
import { useReadingTime } from '../live/use-reading-time.ts';
import { countText, numberText } from '../elements/number-text.ts';
import { PageHeader } from '../elements/page-header.tsx';
import { ProblemNotice } from '../elements/problem-notice.tsx';
import { RunbookLink } from '../elements/runbook-link.tsx';
import { Skeleton } from '../elements/skeleton.tsx';
import { FilterBar, FilterRange, NothingMatches } from '../list/filter-bar.tsx';
import { FilterSelect, FilterText } from '../list/filter-field.tsx';
import { Pager } from '../list/pager.tsx';
import { type QueryFilter, useQueryFilter } from '../list/query-filter.ts';
import { rangeStart } from '../list/time-range.ts';
import { useKept } from '../list/use-kept.ts';
import { useDestinations } from '../list/use-destinations.ts';
import { useMay } from '../session/session.ts';
import { ActDialog } from './act-dialog.tsx';
import { LETTER_NAMES, deadLettersPath } from './dead-letters-path.ts';
import { DeadLetterTable } from './dead-letter-table.tsx';
import { filterChoice, type LetterAct, type LetterChoice } from './letter-choice.ts';
import './dead-letters.css';

type Filter = QueryFilter<(typeof LETTER_NAMES)[number]>;

/** What a SIEM refused for good, and what a person does about it. */
export default function DeadLettersPage(): ReactNode {
  const filter = useQueryFilter(LETTER_NAMES);
  const { range, status = 'dead' } = filter.values;
  const nowMs = useReadingTime();
  const from = rangeStart(range, nowMs);
  const {
    data: read,
    problem,
    loading,
  } = useResource<Page<DeadLetter>>(deadLettersPath(filter.asked, nowMs));
  const { shown: data, isStale } = useKept(read);
  const mayAct = useMay('deliveries:replay');
  const { nameOf } = useDestinations();
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [open, setOpen] = useState<{ readonly act: LetterAct; readonly choice: LetterChoice }>();
  const [said, setSaid] = useState<string>();

  const begin = (act: LetterAct): void => {
    setSaid(undefined);
    const choice: LetterChoice =
      selected.size > 0
        ? { kind: 'ids', ids: [...selected] }
        : filterChoice(filter.values, from, new Date().toISOString());
    setOpen({ act, choice });
  };
  const done = (act: LetterAct, count: number): void => {
    setOpen(undefined);
    setSelected(new Set());
    setSaid(
      act === 'retry'
        ? `${countText(count, 'dead letter')} sent on their way again.`
        : `${countText(count, 'dead letter')} given up.`,
    );
  };
  const acts = mayAct && !isStale && status === 'dead' && (data?.items.length ?? 0) > 0;
  return (
    <>
      <PageHeader
        title="Dead letters"
        lead={
          <>
            Events that a SIEM refused while it took others. They wait here for a person; nothing is dropped.{' '}
            <RunbookLink name="poison-event" />
          </>
        }
      />
      <Filters filter={filter} items={data?.items ?? []} />
      {problem !== undefined && <ProblemNotice problem={problem} />}
      <p role="status" className={said === undefined ? 'said' : 'said notice good'}>
        {said}
      </p>
      {data === undefined && loading && <Skeleton lines={6} />}
      {acts && (
        <div className="letter-acts">
          <span className="muted">
            {selected.size > 0
              ? `${numberText(selected.size)} chosen`
              : filter.isEmpty
                ? 'None chosen: the buttons are for all'
                : 'None chosen: the buttons are for all that match'}
          </span>
          <Button className="button primary" onPress={() => begin('retry')}>
            {selected.size > 0 ? 'Retry chosen…' : 'Retry all…'}
          </Button>
          <Button className="button" onPress={() => begin('skip')}>
            {selected.size > 0 ? 'Skip chosen…' : 'Skip all…'}
          </Button>
        </div>
      )}
      {data !== undefined && (
        <div className={isStale ? 'card list-card stale' : 'card list-card'}>
          {data.items.length === 0 ? (
            <NoLetters filter={filter} />
          ) : (
            <div className="table-scroll">
              <DeadLetterTable
                items={data.items}
                selected={selected}
                nameOf={nameOf}
                onSelect={mayAct ? (ids, is) => setSelected(withIds(selected, ids, is)) : undefined}
              />
            </div>
          )}
          <Pager cursor={filter.cursor} next={data.next_cursor} onGo={filter.goTo} />
        </div>
      )}
      {open !== undefined && (
        <ActDialog
          act={open.act}
          choice={open.choice}
          onClose={() => setOpen(undefined)}
          onDone={(count) => done(open.act, count)}
        />
      )}
    </>
  );
}

function withIds(
  before: ReadonlySet<string>,
  ids: readonly string[],
  isSelected: boolean,
): ReadonlySet<string> {
  const after = new Set(before);
  for (const id of ids) {
    if (isSelected) after.add(id);
    else after.delete(id);
  }
  return after;
}

function Filters({ filter, items }: { filter: Filter; items: readonly DeadLetter[] }): ReactNode {
  const { values, set } = filter;
  const { destinations } = useDestinations();
  const codes = [...new Set(items.map(({ code }) => code))];
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
      <FilterText
        label="Reason"
        value={values.code}
        onChange={(value) => set('code', value)}
        placeholder="code"
        seen={codes}
      />
      <FilterSelect
        label="Destination"
        value={values.destination}
        onChange={(value) => set('destination', value)}
        any="All"
        options={destinations.map(({ destination_id: value, name: title }) => ({ value, title }))}
      />
      <FilterRange label="Went dead" value={values.range} onChange={(value) => set('range', value)} />
      <FilterSelect
        label="State"
        value={values.status}
        onChange={(value) => set('status', value)}
        any="Waiting"
        options={[{ value: 'skipped', title: 'Skipped' }]}
      />
    </FilterBar>
  );
}

function NoLetters({ filter }: { filter: Filter }): ReactNode {
  if (!filter.isEmpty) {
    return <NothingMatches filter={filter}>No dead letter has all of these.</NothingMatches>;
  }
  return (
    <EmptyState title="No dead letters">
      <p>
        An event comes here only when its SIEM refused it and took others after it. A wrong token, a full disk
        or an outage never brings one: then everything waits, and goes on by itself.
      </p>
    </EmptyState>
  );
}
