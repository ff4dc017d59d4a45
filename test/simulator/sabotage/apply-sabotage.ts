import type { Sabotage } from './sabotage.ts';

/** The source with the bug in it. Throws unless the place is there exactly once: a sabotage that misses proves nothing. */
export function applySabotage({ name, file, find, replace }: Sabotage, source: string): string {
  const parts = source.split(find);
  if (parts.length !== 2) {
    throw new Error(
      `Sabotage '${name}': its text stands ${parts.length - 1} times in ${file}; correct its find`,
    );
  }
  return parts.join(replace);
}
