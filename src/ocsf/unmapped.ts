import type { Attestation } from '../attestation/attestation.ts';
import type { JsonObject } from '../json.ts';
import { filled, present } from './attributes.ts';

/** Everything that the class has no attribute for, under one name. Nothing of the record is left out but raw arguments. */
export function unmappedOf(attestation: Attestation): JsonObject {
  const { agent, impact, constraints, unknown, withheld } = attestation;
  return {
    aegis: present({
      attestation_id: attestation.attestation_id,
      verdict: attestation.verdict.toUpperCase(),
      agent_id: attestation.agent_id,
      workspace_id: attestation.workspace_id,
      tool_name: attestation.tool_name,
      action_type: attestation.action_type,
      session_id: attestation.session_id,
      trace_id: attestation.trace_id,
      span_id: attestation.span_id,
      payload_hash: attestation.payload_hash,
      payload_hash_algorithm: attestation.payload_hash === undefined ? undefined : 'SHA-256',
      impact_severity: impact?.severity,
      impact_hash: impact?.hash,
      rollback_plan: impact?.rollback_plan,
      constraint_ids: filled((constraints ?? []).flatMap(({ id }) => (id ? [id] : []))),
      rewrites: filled(attestation.rewrites),
      evidence_class: attestation.evidence_class,
      confidence: attestation.confidence,
      agent:
        agent === undefined
          ? undefined
          : filled(present({ ...agent, model: filled(present({ ...agent.model })) })),
      delegation: filled(attestation.delegation),
      policy_version: attestation.policy_version,
      latency_ms: attestation.latency_ms,
      record_seq: attestation.sequence,
      resolves: attestation.resolves,
      resolution: attestation.resolution,
      signature: filled(attestation.signature),
      unknown: filled(unknown),
      withheld: filled(withheld),
    }),
  };
}
