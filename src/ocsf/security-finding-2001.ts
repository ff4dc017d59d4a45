import type { Attestation, Constraint } from '../attestation/attestation.ts';
import type { JsonValue } from '../json.ts';
import { given, listed } from './attributes.ts';
import { finishText } from './finish-text.ts';
import { metadataOf } from './metadata.ts';
import { DEFAULT_OCSF_SETTINGS, type OcsfEvent, type OcsfSettings } from './ocsf-event.ts';
import { VERSION_TRAITS } from './ocsf-versions.ts';
import { decidingConstraint, findingText, shortReason, statusDetail } from './reasons.ts';
import { observablesOf, resourcesOf } from './resources.ts';
import { unmappedOf } from './unmapped.ts';
import {
  CONFIDENCE_TABLE,
  IMPACT_TABLE,
  RESOLUTION_TABLE,
  RESOLVED,
  UNKNOWN,
  VERDICT_TABLE,
} from './verdict-table.ts';
import { rfc3339ToMs } from '../attestation/rfc3339.ts';

const CLASS = { uid: 2001, name: 'Security Finding', categoryUid: 2, categoryName: 'Findings' } as const;
const CREATE = { id: 1, name: 'Create' } as const;

/**
 * An attestation as an OCSF Security Finding (class 2001, https://schema.ocsf.io/1.1.0/classes/security_finding). The
 * verdict decides the severity; the impact goes to `impact_id`. A resolution record closes the finding of the escalation
 * that it resolves. Pure: the same record and settings give the same object in the same key order, identity first, since
 * Splunk extracts fields at search time from the first 5,000 bytes only.
 */
export function attestationToOcsf2001(
  attestation: Attestation,
  settings: OcsfSettings = DEFAULT_OCSF_SETTINGS,
): OcsfEvent {
  return finishText(
    mapSecurityFinding(attestation, settings),
    VERSION_TRAITS[settings.version].maxStringChars,
  );
}

/**
 * The mapping without its last step (`finishText`), for records that are known to need none. What the record does not give
 * is there as `undefined`, which no text of the event shows: objects of one shape are made and written much faster.
 */
export function mapSecurityFinding(attestation: Attestation, settings: OcsfSettings): OcsfEvent {
  const { verdict, resolution } = attestation;
  const row = VERDICT_TABLE[verdict];
  const traits = VERSION_TRAITS[settings.version];
  const activity = resolution === undefined ? CREATE : traits.closeActivity;
  const decided =
    resolution === undefined ? row : { ...row, ...RESOLUTION_TABLE[resolution.decision], state: RESOLVED };
  const confidence =
    attestation.evidence_class === undefined ? UNKNOWN : CONFIDENCE_TABLE[attestation.evidence_class];
  const impact =
    attestation.impact?.severity === undefined ? UNKNOWN : IMPACT_TABLE[attestation.impact.severity];
  return {
    class_uid: CLASS.uid,
    category_uid: CLASS.categoryUid,
    activity_id: activity.id,
    type_uid: CLASS.uid * 100 + activity.id,
    severity_id: row.severity.id,
    time: attestation.time_ms,
    metadata: metadataOf(attestation, settings) as JsonValue,
    message: messageOf(attestation, decided.statusCode),
    severity: row.severity.name,
    class_name: CLASS.name,
    category_name: CLASS.categoryName,
    activity_name: activity.name,
    type_name: `${CLASS.name}: ${activity.name}`,
    status_id: decided.status.id,
    status: decided.status.name,
    status_code: decided.statusCode,
    status_detail: statusDetail(attestation),
    state_id: decided.state.id,
    state: decided.state.name,
    confidence_id: confidence.id,
    confidence: confidence.name,
    impact_id: impact.id,
    impact: impact.name,
    timezone_offset: 0,
    resources: resourcesOf(attestation) as JsonValue[],
    finding: findingOf(attestation, decided.statusCode) as JsonValue,
    observables: observablesOf(attestation) as JsonValue[],
    data_sources: ['aegis_attestations'],
    unmapped: unmappedOf(attestation) as JsonValue,
    analytic: analyticOf(attestation) as JsonValue | undefined,
    confidence_score:
      attestation.confidence === undefined ? undefined : Math.round(attestation.confidence * 100),
  };
}

function messageOf(attestation: Attestation, statusCode: string): string {
  const { agent, agent_id, tool_name, resolution } = attestation;
  const who = agent?.name ? `${agent.name} (${agent_id})` : agent_id;
  if (resolution === undefined)
    return `Aegis ${statusCode}: ${who} called ${tool_name}: ${shortReason(attestation)}`;
  return `Aegis ${statusCode}: the escalated call of ${tool_name} by ${who} was ${shortReason(attestation)}`;
}

function analyticOf(attestation: Attestation): object | undefined {
  const constraint = decidingConstraint(attestation);
  if (constraint === undefined || !(constraint.id || constraint.name)) return undefined;
  return {
    type_id: 1,
    type: 'Rule',
    uid: given(constraint.id),
    name: given(constraint.name),
    desc: given(constraint.reason),
    category: 'Aegis constraint',
  };
}

function findingOf(attestation: Attestation, statusCode: string): object {
  const { verdict, resolution, resolves } = attestation;
  return {
    uid: resolves ?? attestation.attestation_id,
    title: `Agent tool call ${resolution?.decision ?? verdict}: ${attestation.tool_name}`,
    desc: findingText(attestation),
    types: ['AI Agent Policy Decision', statusCode],
    created_time: resolution === undefined ? attestation.time_ms : undefined,
    modified_time: resolution === undefined ? undefined : rfc3339ToMs(resolution.at),
    remediation:
      verdict === 'escalate' && resolution === undefined
        ? { desc: 'A person has to approve or reject the call.' }
        : undefined,
    supporting_data: supportingData(attestation),
  };
}

function supportingData(attestation: Attestation): object {
  return {
    agent_id: attestation.agent_id,
    tool_name: attestation.tool_name,
    payload_hash: given(attestation.payload_hash),
    constraints: listed((attestation.constraints ?? []).map((constraint) => constraintOf(constraint))),
    rewrites: listed(attestation.rewrites),
  };
}

function constraintOf({ id, name, outcome, reason, tier }: Constraint): object {
  return {
    id: given(id),
    name: given(name),
    outcome: given(outcome),
    reason: given(reason),
    tier: given(tier),
  };
}
