import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

export interface QueryFilter<Name extends string> {
  /** The address as it stands. */
  readonly asked: URLSearchParams;
  readonly values: Readonly<Partial<Record<Name, string>>>;
  readonly cursor: string | undefined;
  /** Sets or, with an empty text, takes away; begins again at the first page. */
  readonly set: (name: Name, value: string) => void;
  readonly clear: () => void;
  readonly goTo: (cursor: string | undefined) => void;
  readonly isEmpty: boolean;
}

/** The filter and the page of a list, kept in the address: it can be sent to somebody, and "back" goes back. */
export function useQueryFilter<Name extends string>(names: readonly Name[]): QueryFilter<Name> {
  const [params, setParams] = useSearchParams();
  const { values, cursor } = filterOf(params, names);
  const set = useCallback(
    (name: Name, value: string) =>
      setParams((before) => {
        const after = new URLSearchParams(before);
        if (value === '') after.delete(name);
        else after.set(name, value);
        after.delete('cursor');
        return after;
      }),
    [setParams],
  );
  const goTo = useCallback(
    (cursor: string | undefined) =>
      setParams((before) => {
        const after = new URLSearchParams(before);
        if (cursor === undefined) after.delete('cursor');
        else after.set('cursor', cursor);
        return after;
      }),
    [setParams],
  );
  const clear = useCallback(() => setParams(new URLSearchParams()), [setParams]);
  const isEmpty = Object.keys(values).length === 0;
  return { asked: params, values, cursor, set, clear, goTo, isEmpty };
}

/** The filter and the page that an address asks for. An empty word is none. */
export function filterOf<Name extends string>(
  asked: URLSearchParams,
  names: readonly Name[],
): Pick<QueryFilter<Name>, 'values' | 'cursor'> {
  const values = Object.fromEntries(
    names.flatMap((name) => {
      const value = asked.get(name);
      return value === null || value === '' ? [] : [[name, value]];
    }),
  ) as Partial<Record<Name, string>>;
  return { values, cursor: asked.get('cursor') ?? undefined };
}

/** An address of the API with these parameters; those without a value are left out. */
export function apiPath(
  path: string,
  parameters: Readonly<Record<string, string | number | undefined>>,
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}
