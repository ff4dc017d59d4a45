import { RecordHashes } from './record-hashes.ts';
import type { PatternName } from './patterns/pattern.ts';
import type { RedactionAction } from './redaction-rule.ts';

/** One line of `unmapped.aegis.redacted`: a field or a pattern, what was done, and how often. Never a value. */
export interface Redaction {
  readonly field?: string;
  readonly pattern?: PatternName;
  readonly action: RedactionAction;
  readonly count: number;
}

/** Counts what is redacted of one record, and keeps its hashes. */
export class RedactionTally {
  readonly hashes = new RecordHashes();
  readonly #counts = new Map<string, Redaction>();

  field(field: string, action: RedactionAction): void {
    this.#add(`field ${field}`, { field, action, count: 1 });
  }

  pattern(pattern: PatternName, action: RedactionAction): void {
    this.#add(`pattern ${pattern}`, { pattern, action, count: 1 });
  }

  get list(): readonly Redaction[] {
    return [...this.#counts.values()];
  }

  #add(name: string, first: Redaction): void {
    const before = this.#counts.get(name);
    this.#counts.set(name, before === undefined ? first : { ...before, count: before.count + 1 });
  }
}
