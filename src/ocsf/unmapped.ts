import type { Agent, Attestation } from '../attestation/attestation.ts';
import { filled, given, listed } from './attributes.ts';

/**
 * Everything that the class has no attribute for, under one name. Nothing of the record is left out but raw arguments.
 * `stream` is the place that `stamp` fills. `classHasNo`: what other classes have an attribute for, and this one has not.
 */
export function unmappedOf(
  attestation: Attestation,
  classHasNo: { readonly constraints?: object | undefined } = {},
): object {
  const { agent, impact, constraints, payload_hash } = attestation;
  return {
    aegis: {
      stream: undefined,
      attestation_id: attestation.attestation_id,
      verdict: attestation.verdict.toUpperCase(),
      agent_id: attestation.agent_id,
      workspace_id: attestation.workspace_id,
      tool_name: attestation.tool_name,
      action_type: attestation.action_type,
      session_id: given(attestation.session_id),
      trace_id: given(attestation.trace_id),
      span_id: given(attestation.span_id),
      payload_hash: given(payload_hash),
      payload_hash_algorithm: payload_hash === undefined ? undefined : 'SHA-256',
      impact_severity: impact?.severity,
      impact_hash: given(impact?.hash),
      rollback_plan: given(impact?.rollback_plan),
      constraint_ids: listed((constraints ?? []).flatMap(({ id }) => (id ? [id] : []))),
      constraints: classHasNo.constraints,
      rewrites: listed(attestation.rewrites),
      evidence_class: attestation.evidence_class,
      confidence: attestation.confidence,
      agent: agent === undefined ? undefined : agentOf(agent),
      delegation: filled(attestation.delegation),
      policy_version: given(attestation.policy_version),
      latency_ms: attestation.latency_ms,
      record_seq: attestation.sequence,
      resolves: given(attestation.resolves),
      resolution: attestation.resolution,
      signature: filled(attestation.signature),
      unknown: filled(attestation.unknown),
      withheld: listed(attestation.withheld),
    },
  };
}

function agentOf({ name, version, framework, model }: Agent): object | undefined {
  return filled({
    name: given(name),
    version: given(version),
    framework: given(framework),
    model:
      model === undefined
        ? undefined
        : filled({ provider: given(model.provider), name: given(model.name), version: given(model.version) }),
  });
}
