import type { Invariant } from './invariant.ts';

/** The engine never asks the store for what no store may do: a record in two open batches, parts that do not cover a batch. */
export function storeRulesKept(): Invariant {
  return {
    name: 'store_rules_kept',
    on: { rule_broken: ({ call, message }) => `${call}: ${message}` },
  };
}
