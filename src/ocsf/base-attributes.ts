import type { Attestation, Verdict } from '../attestation/attestation.ts';
import type { JsonValue } from '../json.ts';
import { type Coded, decisionOf } from './decision.ts';
import { metadataOf } from './metadata.ts';
import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { shortReason, statusDetail } from './reasons.ts';

export interface OcsfClass {
  readonly uid: number;
  readonly name: string;
  readonly categoryUid: number;
  readonly categoryName: string;
}

export interface BaseChoice {
  readonly ocsfClass: OcsfClass;
  /** `activity_id` and the word for it; with 99 the word is the source's own. */
  readonly activity: Coded;
  readonly status: Coded;
  /** Profiles whose attributes the event has: no more and no fewer. */
  readonly profiles?: readonly string[] | undefined;
}

/**
 * What every event of an attestation begins with, whatever its class: identity first, since Splunk extracts fields at search
 * time from the first 5,000 bytes only. Splunk's limit: https://docs.splunk.com/Documentation/Splunk/latest/Admin/Limitsconf
 */
export function baseAttributes(
  attestation: Attestation,
  settings: OcsfSettings,
  choice: BaseChoice,
): OcsfEvent {
  const { ocsfClass, activity, status, profiles } = choice;
  const decision = decisionOf(attestation);
  return {
    class_uid: ocsfClass.uid,
    category_uid: ocsfClass.categoryUid,
    activity_id: activity.id,
    type_uid: ocsfClass.uid * 100 + activity.id,
    severity_id: decision.severity.id,
    time: attestation.time_ms,
    metadata: metadataOf(attestation, settings, profiles) as JsonValue,
    message: messageOf(attestation, decision.statusCode),
    severity: decision.severity.name,
    class_name: ocsfClass.name,
    category_name: ocsfClass.categoryName,
    activity_name: activity.name,
    type_name: `${ocsfClass.name}: ${activity.id === 99 ? 'Other' : activity.name}`,
    status_id: status.id,
    status: status.name,
    status_code: decision.statusCode,
    status_detail: statusDetail(attestation),
  };
}

/** No verdict says that a tool was called: it is made before the call. */
const OUTCOMES: Readonly<Record<Verdict, (who: string, tool: string) => string>> = {
  allow: (who, tool) => `${who} was allowed to call ${tool}`,
  rewrite: (who, tool) => `${who} was allowed to call ${tool} with changes`,
  deny: (who, tool) => `${who} was blocked from calling ${tool}`,
  escalate: (who, tool) => `${who} waits for approval to call ${tool}`,
};

function messageOf(attestation: Attestation, statusCode: string): string {
  const { agent, agent_id, tool_name, verdict, resolution } = attestation;
  const who = agent?.name ? `${agent.name} (${agent_id})` : agent_id;
  if (resolution === undefined)
    return `Aegis ${statusCode}: ${OUTCOMES[verdict](who, tool_name)}: ${shortReason(attestation)}`;
  const was = resolution.decision === 'expired' ? '' : 'was ';
  return `Aegis ${statusCode}: the escalated call of ${tool_name} by ${who} ${was}${shortReason(attestation)}`;
}
