import type { Attestation, Constraint } from '../attestation/attestation.ts';

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

/** What an analyst reads first: id and reason of each constraint that objected. */
export function statusDetail({ constraints }: Attestation): string {
  const objections = (constraints ?? []).filter(objects).map(sentenceOf);
  return objections.length === 0 ? 'no constraint objected' : objections.join('; ');
}

/** The reasons in full, with what was rewritten or decided by a person. */
export function findingText(attestation: Attestation): string {
  const { constraints = [], rewrites = [], resolution } = attestation;
  const objections = constraints.filter(objects);
  const parts = (objections.length > 0 ? objections : constraints.slice(0, 1)).map(sentenceOf);
  if (rewrites.length > 0) {
    parts.push(`rewritten: ${rewrites.map(({ op, field }) => (field ? `${op} ${field}` : op)).join(', ')}`);
  }
  if (resolution !== undefined) {
    const by = resolution.by ? ` by ${resolution.by}` : '';
    parts.push(`${resolution.decision}${by}${resolution.reason ? `: ${resolution.reason}` : ''}`);
  }
  return parts.length === 0 ? statusDetail(attestation) : parts.join('; ');
}

function sentenceOf({ id, name, outcome, reason }: Constraint): string {
  const who = id || name || 'a constraint';
  const what = reason || outcome || 'no reason given';
  return `${who}: ${what}`;
}
