import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import type { AuditRecord } from '../api/api-types.ts';
import { FilterSelect, FilterText } from '../list/filter-field.tsx';
import type { QueryFilter } from '../list/query-filter.ts';
import { TIME_RANGES } from '../list/time-range.ts';
import type { AUDIT_NAMES } from './audit-path.ts';
import { AUDIT_ACTIONS } from './audit-words.ts';

/** What is asked of the audit: what it happened to, who did it, what was done, since when. */
export function AuditFilters({
  filter: { values, set, clear, isEmpty },
  items,
  nameOf,
}: {
  filter: QueryFilter<(typeof AUDIT_NAMES)[number]>;
  /** What is on show: its actors are the ones to choose from. */
  items: readonly AuditRecord[];
  nameOf: (actor: string) => string;
}): ReactNode {
  const actors = [...new Set(items.map(({ actor }) => actor))]
    .map((value) => ({ value, title: nameOf(value) }))
    .toSorted((one, other) => one.title.localeCompare(other.title));
  const { actor } = values;
  if (actor !== undefined && !actors.some(({ value }) => value === actor)) {
    actors.push({ value: actor, title: nameOf(actor) });
  }
  return (
    <search className="filters">
      <FilterText
        label="Subject"
        value={values.subject}
        onChange={(value) => set('subject', value)}
        placeholder="id of a destination, key, replay"
        search
        wide
      />
      <FilterSelect
        label="Actor"
        value={actor}
        onChange={(value) => set('actor', value)}
        any="Anyone"
        options={actors}
      />
      <FilterSelect
        label="Action"
        value={values.action}
        onChange={(value) => set('action', value)}
        any="Any"
        options={AUDIT_ACTIONS}
      />
      <FilterSelect
        label="When"
        value={values.range}
        onChange={(value) => set('range', value)}
        any="Any time"
        options={TIME_RANGES.map(({ word: value, title }) => ({ value, title }))}
      />
      {!isEmpty && (
        <Button className="button quiet" onPress={clear}>
          Clear
        </Button>
      )}
    </search>
  );
}
