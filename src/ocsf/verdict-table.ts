import type { Verdict } from '../attestation/attestation.ts';

/** An enum value and its caption. */
export interface Coded {
  readonly id: number;
  readonly name: string;
}

export interface VerdictRow {
  /** Fixed by the specification: ALLOW informational, REWRITE low, DENY medium, ESCALATE high. */
  readonly severity: Coded;
  readonly state: Coded;
  readonly status: Coded;
  readonly statusCode: string;
}

const NEW: Coded = { id: 1, name: 'New' };
const IN_PROGRESS: Coded = { id: 2, name: 'In Progress' };
export const RESOLVED: Coded = { id: 4, name: 'Resolved' };
export const SUCCESS: Coded = { id: 1, name: 'Success' };
export const FAILURE: Coded = { id: 2, name: 'Failure' };

/** The verdict decides these, whatever else is in the record. */
export const VERDICT_TABLE: Readonly<Record<Verdict, VerdictRow>> = {
  allow: {
    severity: { id: 1, name: 'Informational' },
    state: RESOLVED,
    status: SUCCESS,
    statusCode: 'ALLOW',
  },
  rewrite: { severity: { id: 2, name: 'Low' }, state: RESOLVED, status: SUCCESS, statusCode: 'REWRITE' },
  deny: { severity: { id: 3, name: 'Medium' }, state: NEW, status: FAILURE, statusCode: 'DENY' },
  escalate: {
    severity: { id: 4, name: 'High' },
    state: IN_PROGRESS,
    status: { id: 99, name: 'Escalated' },
    statusCode: 'ESCALATE',
  },
};

/** What a person (or the clock) decided about an escalation. Severity stays that of the escalation, so the pair sorts together. */
export const RESOLUTION_TABLE = {
  approved: { status: SUCCESS, statusCode: 'APPROVED' },
  rejected: { status: FAILURE, statusCode: 'REJECTED' },
  expired: { status: FAILURE, statusCode: 'EXPIRED' },
} as const;

export const IMPACT_TABLE = {
  low: { id: 1, name: 'Low' },
  medium: { id: 2, name: 'Medium' },
  high: { id: 3, name: 'High' },
  critical: { id: 4, name: 'Critical' },
} as const;

export const CONFIDENCE_TABLE = {
  steward_confirmed: { id: 3, name: 'High' },
  system_derived: { id: 2, name: 'Medium' },
  inferred: { id: 1, name: 'Low' },
} as const;

export const UNKNOWN: Coded = { id: 0, name: 'Unknown' };
