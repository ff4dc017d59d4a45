import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { EmptyState } from '../elements/empty-state.tsx';
import { type FilterFieldProps, FilterSelect } from './filter-field.tsx';
import type { QueryFilter } from './query-filter.ts';
import { TIME_RANGES } from './time-range.ts';

type Clearable = Pick<QueryFilter<string>, 'clear' | 'isEmpty'>;

/** The fields of a list's filter, and the way back to the whole list. */
export function FilterBar({ filter, children }: { filter: Clearable; children: ReactNode }): ReactNode {
  return (
    <search className="filters">
      {children}
      {!filter.isEmpty && (
        <Button className="button quiet" onPress={filter.clear}>
          Clear
        </Button>
      )}
    </search>
  );
}

/** Since when: the same choices for every list. */
export function FilterRange(props: FilterFieldProps): ReactNode {
  return (
    <FilterSelect
      {...props}
      any="Any time"
      options={TIME_RANGES.map(({ word: value, title }) => ({ value, title }))}
    />
  );
}

/** In place of a list that the filter leaves empty. */
export function NothingMatches({ filter, children }: { filter: Clearable; children: ReactNode }): ReactNode {
  return (
    <EmptyState title="Nothing matches">
      <p>{children}</p>
      <Button className="button" onPress={filter.clear}>
        Clear the filter
      </Button>
    </EmptyState>
  );
}
