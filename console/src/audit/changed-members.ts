import { type Difference, differencesOf } from '../event/event-difference.ts';

/** What an action changed, by path: only what differs, where both sides are known. */
export function changedMembers(before: unknown, after: unknown): readonly Difference[] {
  return differencesOf(JSON.stringify(before ?? {}), JSON.stringify(after ?? {})).filter(
    ({ path }) => path !== '',
  );
}
