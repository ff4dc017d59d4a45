import { hash } from 'node:crypto';
import type { Attestation } from '../../attestation/attestation.ts';
import {
  OTHER_TEXTS,
  REDACTABLE_FIELDS,
  type RedactableFieldName,
} from '../../attestation/redactable-fields.ts';
import type { JsonObject, JsonValue } from '../../json.ts';
import { type PatternRule, redactPatterns } from './redact-patterns.ts';
import { keyBytes, keyName, RedactionKeyError } from './redaction-key.ts';
import { DEFAULT_KEEP, needsKey, type RedactionRule } from './redaction-rule.ts';
import { type Redaction, RedactionTally } from './redaction-tally.ts';
import { redactUnknown } from './redact-unknown.ts';
import { REDACTED, type Replacement, replaced } from './replacement.ts';

/** A record without what its destination must not see, and what was done to it. */
export interface RedactedAttestation {
  readonly attestation: Attestation;
  readonly redacted: readonly Redaction[];
}

/** Carries out the rules of a destination. The key is in it and cannot be read out of it. */
export interface Redactor {
  /** Another text for other rules or another key; tells neither. */
  readonly name: string;
  /** Pure: the same record gives the same. */
  redact(attestation: Attestation): RedactedAttestation;
  /**
   * The texts of a value that is no attestation, by the rules with patterns alone: rules with fields speak of attestations.
   * The same value where nothing was found.
   */
  redactTexts(value: JsonValue): RedactedValue;
}

/** A value without what its destination must not see, and what was done to it. */
export interface RedactedValue {
  readonly value: JsonValue;
  readonly redacted: readonly Redaction[];
}

const NAME_DIGITS = 16;

/** What happens to one field; undefined drops it. */
type FieldChange = (value: JsonValue, tally: RedactionTally) => JsonValue | undefined;

/** The fields that change, as a tree of their names; lists are passed through. */
interface FieldTree {
  readonly change?: FieldChange;
  readonly members: Map<string, FieldTree>;
}

/**
 * Makes the redactor for these rules. Throws `RedactionKeyError` where they hash and there is no key.
 */
export function createRedactor(rules: readonly RedactionRule[], keyText?: string): Redactor {
  const key = needsKey(rules) ? keyFor(keyText) : undefined;
  const tree: FieldTree = { members: new Map() };
  const patternRules = rules.flatMap((rule) =>
    (rule.patterns ?? []).map((pattern): PatternRule => ({
      pattern,
      replacement: replacementOf(rule, `[redacted:${pattern}]`, key),
    })),
  );
  const changeTexts = byPatterns(patternRules);
  if (patternRules.length > 0) {
    for (const [field, { text }] of Object.entries(REDACTABLE_FIELDS))
      if (text) plant(tree, field, changeTexts);
    for (const field of OTHER_TEXTS) plant(tree, field, changeTexts);
  }
  // A field that has a rule of its own is left to it: what stands in for its text is not looked at again.
  for (const rule of rules)
    for (const field of rule.fields ?? []) plant(tree, field, byName(field, rule, key));
  return Object.freeze<Redactor>({
    name: nameOf(rules, key),
    redact: (attestation) => redactWith(tree, attestation),
    redactTexts: (value) => {
      if (patternRules.length === 0) return { value, redacted: [] };
      const tally = new RedactionTally();
      const changed = changeTexts(value, tally) ?? value;
      return tally.list.length === 0 ? { value, redacted: [] } : { value: changed, redacted: tally.list };
    },
  });
}

function keyFor(text: string | undefined): Uint8Array {
  if (text !== undefined && text !== '') return keyBytes(text);
  throw new RedactionKeyError(
    'redaction_key_missing',
    'The redaction hashes, and there is no redaction_key.',
  );
}

function nameOf(rules: readonly RedactionRule[], key: Uint8Array | undefined): string {
  const ruleName = hash('sha256', JSON.stringify(rules)).slice(0, NAME_DIGITS);
  return key === undefined ? ruleName : `${ruleName}-${keyName(key)}`;
}

function replacementOf(rule: RedactionRule, mask: string, key: Uint8Array | undefined): Replacement {
  const { action, keep = DEFAULT_KEEP } = rule;
  return { action, keep, mask, ...(key === undefined ? {} : { key }) };
}

function plant(tree: FieldTree, field: string, change: FieldChange): void {
  const names = field.split('.');
  const last = names.pop() ?? '';
  let place = tree;
  for (const name of names) {
    const next = place.members.get(name) ?? { members: new Map<string, FieldTree>() };
    place.members.set(name, next);
    place = next;
  }
  place.members.set(last, { change, members: new Map() });
}

function byPatterns(rules: readonly PatternRule[]): FieldChange {
  return (value, tally) => {
    const change = (text: string): string =>
      redactPatterns(text, rules, tally.hashes, (pattern) =>
        tally.pattern(pattern, rules.find((rule) => rule.pattern === pattern)?.replacement.action ?? 'mask'),
      );
    return redactUnknown(value, { value: change, key: change });
  };
}

function byName(field: RedactableFieldName, rule: RedactionRule, key: Uint8Array | undefined): FieldChange {
  const replacement = replacementOf(rule, REDACTED, key);
  return (value, tally) => {
    if (isNothing(value)) return value;
    if (rule.action === 'drop') {
      tally.field(field, 'drop');
      return field === 'unknown' ? {} : undefined;
    }
    return redactUnknown(value, {
      value: (text) => {
        tally.field(field, rule.action);
        return replaced(text, replacement, tally.hashes);
      },
      key: (text) => text,
    });
  };
}

function isNothing(value: JsonValue): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}

function redactWith(tree: FieldTree, attestation: Attestation): RedactedAttestation {
  const tally = new RedactionTally();
  const changed = changeMembers(tree, attestation as unknown as JsonObject, tally) as unknown as Attestation;
  if (changed === (attestation as unknown)) return { attestation, redacted: [] };
  const { tool_name: tool } = changed;
  return {
    attestation:
      tool === attestation.tool_name ? changed : { ...changed, tool_name: namedAsServerTool(tool) },
    redacted: tally.list,
  };
}

/** The same object where nothing of it changed. */
function changeMembers(tree: FieldTree, object: JsonObject, tally: RedactionTally): JsonObject {
  let copy: { [name: string]: JsonValue } | undefined;
  for (const [name, branch] of tree.members) {
    const value = object[name];
    if (value === undefined || value === null) continue;
    const changed =
      branch.change === undefined ? changeInside(branch, value, tally) : branch.change(value, tally);
    if (changed === value) continue;
    copy ??= { ...object };
    if (changed === undefined) delete copy[name];
    else copy[name] = changed;
  }
  return copy ?? object;
}

function changeInside(tree: FieldTree, value: JsonValue, tally: RedactionTally): JsonValue {
  if (Array.isArray(value)) {
    const list: readonly JsonValue[] = value;
    const items = list.map((item) => changeInside(tree, item, tally));
    return items.every((item, index) => item === list[index]) ? list : items;
  }
  return typeof value === 'object' && value !== null
    ? changeMembers(tree, value as JsonObject, tally)
    : value;
}

/** The mapping reads the server off the tool's name, so the form stays when its text goes. */
function namedAsServerTool(text: string): string {
  const dot = text.indexOf('.');
  return dot > 0 && dot < text.length - 1 ? text : `redacted.${text.replaceAll('.', '')}`;
}
