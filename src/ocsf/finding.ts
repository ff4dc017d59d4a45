import type { Attestation, Constraint, Resolution, Verdict } from '../attestation/attestation.ts';
import { rfc3339ToMs } from '../attestation/rfc3339.ts';
import { given, listed } from './attributes.ts';
import type { Coded } from './decision.ts';
import { decidingConstraint } from './reasons.ts';

export const FINDINGS = { categoryUid: 2, categoryName: 'Findings' } as const;

const CREATE: Coded = { id: 1, name: 'Create' };
const CLOSE: Coded = { id: 3, name: 'Close' };

/** A decision makes a finding; the answer to an escalation closes the finding that the escalation made. */
export function findingActivity({ resolution }: Attestation): Coded {
  return resolution === undefined ? CREATE : CLOSE;
}

/** One thread for an analyst: the answer has the uid of the escalation. */
export function findingUid({ attestation_id, resolves }: Attestation): string {
  return resolves ?? attestation_id;
}

/** What became of the call, in a list of findings. The agent asked; whether it called is what the decision says. */
const TITLES: Readonly<Record<Verdict | Resolution['decision'], string>> = {
  allow: 'Agent tool call allowed',
  rewrite: 'Agent tool call allowed with changes',
  deny: 'Agent tool call denied',
  escalate: 'Agent tool call escalated for approval',
  approved: 'Escalated agent tool call approved',
  rejected: 'Escalated agent tool call rejected',
  expired: 'Escalated agent tool call expired without approval',
};

export function findingTitle({ verdict, resolution, tool_name }: Attestation): string {
  return `${TITLES[resolution?.decision ?? verdict]}: ${tool_name}`;
}

export function createdTime({ resolution, time_ms }: Attestation): number | undefined {
  return resolution === undefined ? time_ms : undefined;
}

export function modifiedTime({ resolution }: Attestation): number | undefined {
  return resolution === undefined ? undefined : rfc3339ToMs(resolution.at);
}

export function remediationOf({ verdict, resolution }: Attestation): object | undefined {
  if (verdict !== 'escalate' || resolution !== undefined) return undefined;
  return { desc: 'A person has to approve or reject the call.' };
}

/** The constraint that decided, as the rule that made the finding. */
export function analyticOf(attestation: Attestation): object | undefined {
  const constraint = decidingConstraint(attestation);
  return constraint === undefined ? undefined : analyticOfConstraint(constraint);
}

export function analyticOfConstraint({ id, name, reason }: Constraint): object | undefined {
  if (!(id || name)) return undefined;
  return {
    type_id: 1,
    type: 'Rule',
    uid: given(id),
    name: given(name),
    desc: given(reason),
    category: 'Aegis constraint',
  };
}

/** Every constraint that took part, with its reason. */
export function constraintsOf({ constraints }: Attestation): readonly object[] | undefined {
  return listed((constraints ?? []).map((constraint) => constraintOf(constraint)));
}

function constraintOf({ id, name, outcome, reason, tier }: Constraint): object {
  return {
    id: given(id),
    name: given(name),
    outcome: given(outcome),
    reason: given(reason),
    tier: given(tier),
  };
}

export function confidenceScore({ confidence }: Attestation): number | undefined {
  return confidence === undefined ? undefined : Math.round(confidence * 100);
}
