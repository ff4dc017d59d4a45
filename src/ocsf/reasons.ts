import type { Attestation, Constraint, Resolution, Rewrite } from '../attestation/attestation.ts';

/** Outcomes that let a call pass, whatever the spelling; every other word counts as an objection. */
const PASSING = new Set([
  '',
  'pass',
  'passed',
  'allow',
  'allowed',
  'ok',
  'satisfied',
  'skip',
  'skipped',
  'not_applicable',
]);

export function objects(constraint: Constraint): boolean {
  return !PASSING.has((constraint.outcome ?? '').toLowerCase());
}

/** The constraint that decided: the first that objected, else the first of all. */
export function decidingConstraint({ constraints }: Attestation): Constraint | undefined {
  return constraints?.find(objects) ?? constraints?.[0];
}

/** What an analyst reads first: id and reason of each constraint that objected; of a resolution, who decided what. */
export function statusDetail({ constraints, resolution }: Attestation): string {
  if (resolution !== undefined) return resolved(resolution);
  const objections = (constraints ?? []).filter(objects).map(sentenceOf);
  return objections.length === 0 ? 'no constraint objected' : objections.join('; ');
}

/** The reasons in full, with what was rewritten or decided by a person. */
export function findingText(attestation: Attestation): string {
  const { constraints = [], rewrites = [], resolution } = attestation;
  const objections = constraints.filter(objects);
  const parts = (objections.length > 0 ? objections : constraints.slice(0, 1)).map(sentenceOf);
  if (rewrites.length > 0) parts.push(rewritten(rewrites));
  if (resolution !== undefined) parts.push(resolved(resolution));
  return parts.length === 0 ? statusDetail(attestation) : parts.join('; ');
}

/**
 * One line for a list of events: what a person decided, else the constraint that did, and how many more objected. The full
 * text is in `finding.desc`; repeated here it would be most of the event.
 */
export function shortReason(attestation: Attestation): string {
  const { constraints = [], rewrites = [], resolution } = attestation;
  if (resolution !== undefined) return shortened(resolved(resolution));
  const decider = decidingConstraint(attestation);
  const parts = [decider === undefined ? statusDetail(attestation) : shortened(sentenceOf(decider))];
  const more = constraints.filter(objects).length - 1;
  if (more > 0) parts.push(`${more} more objected`);
  if (rewrites.length > 0) parts.push(shortened(rewritten(rewrites)));
  return parts.join('; ');
}

/** Longest reason in a message, in UTF-16 units; where it is longer, the message ends in an ellipsis. */
const MAX_SHORT_REASON_CHARS = 500;

function shortened(text: string): string {
  if (text.length <= MAX_SHORT_REASON_CHARS) return text;
  const start = text.slice(0, MAX_SHORT_REASON_CHARS - 1);
  // Half of a surrogate pair at the end is no character.
  return `${start.isWellFormed() ? start : start.slice(0, -1)}…`;
}

function rewritten(rewrites: readonly Rewrite[]): string {
  return `rewritten: ${rewrites.map(({ op, field }) => (field ? `${op} ${field}` : op)).join(', ')}`;
}

function resolved({ decision, by, reason }: Resolution): string {
  return `${decision}${by ? ` by ${by}` : ''}${reason ? `: ${reason}` : ''}`;
}

function sentenceOf({ id, name, outcome, reason }: Constraint): string {
  const who = id || name || 'a constraint';
  const what = reason || outcome || 'no reason given';
  return `${who}: ${what}`;
}
