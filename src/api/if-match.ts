import { Problem } from './problem.ts';

/** The row version that `If-Match` names: `"3"`, `3` or `*` (any). Undefined when nothing is asked. Throws `bad_request`. */
export function expectedVersion(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const digits = /^\s*(?:W\/)?"?(?<version>\d{1,15})"?\s*$/.exec(header)?.groups?.['version'];
  if (digits === undefined) {
    throw new Problem('bad_request', 'If-Match must be the ETag of one version, such as "3".');
  }
  return Number(digits);
}

/** Both versions are in the answer, so that a person can see what happened. */
export function staleVersion(expected: number | undefined, current: number): Problem {
  return new Problem('stale_version', `It has version ${current} now.`, {
    extra: { expected_version: expected ?? null, current_version: current },
  });
}
