import type { ReplayChoice } from '../outbox/replay-choice.ts';
import type { ReplaySelection } from '../outbox/replay.ts';
import { MAX_PLANNED_RECORDS, type ReplayPlan } from './replay-admin-store.ts';

/** Adds up the steps of a plan. */
export class PlanSum {
  #looked = 0;
  #records = 0;
  #duplicates = 0;
  #open = 0;
  #letters = 0;
  #oldestMs: number | undefined;
  #newestMs: number | undefined;

  add(choice: ReplayChoice, looked: number): void {
    this.#looked += looked;
    this.#records += choice.take.length;
    this.#duplicates += choice.duplicates;
    this.#open += choice.open;
    this.#letters += choice.letters;
    this.#oldestMs ??= choice.take[0]?.recordedAtMs;
    this.#newestMs = choice.take.at(-1)?.recordedAtMs ?? this.#newestMs;
  }

  /** Enough was looked at: a plan is for a person, and need not count to the end. */
  get full(): boolean {
    return this.#looked >= MAX_PLANNED_RECORDS;
  }

  plan(
    selection: ReplaySelection,
    unknownIds: readonly string[],
    oldestReceiptMs: number | undefined,
  ): ReplayPlan {
    return {
      selection,
      records: this.#records,
      atLeast: this.full,
      duplicates: this.#duplicates,
      open: this.#open,
      letters: this.#letters,
      unknownIds,
      ...(this.#oldestMs === undefined ? {} : { oldestRecordedAtMs: this.#oldestMs }),
      ...(this.#newestMs === undefined ? {} : { newestRecordedAtMs: this.#newestMs }),
      ...(oldestReceiptMs === undefined ? {} : { oldestReceiptMs }),
    };
  }
}
