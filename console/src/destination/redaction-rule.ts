import type { Destination } from '../api/api-types.ts';

/** One rule of what a destination must not see: either `fields` or `patterns`. */
export interface RedactionRule {
  readonly action: string;
  readonly fields?: readonly string[];
  readonly patterns?: readonly string[];
  readonly keep?: number;
}

/** Rules as the API answers them, which checked them when they were set. */
export function rulesOf(stored: Destination['redaction']): readonly RedactionRule[] {
  return (stored ?? []).map((rule) => ({ action: '', ...rule }));
}
