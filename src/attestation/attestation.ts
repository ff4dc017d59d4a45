import type { JsonObject } from '../json.ts';

/** What Aegis decided about a proposed tool call. */
export type Verdict = 'allow' | 'deny' | 'escalate' | 'rewrite';

export type ActionType = 'create' | 'read' | 'update' | 'delete';
export type ImpactSeverity = 'low' | 'medium' | 'high' | 'critical';
export type EvidenceClass = 'steward_confirmed' | 'system_derived' | 'inferred';

export interface Agent {
  readonly name?: string;
  readonly version?: string;
  readonly framework?: string;
  readonly model?: { readonly provider?: string; readonly name?: string; readonly version?: string };
}

export interface AffectedEntity {
  readonly id?: string;
  readonly name?: string;
  readonly type?: string;
  readonly relationship?: string;
  readonly reversible?: boolean;
}

export interface Impact {
  readonly severity?: ImpactSeverity;
  readonly hash?: string;
  readonly entities?: readonly AffectedEntity[];
  readonly rollback_plan?: string;
}

export interface Constraint {
  readonly id?: string;
  readonly name?: string;
  /** A free word of up to 64 characters, such as `pass`, `fail` or `escalate`. */
  readonly outcome?: string;
  readonly reason?: string;
  readonly tier?: string | number;
}

/** An operation and the field it changed; never the value. */
export interface Rewrite {
  readonly op: string;
  readonly field?: string;
}

export interface Delegation {
  readonly id?: string;
  readonly parent_id?: string;
  readonly issuer?: string;
  readonly delegator_id?: string;
  readonly created_at?: string;
}

export interface Resolution {
  readonly decision: 'approved' | 'rejected' | 'expired';
  readonly by?: string;
  readonly at: string;
  readonly reason?: string;
}

export interface Signature {
  readonly version?: 'v1' | 'v2' | 'v3' | 'v4' | 'v5';
  readonly algorithm?: string;
  readonly key_id?: string;
  readonly value?: string;
}

/**
 * One decision of Aegis as the parser accepts it: known fields checked and typed, everything else kept apart.
 *
 * `unknown` mirrors the place of each unknown field: `{extra: 1, impact: {foo: 2}, constraints: {"0": {bar: 3}}}`.
 * Integers beyond 2^53 in it are carried as text. `withheld` names the raw-argument fields (`arguments`, `payload`,
 * ...) that the record holds and that are never sent to a SIEM.
 */
export interface Attestation {
  readonly schema_version?: 1;
  /** UUID, lower case with hyphens. */
  readonly attestation_id: string;
  readonly workspace_id: string;
  /** RFC 3339, as received. */
  readonly timestamp: string;
  /** `timestamp` in milliseconds since 1970, from 1990 to before 2200. */
  readonly time_ms: number;
  readonly verdict: Verdict;
  /** `server.tool`. */
  readonly tool_name: string;
  readonly agent_id: string;
  readonly agent?: Agent;
  readonly action_type?: ActionType;
  readonly session_id?: string;
  readonly trace_id?: string;
  readonly span_id?: string;
  /** SHA-256 of the arguments, 64 hex digits in lower case. */
  readonly payload_hash?: string;
  readonly impact?: Impact;
  readonly constraints?: readonly Constraint[];
  readonly rewrites?: readonly Rewrite[];
  readonly evidence_class?: EvidenceClass;
  /** 0 to 1. */
  readonly confidence?: number;
  readonly delegation?: Delegation;
  readonly policy_version?: string;
  readonly latency_ms?: number;
  /** The attestation's own sequence in its source, when the record carries one. */
  readonly sequence?: number;
  readonly resolution?: Resolution;
  /** The `attestation_id` of the escalation that `resolution` answers. */
  readonly resolves?: string;
  readonly signature?: Signature;
  readonly unknown: JsonObject;
  readonly withheld: readonly string[];
}
