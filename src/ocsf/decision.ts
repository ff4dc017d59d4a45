import type { Attestation, Resolution, Verdict } from '../attestation/attestation.ts';

/** An enum value and its caption. */
export interface Coded {
  readonly id: number;
  readonly name: string;
}

/** What a verdict, or a person's answer to an escalation, comes to in OCSF's words. */
export interface Decision {
  readonly statusCode: string;
  /** Fixed by the specification: ALLOW informational, REWRITE low, DENY medium, ESCALATE high. */
  readonly severity: Coded;
  /** Where the handling stands: `state_id` of 2001, `status_id` of 2004. */
  readonly state: Coded;
  /** The outcome of the call: `status_id` of 2001 and 6003. */
  readonly status: Coded;
  /** `action_id`; up to 1.3.0 all but Allowed and Denied are 99 with the word. */
  readonly action: Coded;
  readonly disposition: Coded;
  readonly isAlert: boolean;
}

const NEW: Coded = { id: 1, name: 'New' };
const IN_PROGRESS: Coded = { id: 2, name: 'In Progress' };
const RESOLVED: Coded = { id: 4, name: 'Resolved' };
const SUCCESS: Coded = { id: 1, name: 'Success' };
const FAILURE: Coded = { id: 2, name: 'Failure' };
const ALLOWED: Coded = { id: 1, name: 'Allowed' };
const DENIED: Coded = { id: 2, name: 'Denied' };
const HIGH: Coded = { id: 4, name: 'High' };
const REJECTED: Coded = { id: 25, name: 'Rejected' };

/** The verdict decides these, whatever else is in the record. */
export const VERDICTS: Readonly<Record<Verdict, Decision>> = {
  allow: {
    statusCode: 'ALLOW',
    severity: { id: 1, name: 'Informational' },
    state: RESOLVED,
    status: SUCCESS,
    action: ALLOWED,
    disposition: { id: 1, name: 'Allowed' },
    isAlert: false,
  },
  rewrite: {
    statusCode: 'REWRITE',
    severity: { id: 2, name: 'Low' },
    state: RESOLVED,
    status: SUCCESS,
    action: { id: 4, name: 'Modified' },
    disposition: { id: 11, name: 'Corrected' },
    isAlert: false,
  },
  deny: {
    statusCode: 'DENY',
    severity: { id: 3, name: 'Medium' },
    state: NEW,
    status: FAILURE,
    action: DENIED,
    disposition: { id: 2, name: 'Blocked' },
    isAlert: true,
  },
  // Neither allowed nor denied: the call waits. "Alert" would say that it was not stopped.
  escalate: {
    statusCode: 'ESCALATE',
    severity: HIGH,
    state: IN_PROGRESS,
    status: { id: 99, name: 'Escalated' },
    action: { id: 3, name: 'Observed' },
    disposition: { id: 14, name: 'Delayed' },
    isAlert: true,
  },
};

const CLOSED = { severity: HIGH, state: RESOLVED, isAlert: false } as const;

/** What a person (or the clock) decided about an escalation. The severity stays the escalation's, so the pair sorts together. */
export const RESOLUTIONS: Readonly<Record<Resolution['decision'], Decision>> = {
  approved: {
    ...CLOSED,
    statusCode: 'APPROVED',
    status: SUCCESS,
    action: ALLOWED,
    disposition: { id: 8, name: 'Approved' },
  },
  rejected: {
    ...CLOSED,
    statusCode: 'REJECTED',
    status: FAILURE,
    action: DENIED,
    disposition: REJECTED,
  },
  expired: { ...CLOSED, statusCode: 'EXPIRED', status: FAILURE, action: DENIED, disposition: REJECTED },
};

export function decisionOf({ verdict, resolution }: Attestation): Decision {
  return resolution === undefined ? VERDICTS[verdict] : RESOLUTIONS[resolution.decision];
}

export const IMPACTS = {
  low: { id: 1, name: 'Low' },
  medium: { id: 2, name: 'Medium' },
  high: { id: 3, name: 'High' },
  critical: { id: 4, name: 'Critical' },
} as const;

export const CONFIDENCES = {
  steward_confirmed: { id: 3, name: 'High' },
  system_derived: { id: 2, name: 'Medium' },
  inferred: { id: 1, name: 'Low' },
} as const;

export const UNKNOWN: Coded = { id: 0, name: 'Unknown' };

export function impactOf({ impact }: Attestation): Coded {
  return impact?.severity === undefined ? UNKNOWN : IMPACTS[impact.severity];
}

export function confidenceOf({ evidence_class: evidence }: Attestation): Coded {
  return evidence === undefined ? UNKNOWN : CONFIDENCES[evidence];
}
