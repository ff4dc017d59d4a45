import { REDACTABLE_FIELDS, type RedactableFieldName } from '../../attestation/redactable-fields.ts';
import type { PatternName } from './patterns/pattern.ts';

export const REDACTION_ACTIONS = ['drop', 'mask', 'hash', 'keep_last'] as const;

export type RedactionAction = (typeof REDACTION_ACTIONS)[number];

/** How many characters `keep_last` leaves where the rule does not say. */
export const DEFAULT_KEEP = 4;
export const MAX_KEEP = 16;

/** One rule of a destination: what is done with these fields, or with whatever in a text looks like one of these. */
export interface RedactionRule {
  readonly fields?: readonly RedactableFieldName[];
  readonly patterns?: readonly PatternName[];
  readonly action: RedactionAction;
  /** Of `keep_last`. */
  readonly keep?: number;
}

/** What is wrong with a list of rules, and where in it. */
export interface RuleMistake {
  /** JSON pointer into the list. */
  readonly pointer: string;
  readonly message: string;
}

/** The first mistake that the form alone does not show; undefined when the rules can be carried out. */
export function mistakeIn(rules: readonly RedactionRule[]): RuleMistake | undefined {
  const seen = new Set<string>();
  for (const [index, rule] of rules.entries()) {
    const { fields, patterns, action, keep } = rule;
    if ((fields === undefined) === (patterns === undefined))
      return { pointer: `/${index}`, message: 'A rule has either fields or patterns.' };
    if (keep !== undefined && action !== 'keep_last')
      return { pointer: `/${index}/keep`, message: 'keep belongs to the action keep_last.' };
    for (const [list, names] of Object.entries({ fields, patterns })) {
      for (const [at, name] of (names ?? []).entries()) {
        const pointer = `/${index}/${list}/${at}`;
        if (seen.has(`${list} ${name}`))
          return { pointer, message: `An earlier rule already has ${name}; one rule decides.` };
        seen.add(`${list} ${name}`);
        const message = list === 'fields' ? refusedAction(name as RedactableFieldName, action) : undefined;
        if (message !== undefined) return { pointer, message };
      }
    }
  }
  return undefined;
}

function refusedAction(name: RedactableFieldName, action: RedactionAction): string | undefined {
  const field: { readonly only?: 'replace' | 'drop' } = REDACTABLE_FIELDS[name];
  if (field.only === 'replace' && action === 'drop')
    return `${name} cannot be dropped: an event needs it. Use mask, hash or keep_last.`;
  if (field.only === 'drop' && action !== 'drop')
    return `${name} can only be dropped: what replaced it would be taken for a hash of the arguments.`;
  return undefined;
}

/** Whether the rules need the destination's `redaction_key`. */
export function needsKey(rules: readonly RedactionRule[]): boolean {
  return rules.some(({ action }) => action === 'hash');
}
