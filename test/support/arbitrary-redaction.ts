import fc from 'fast-check';
import { REDACTABLE_FIELDS, type RedactableFieldName } from '../../src/attestation/redactable-fields.ts';
import { PATTERN_NAMES } from '../../src/ocsf/redaction/patterns/pattern.ts';
import { mistakeIn, REDACTION_ACTIONS, type RedactionRule } from '../../src/ocsf/redaction/redaction-rule.ts';

export const REDACTABLE_NAMES = Object.keys(REDACTABLE_FIELDS) as readonly RedactableFieldName[];

/** Rules that a destination may have, of every kind. */
export function arbitraryRedaction(): fc.Arbitrary<readonly RedactionRule[]> {
  const action = fc.constantFrom(...REDACTION_ACTIONS);
  const byField = fc
    .uniqueArray(fc.constantFrom(...REDACTABLE_NAMES), { maxLength: 12 })
    .chain((fields) =>
      fc.tuple(
        ...fields.map((field) => action.map((one): RedactionRule => ({ fields: [field], action: one }))),
      ),
    );
  const byPattern = fc
    .uniqueArray(fc.constantFrom(...PATTERN_NAMES), { maxLength: 5 })
    .chain((patterns) =>
      fc.tuple(
        ...patterns.map((name) => action.map((one): RedactionRule => ({ patterns: [name], action: one }))),
      ),
    );
  return fc
    .tuple(byField, byPattern, fc.integer({ min: 1, max: 8 }))
    .map(([fields, patterns, keep]) =>
      [...fields, ...patterns]
        .map((rule) => (rule.action === 'keep_last' ? { ...rule, keep } : rule))
        .filter((rule) => mistakeIn([rule]) === undefined),
    )
    .filter((rules) => rules.length > 0);
}
