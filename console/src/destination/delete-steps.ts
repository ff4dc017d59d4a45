import type { ProblemDocument } from '../api/api-types.ts';

/** How far a deletion has come; what the API said stands in it. */
export type DeleteStep =
  | { readonly kind: 'ask' }
  | { readonly kind: 'busy'; readonly openRows: number; readonly deadLetters: number }
  | {
      readonly kind: 'told';
      readonly openRows: number;
      readonly deadLetters: number;
      readonly confirm: string;
    };

/** What comes after the API said no; undefined when that is a problem and not a step. */
export function afterRefusal(step: DeleteStep, document: ProblemDocument): DeleteStep | undefined {
  const told = document as Readonly<Record<string, unknown>>;
  if (document.code === 'destination_busy' && step.kind === 'ask') return { kind: 'busy', ...countsOf(told) };
  // A confirmation that is too old is asked for again, with the effect as it is now.
  if (document.code === 'confirmation_refused' && step.kind === 'told') return { ...step, kind: 'busy' };
  const { effect, confirm } = told;
  if (document.code !== 'confirmation_needed' || typeof confirm !== 'string' || !isObject(effect))
    return undefined;
  return { kind: 'told', ...countsOf(effect), confirm };
}

/** The query of the next request. */
export function deleteQuery(step: DeleteStep, reason: string): string {
  if (step.kind === 'ask') return '';
  const confirm = step.kind === 'told' ? { confirm: step.confirm } : {};
  return `?${new URLSearchParams({ open: 'skip', reason, ...confirm })}`;
}

function countsOf({ open_rows: open, dead_letters: dead }: Readonly<Record<string, unknown>>): {
  readonly openRows: number;
  readonly deadLetters: number;
} {
  return { openRows: typeof open === 'number' ? open : 0, deadLetters: typeof dead === 'number' ? dead : 0 };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
