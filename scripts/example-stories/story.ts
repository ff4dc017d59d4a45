/** One call that an agent proposed, and what Aegis said to it. */
export interface ToolCall {
  /** `server.tool`. */
  readonly tool: string;
  readonly action: 'create' | 'read' | 'update' | 'delete';
  /** `allow` when left out. */
  readonly verdict?: 'deny' | 'escalate' | 'rewrite';
  readonly severity: 'low' | 'medium' | 'high' | 'critical';
  readonly entities: readonly Entity[];
  readonly constraints: readonly ConstraintResult[];
  readonly rewrites?: readonly { readonly op: string; readonly field: string }[];
  readonly evidence?: 'steward_confirmed' | 'system_derived' | 'inferred';
  readonly confidence?: number;
  readonly rollbackPlan?: string;
  /** The person on whose behalf the agent acts. */
  readonly onBehalfOf?: string;
  /** Fields that the contract does not name. */
  readonly extra?: Readonly<Record<string, unknown>>;
}

export interface Entity {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly relationship: 'direct' | 'cascade';
  readonly reversible: boolean;
}

export interface ConstraintResult {
  readonly id: string;
  readonly name: string;
  readonly outcome: string;
  readonly reason: string;
  readonly tier?: number;
}

/** What a person decided later about the escalation before it. */
export interface Decided {
  readonly decided: 'approved' | 'rejected' | 'expired';
  readonly by?: string;
  readonly reason: string;
}

export type Step = { readonly afterSeconds: number } & (ToolCall | Decided);

/** Calls that belong together, in one session, as an analyst would find them. */
export interface Incident {
  /** RFC 3339. */
  readonly startsAt: string;
  readonly steps: readonly Step[];
}

/** An agent with its daily work and what went wrong. */
export interface Story {
  readonly agentId: string;
  readonly agent: {
    readonly name: string;
    readonly version: string;
    readonly framework: string;
    readonly model: { readonly provider: string; readonly name: string; readonly version: string };
  };
  readonly keyId: string;
  readonly routine: readonly ToolCall[];
  readonly incidents: readonly Incident[];
}

/** A constraint that found nothing against the call. */
export function passed(id: string, name: string, reason: string, tier = 1): ConstraintResult {
  return { id, name, outcome: 'pass', reason, tier };
}

/** A constraint that objected. */
export function objected(
  id: string,
  name: string,
  outcome: 'fail' | 'escalate' | 'rewrite',
  reason: string,
  tier = 1,
): ConstraintResult {
  return { id, name, outcome, reason, tier };
}

export function entity(
  id: string,
  name: string,
  type: string,
  relationship: Entity['relationship'] = 'direct',
  reversible = true,
): Entity {
  return { id, name, type, relationship, reversible };
}
