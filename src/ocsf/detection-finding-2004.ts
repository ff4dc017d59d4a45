import type { Attestation } from '../attestation/attestation.ts';
import type { JsonValue } from '../json.ts';
import { agentUser, aiAgent } from './actor.ts';
import { given, listed } from './attributes.ts';
import { baseAttributes } from './base-attributes.ts';
import { confidenceOf, decisionOf, impactOf } from './decision.ts';
import * as finding from './finding.ts';
import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { VERSION_TRAITS, type VersionTraits } from './ocsf-versions.ts';
import { findingText } from './reasons.ts';
import { actorObservable, entityObservables, entityResources, serverOf, toolResource } from './resources.ts';
import { controlAttributes, SECURITY_CONTROL } from './security-control.ts';
import { unmappedOf } from './unmapped.ts';

const CLASS = { uid: 2004, name: 'Detection Finding', ...finding.FINDINGS } as const;
const PROFILES = ['host', SECURITY_CONTROL] as const;

/**
 * Detection Finding (https://schema.ocsf.io/1.1.0/classes/detection_finding): the successor of 2001, for what analysts work
 * on. `status_id` is where the handling stands, not how the call ended; that is in `action_id` and `disposition_id`.
 */
export function detectionFinding(attestation: Attestation, settings: OcsfSettings): OcsfEvent {
  const decision = decisionOf(attestation);
  const confidence = confidenceOf(attestation);
  const impact = impactOf(attestation);
  const traits = VERSION_TRAITS[settings.version];
  return {
    ...baseAttributes(attestation, settings, {
      ocsfClass: CLASS,
      activity: finding.findingActivity(attestation),
      status: decision.state,
      profiles: PROFILES,
    }),
    ...controlAttributes(attestation, traits),
    confidence_id: confidence.id,
    confidence: confidence.name,
    confidence_score: finding.confidenceScore(attestation),
    impact_id: impact.id,
    impact: impact.name,
    timezone_offset: 0,
    finding_info: findingInfo(attestation, decision.statusCode, traits) as JsonValue,
    actor: { user: agentUser(attestation, traits) as JsonValue },
    resources: [toolResource(attestation, traits), ...entityResources(attestation, traits)] as JsonValue[],
    evidences: [evidenceOf(attestation, traits) as JsonValue],
    remediation: finding.remediationOf(attestation) as JsonValue | undefined,
    observables: [
      actorObservable(attestation.agent_id, traits),
      { name: 'evidences[].api.operation', type_id: 99, type: 'Tool Name', value: attestation.tool_name },
      ...entityObservables(attestation),
    ] as JsonValue[],
    unmapped: unmappedOf(attestation) as JsonValue,
  };
}

function findingInfo(attestation: Attestation, statusCode: string, traits: VersionTraits): object {
  const { constraints = [] } = attestation;
  return {
    uid: finding.findingUid(attestation),
    title: finding.findingTitle(attestation),
    desc: findingText(attestation),
    types: ['AI Agent Policy Decision', statusCode],
    created_time: finding.createdTime(attestation),
    modified_time: finding.modifiedTime(attestation),
    data_sources: ['aegis_attestations'],
    analytic: finding.analyticOf(attestation),
    related_analytics: listed(
      constraints.length < 2
        ? []
        : constraints.flatMap((constraint) => finding.analyticOfConstraint(constraint) ?? []),
    ),
    product: traits.findingProduct ? { name: 'Aegis', vendor_name: 'Aegis' } : undefined,
  };
}

/** The call that was judged. */
function evidenceOf(attestation: Attestation, traits: VersionTraits): object {
  const { attestation_id, tool_name, payload_hash, rewrites } = attestation;
  return {
    api: {
      operation: tool_name,
      service: { name: serverOf(tool_name) },
      request: { uid: attestation_id },
    },
    actor: { user: agentUser(attestation, traits) },
    ai_agent: traits.aiAgent ? aiAgent(attestation) : undefined,
    data: {
      payload_hash: given(payload_hash),
      payload_hash_algorithm: payload_hash === undefined ? undefined : 'SHA-256',
      constraints: finding.constraintsOf(attestation),
      rewrites: listed(rewrites),
    },
  };
}
