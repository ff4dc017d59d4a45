import { FIND_PATTERN, mayHoldPattern } from './patterns/find-pattern.ts';
import type { PatternName } from './patterns/pattern.ts';
import type { RecordHashes } from './record-hashes.ts';
import { REDACTED, type Replacement, replaced } from './replacement.ts';

/** A pattern and what is done with each match; of two that overlap the earlier in the list decides. */
export interface PatternRule {
  readonly pattern: PatternName;
  readonly replacement: Replacement;
}

interface Match {
  readonly start: number;
  readonly end: number;
  /** Place of its rule in the list. */
  readonly order: number;
}

/**
 * The text with every match replaced; the same text where there is none. Matches are looked for in the text as it was, so
 * what stands in for one is never taken for another. What overlaps is replaced as one, so that no half of it stays.
 */
export function redactPatterns(
  text: string,
  rules: readonly PatternRule[],
  hashes: RecordHashes,
  count: (pattern: PatternName) => void,
): string {
  if (rules.length === 0 || !mayHoldPattern(text)) return text;
  const matches = rules.flatMap(({ pattern }, order) =>
    FIND_PATTERN[pattern](text).map(({ start, end }): Match => ({ start, end, order })),
  );
  if (matches.length === 0) return text;
  let result = '';
  let done = 0;
  for (const { start, end, order } of merged(matches)) {
    const rule = rules[order];
    if (rule === undefined) continue;
    result += text.slice(done, start) + replaced(text.slice(start, end), rule.replacement, hashes);
    done = end;
    count(rule.pattern);
  }
  result += text.slice(done);
  // An empty text would read as one that was not given.
  return result === '' ? REDACTED : result;
}

function merged(matches: readonly Match[]): Match[] {
  const result: Match[] = [];
  for (const match of matches.toSorted((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last === undefined || match.start >= last.end) result.push(match);
    else {
      const end = Math.max(last.end, match.end);
      result[result.length - 1] = { start: last.start, end, order: Math.min(last.order, match.order) };
    }
  }
  return result;
}
