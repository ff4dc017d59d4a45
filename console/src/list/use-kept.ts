import { useState } from 'react';

/** The page before stays, marked as stale, until the next one is there: a list that vanishes at each filter cannot be read. */
export function useKept<Data>(data: Data | undefined): {
  readonly shown: Data | undefined;
  readonly isStale: boolean;
} {
  const [kept, setKept] = useState(data);
  if (data !== undefined && data !== kept) setKept(data);
  return { shown: data ?? kept, isStale: data === undefined && kept !== undefined };
}
