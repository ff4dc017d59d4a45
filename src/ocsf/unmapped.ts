import type { Attestation } from '../attestation/attestation.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { filled, present } from './attributes.ts';

/** Everything that the class has no attribute for, under one name. Nothing of the record is left out but raw arguments. */
export function unmappedOf(attestation: Attestation): JsonObject {
  const { agent, impact, constraints } = attestation;
  const aegis: { [name: string]: JsonValue } = {
    attestation_id: attestation.attestation_id,
    verdict: attestation.verdict.toUpperCase(),
    agent_id: attestation.agent_id,
    workspace_id: attestation.workspace_id,
    tool_name: attestation.tool_name,
  };
  const set = (name: string, value: JsonValue | object | undefined): void => {
    if (value !== undefined && value !== '') aegis[name] = value as JsonValue;
  };
  set('action_type', attestation.action_type);
  set('session_id', attestation.session_id);
  set('trace_id', attestation.trace_id);
  set('span_id', attestation.span_id);
  set('payload_hash', attestation.payload_hash);
  if (attestation.payload_hash !== undefined) set('payload_hash_algorithm', 'SHA-256');
  set('impact_severity', impact?.severity);
  set('impact_hash', impact?.hash);
  set('rollback_plan', impact?.rollback_plan);
  set('constraint_ids', filled((constraints ?? []).flatMap(({ id }) => (id ? [id] : []))));
  set('rewrites', filled(attestation.rewrites));
  set('evidence_class', attestation.evidence_class);
  set('confidence', attestation.confidence);
  if (agent !== undefined)
    set('agent', filled(present({ ...agent, model: filled(present({ ...agent.model })) })));
  set('delegation', filled(attestation.delegation));
  set('policy_version', attestation.policy_version);
  set('latency_ms', attestation.latency_ms);
  set('record_seq', attestation.sequence);
  set('resolves', attestation.resolves);
  set('resolution', attestation.resolution);
  set('signature', filled(attestation.signature));
  set('unknown', filled(attestation.unknown));
  set('withheld', filled(attestation.withheld));
  return { aegis };
}
