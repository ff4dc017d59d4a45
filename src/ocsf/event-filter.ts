import type { Attestation, EvidenceClass, Verdict } from '../attestation/attestation.ts';
import { VERDICTS } from './decision.ts';
import { matchesGlob } from './glob.ts';

export const SEVERITIES = ['informational', 'low', 'medium', 'high'] as const;
export const EVIDENCE_CLASSES = ['steward_confirmed', 'system_derived', 'inferred', 'none'] as const;

/** Each given list must hold the attestation's value; of tools and agents by pattern (`*` and `?`). */
export interface FilterConditions {
  readonly verdicts?: readonly Verdict[];
  readonly severities?: readonly (typeof SEVERITIES)[number][];
  /** Of `server.tool`. */
  readonly tools?: readonly string[];
  readonly agents?: readonly string[];
  readonly workspaces?: readonly string[];
  /** `none`: the attestation names no class of evidence. */
  readonly evidence?: readonly (EvidenceClass | 'none')[];
}

/**
 * Which attestations a destination gets: those that meet every condition, and do not meet every condition of `except`. An
 * attestation that is left out takes no number in the stream, and is counted.
 */
export interface EventFilter extends FilterConditions {
  readonly except?: FilterConditions;
}

export function passesFilter(attestation: Attestation, filter: EventFilter): boolean {
  if (!meets(attestation, filter)) return false;
  return filter.except === undefined || !meets(attestation, filter.except);
}

function meets(attestation: Attestation, conditions: FilterConditions): boolean {
  const { verdicts, severities, tools, agents, workspaces, evidence } = conditions;
  const { verdict, tool_name: tool, agent_id: agent, workspace_id: workspace } = attestation;
  return (
    (verdicts?.includes(verdict) ?? true) &&
    (severities?.some((severity) => severity === severityOf(verdict)) ?? true) &&
    (tools?.some((pattern) => matchesGlob(tool, pattern)) ?? true) &&
    (agents?.some((pattern) => matchesGlob(agent, pattern)) ?? true) &&
    (workspaces?.includes(workspace) ?? true) &&
    (evidence?.includes(attestation.evidence_class ?? 'none') ?? true)
  );
}

function severityOf(verdict: Verdict): string {
  return VERDICTS[verdict].severity.name.toLowerCase();
}
