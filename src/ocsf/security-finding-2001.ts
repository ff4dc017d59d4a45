import type { Attestation } from '../attestation/attestation.ts';
import type { JsonValue } from '../json.ts';
import { agentUser } from './actor.ts';
import { given, listed } from './attributes.ts';
import { baseAttributes } from './base-attributes.ts';
import { confidenceOf, decisionOf, impactOf } from './decision.ts';
import * as finding from './finding.ts';
import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { VERSION_TRAITS, type VersionTraits } from './ocsf-versions.ts';
import { findingText } from './reasons.ts';
import { agentResource, entityResources, observablesOf, toolResource } from './resources.ts';
import { controlAttributes, SECURITY_CONTROL } from './security-control.ts';
import { unmappedOf } from './unmapped.ts';

const CLASS = { uid: 2001, name: 'Security Finding', ...finding.FINDINGS } as const;
const PROFILES = ['host', SECURITY_CONTROL] as const;

/**
 * Security Finding (https://schema.ocsf.io/1.1.0/classes/security_finding): the class that was asked for, and the widest
 * known. Deprecated since 1.1.0, and in every version up to 1.9.0. From 1.4.0 on it takes actor, action and disposition.
 */
export function securityFinding(attestation: Attestation, settings: OcsfSettings): OcsfEvent {
  const decision = decisionOf(attestation);
  const confidence = confidenceOf(attestation);
  const impact = impactOf(attestation);
  const traits = VERSION_TRAITS[settings.version];
  const event: OcsfEvent = {
    ...baseAttributes(attestation, settings, {
      ocsfClass: CLASS,
      activity: finding.findingActivity(attestation),
      status: decision.status,
      ...(traits.controlEverywhere ? { profiles: PROFILES } : {}),
    }),
    state_id: decision.state.id,
    state: decision.state.name,
    confidence_id: confidence.id,
    confidence: confidence.name,
    impact_id: impact.id,
    impact: impact.name,
    timezone_offset: 0,
    resources: [
      agentResource(attestation, traits),
      toolResource(attestation, traits),
      ...entityResources(attestation, traits),
    ] as JsonValue[],
    finding: findingOf(attestation, decision.statusCode, traits) as JsonValue,
    observables: observablesOf(attestation) as JsonValue[],
    data_sources: ['aegis_attestations'],
    unmapped: unmappedOf(attestation) as JsonValue,
    analytic: finding.analyticOf(attestation) as JsonValue | undefined,
    confidence_score: finding.confidenceScore(attestation),
  };
  if (!traits.controlEverywhere) return event;
  return {
    ...event,
    actor: { user: agentUser(attestation, traits) as JsonValue },
    ...controlAttributes(attestation, traits),
  };
}

function findingOf(attestation: Attestation, statusCode: string, traits: VersionTraits): object {
  return {
    uid: finding.findingUid(attestation),
    title: finding.findingTitle(attestation),
    desc: findingText(attestation),
    types: ['AI Agent Policy Decision', statusCode],
    created_time: finding.createdTime(attestation),
    modified_time: finding.modifiedTime(attestation),
    product: traits.findingProduct ? { name: 'Aegis', vendor_name: 'Aegis' } : undefined,
    remediation: finding.remediationOf(attestation),
    supporting_data: supportingData(attestation),
  };
}

function supportingData(attestation: Attestation): object {
  return {
    agent_id: attestation.agent_id,
    tool_name: attestation.tool_name,
    payload_hash: given(attestation.payload_hash),
    constraints: finding.constraintsOf(attestation),
    rewrites: listed(attestation.rewrites),
  };
}
