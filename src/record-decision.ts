import type { Attestation } from './attestation/attestation.ts';
import { parseAttestation } from './attestation/parse-attestation.ts';
import type { DecisionKey } from './proof/decision-signature.ts';
import type { DecisionFields } from './proof/decision-statement.ts';
import { type DecisionVerdict, judgeDecision } from './proof/judge-decision.ts';

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

/** Holds the signature of a record, by its text, against keys that were pinned. What the parser cannot read proves nothing. */
export function judgeRecordDecision(body: string, keys: readonly DecisionKey[]): DecisionVerdict {
  const parsed = parseAttestation(body);
  if (!parsed.ok) {
    const { code, pointer } = parsed.refusal;
    return { found: 'unsigned', message: `cannot be read (${code} at "${pointer}"), nor a signature in it` };
  }
  const { version, algorithm, key_id: keyId, value } = parsed.attestation.signature ?? {};
  return judgeDecision(decisionFieldsOf(parsed.attestation), { version, algorithm, keyId, value }, keys);
}
