import type { Attestation } from '../attestation/attestation.ts';
import { rfc3339ToMs } from '../attestation/rfc3339.ts';
import type { JsonValue } from '../json.ts';
import { agentUser, aiAgent, aiModel } from './actor.ts';
import { given } from './attributes.ts';
import { baseAttributes } from './base-attributes.ts';
import { type Coded, confidenceOf, decisionOf, impactOf, UNKNOWN } from './decision.ts';
import { confidenceScore, constraintsOf, findingUid } from './finding.ts';
import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { VERSION_TRAITS, type VersionTraits } from './ocsf-versions.ts';
import { actorObservable, entityObservables, entityResources, serverOf, toolResource } from './resources.ts';
import { controlAttributes, SECURITY_CONTROL } from './security-control.ts';
import { unmappedOf } from './unmapped.ts';

const CLASS = {
  uid: 6003,
  name: 'API Activity',
  categoryUid: 6,
  categoryName: 'Application Activity',
} as const;

const ACTIVITIES = {
  create: { id: 1, name: 'Create' },
  read: { id: 2, name: 'Read' },
  update: { id: 3, name: 'Update' },
  delete: { id: 4, name: 'Delete' },
} as const;

/**
 * API Activity (https://schema.ocsf.io/1.9.0/classes/api_activity): the call itself, judged as it happened, which is what the
 * schema has the profile security_control for. From 1.8.0 on with the profile ai_operation.
 */
export function apiActivity(attestation: Attestation, settings: OcsfSettings): OcsfEvent {
  const traits = VERSION_TRAITS[settings.version];
  const { agent_id, tool_name, delegation } = attestation;
  const event: OcsfEvent = {
    ...baseAttributes(attestation, settings, {
      ocsfClass: CLASS,
      activity: activityOf(attestation),
      status: decisionOf(attestation).status,
      profiles: profilesOf(attestation, traits),
    }),
    timezone_offset: 0,
    actor: actorOf(attestation, traits) as JsonValue,
    api: apiOf(attestation) as JsonValue,
    src_endpoint: endpoint({ uid: agent_id, name: given(attestation.agent?.name), svc_name: 'aegis-gate' }),
    dst_endpoint: endpoint({ name: serverOf(tool_name), svc_name: serverOf(tool_name) }),
    resources: [toolResource(attestation, traits), ...entityResources(attestation, traits)] as JsonValue[],
    observables: [
      actorObservable(delegation?.delegator_id || agent_id, traits),
      { name: 'src_endpoint.uid', type_id: 99, type: 'AI Agent ID', value: agent_id },
      { name: 'api.operation', type_id: 99, type: 'Tool Name', value: tool_name },
      ...entityObservables(attestation),
    ] as JsonValue[],
    unmapped: unmappedOf(attestation, { constraints: constraintsOf(attestation) }) as JsonValue,
  };
  if (!traits.controlEverywhere) return event;
  return {
    ...event,
    ...controlAttributes(attestation, traits),
    ...riskOf(attestation),
    trace: traceOf(attestation) as JsonValue | undefined,
    ...(traits.aiOperation ? aiOperation(attestation, traits) : {}),
  };
}

function profilesOf({ trace_id }: Attestation, traits: VersionTraits): readonly string[] | undefined {
  if (!traits.controlEverywhere) return undefined;
  return [SECURITY_CONTROL, ...(trace_id ? ['trace'] : []), ...(traits.aiOperation ? ['ai_operation'] : [])];
}

/** A call of another kind has the tool's own verb. */
function activityOf({ action_type, tool_name }: Attestation): Coded {
  if (action_type !== undefined) return ACTIVITIES[action_type];
  const verb = tool_name.slice(tool_name.indexOf('.') + 1);
  // Beside 99 the schema wants a word of our own, and "Other" is none.
  return { id: 99, name: verb === 'Other' || verb === '' ? tool_name : verb };
}

/** Who stands behind the call: the person who delegated where one is known, else the agent. */
function actorOf(attestation: Attestation, traits: VersionTraits): object {
  const { delegation, session_id } = attestation;
  return {
    user: delegation?.delegator_id ? { uid: delegation.delegator_id } : agentUser(attestation, traits),
    session: session_id ? { uid: session_id } : undefined,
  };
}

/** One thread: the answer to an escalation names the request of the escalation. */
function apiOf(attestation: Attestation): object {
  return {
    operation: attestation.tool_name,
    service: { name: serverOf(attestation.tool_name) },
    request: { uid: findingUid(attestation) },
  };
}

function endpoint(fields: object): JsonValue {
  return fields as JsonValue;
}

/** The class has no impact; its risk level has the same words. 0 would be Info, so what is not known is left out. */
function riskOf(attestation: Attestation): OcsfEvent {
  const confidence = confidenceOf(attestation);
  const impact = impactOf(attestation);
  const isKnown = impact !== UNKNOWN;
  return {
    confidence_id: confidence.id,
    confidence: confidence.name,
    confidence_score: confidenceScore(attestation),
    risk_level_id: isKnown ? impact.id : undefined,
    risk_level: isKnown ? impact.name : undefined,
    risk_details: isKnown ? `impact severity ${impact.name.toLowerCase()}` : undefined,
  };
}

/** Without its span, which the schema would want a start and an end of; its id is in `unmapped`. */
function traceOf({ trace_id: uid }: Attestation): object | undefined {
  return uid ? { uid } : undefined;
}

function aiOperation(attestation: Attestation, traits: VersionTraits): OcsfEvent {
  const { agent, agent_id, session_id, tool_name } = attestation;
  return {
    message_context: {
      uid: given(session_id),
      ai_role_id: 4,
      ai_role: 'Agent',
      application: { uid: agent_id, name: given(agent?.name) },
      service: { name: serverOf(tool_name) },
    } as unknown as JsonValue,
    // From 1.9.0 on the model is the agent's; on its own it would mean a direct call of the model.
    ai_model: traits.aiAgent ? undefined : (aiModel(attestation) as JsonValue | undefined),
    ai_agent: traits.aiAgent ? (aiAgent(attestation) as JsonValue) : undefined,
    delegation: traits.aiAgent ? (delegationOf(attestation) as JsonValue | undefined) : undefined,
  };
}

function delegationOf({ delegation }: Attestation): object | undefined {
  if (!delegation?.id) return undefined;
  const { id, parent_id, issuer, created_at } = delegation;
  return {
    uid: id,
    parent_uid: given(parent_id),
    issuer_uid: given(issuer),
    created_time: created_at ? rfc3339ToMs(created_at) : undefined,
  };
}
