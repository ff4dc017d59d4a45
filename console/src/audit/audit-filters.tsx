import type { ReactNode } from 'react';
import type { AuditRecord } from '../api/api-types.ts';
import { FilterBar, FilterRange } from '../list/filter-bar.tsx';
import { FilterSelect, FilterText } from '../list/filter-field.tsx';
import type { QueryFilter } from '../list/query-filter.ts';
import type { AUDIT_NAMES } from './audit-path.ts';
import { AUDIT_ACTIONS } from './audit-words.ts';

/** What is asked of the audit: what it happened to, who did it, what was done, since when. */
export function AuditFilters({
  filter,
  items,
  nameOf,
}: {
  filter: QueryFilter<(typeof AUDIT_NAMES)[number]>;
  /** What is on show: its actors are the ones to choose from. */
  items: readonly AuditRecord[];
  nameOf: (actor: string) => string;
}): ReactNode {
  const { values, set } = filter;
  const actors = [...new Set(items.map(({ actor }) => actor))]
    .map((value) => ({ value, title: nameOf(value) }))
    .toSorted((one, other) => one.title.localeCompare(other.title));
  const { actor } = values;
  if (actor !== undefined && !actors.some(({ value }) => value === actor)) {
    actors.push({ value: actor, title: nameOf(actor) });
  }
  return (
    <FilterBar filter={filter}>
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
      <FilterRange label="When" value={values.range} onChange={(value) => set('range', value)} />
    </FilterBar>
  );
}
