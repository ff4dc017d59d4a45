import type { Attestation } from './attestation/attestation.ts';
import type { DecisionFields } from './proof/decision-statement.ts';

/** What is signed of a record. */
export function decisionFieldsOf(attestation: Attestation): DecisionFields {
  const { impact, resolution } = attestation;
  return {
    attestation_id: attestation.attestation_id,
    workspace_id: attestation.workspace_id,
    timestamp: attestation.timestamp,
    verdict: attestation.verdict,
    tool_name: attestation.tool_name,
    agent_id: attestation.agent_id,
    action_type: attestation.action_type,
    session_id: attestation.session_id,
    payload_hash: attestation.payload_hash,
    impact_severity: impact?.severity,
    impact_hash: impact?.hash,
    policy_version: attestation.policy_version,
    resolves: attestation.resolves,
    resolution: resolution?.decision,
  };
}
