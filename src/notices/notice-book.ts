import type { Condition } from './condition.ts';

/** Said once: a condition began (`raised`), still holds after a day (`reminded`), or is over (`recovered`). */
export interface Notice {
  readonly what: 'raised' | 'reminded' | 'recovered';
  readonly condition: Condition;
  readonly sinceMs: number;
  readonly atMs: number;
}

export interface NoticeBookLimits {
  /** A condition that was said is over when it was away for so long: one that comes and goes is said once. */
  readonly recoveredAfterMs: number;
  readonly remindAfterMs: number;
  /** Conditions that are kept in mind; the oldest are forgotten. */
  readonly maxConditions: number;
}

const NOTICE_BOOK_LIMITS: NoticeBookLimits = Object.freeze({
  recoveredAfterMs: 120_000,
  remindAfterMs: 86_400_000,
  maxConditions: 1_000,
});

/** A condition that holds or held a moment ago. */
export interface NoticeEntry {
  condition: Condition;
  readonly sinceMs: number;
  lastSeenMs: number;
  /** Absent: nobody was told yet. */
  saidMs?: number;
}

/** Remembers which conditions hold and what was said of them. Knows no clock: times come in. */
export class NoticeBook {
  readonly #limits: NoticeBookLimits;
  readonly #entries: Map<string, NoticeEntry>;

  /** `entries`: what a book before this one remembered. */
  constructor(entries: readonly NoticeEntry[] = [], limits: NoticeBookLimits = NOTICE_BOOK_LIMITS) {
    this.#limits = limits;
    this.#entries = new Map(entries.map((entry) => [entry.condition.key, { ...entry }]));
  }

  entries(): readonly NoticeEntry[] {
    return [...this.#entries.values()];
  }

  /** Takes all conditions that hold now; answers what is to be said. */
  look(conditions: readonly Condition[], nowMs: number): readonly Notice[] {
    const notices: Notice[] = [];
    for (const condition of conditions) {
      const entry = this.#entryOf(condition, nowMs);
      entry.condition = condition;
      entry.lastSeenMs = nowMs;
      const isNew = entry.saidMs === undefined && nowMs - entry.sinceMs >= condition.afterMs;
      const isOld = entry.saidMs !== undefined && nowMs - entry.saidMs >= this.#limits.remindAfterMs;
      if (!isNew && !isOld) continue;
      entry.saidMs = nowMs;
      notices.push({ what: isNew ? 'raised' : 'reminded', condition, sinceMs: entry.sinceMs, atMs: nowMs });
    }
    for (const [key, { condition, sinceMs, lastSeenMs, saidMs }] of this.#entries) {
      const away = nowMs - lastSeenMs;
      if (away === 0 || (saidMs !== undefined && away < this.#limits.recoveredAfterMs)) continue;
      this.#entries.delete(key);
      // What was never said needs no all-clear. A worse or lesser degree of the same trouble is no recovery.
      const goesOn = conditions.some(
        (other) => other.kind === condition.kind && other.destination === condition.destination,
      );
      if (saidMs !== undefined && !goesOn)
        notices.push({ what: 'recovered', condition, sinceMs, atMs: nowMs });
    }
    return notices;
  }

  #entryOf(condition: Condition, nowMs: number): NoticeEntry {
    const known = this.#entries.get(condition.key);
    if (known !== undefined) return known;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size < this.#limits.maxConditions) break;
      this.#entries.delete(oldest);
    }
    const entry: NoticeEntry = { condition, sinceMs: nowMs, lastSeenMs: nowMs };
    this.#entries.set(condition.key, entry);
    return entry;
  }
}
