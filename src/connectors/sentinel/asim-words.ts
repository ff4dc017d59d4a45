import type { JsonValue } from '../../json.ts';
import type { OcsfEvent } from '../../ocsf/ocsf-event.ts';

/** Largest time that a `Date` can hold, in milliseconds since 1970. */
const MAX_TIME_MS = 8_640_000_000_000_000;

const SECURITY_FINDING = 2001;
const FINDINGS_CATEGORY = 2;

/** An OCSF time (milliseconds since 1970) as ISO 8601 in UTC; undefined when it is not one. */
export function isoTime(time: JsonValue | undefined): string | undefined {
  if (typeof time !== 'number' || !Number.isFinite(time) || Math.abs(time) > MAX_TIME_MS) return undefined;
  return new Date(time).toISOString();
}

/**
 * ASIM's four severities. OCSF's Critical and Fatal become High; Unknown and Other become Informational, the least
 * claim. The OCSF word stands in EventOriginalSeverity.
 */
export function eventSeverity(event: OcsfEvent): string {
  const severityId = event['severity_id'];
  if (severityId === 2) return 'Low';
  if (severityId === 3) return 'Medium';
  return severityId === 4 || severityId === 5 || severityId === 6 ? 'High' : 'Informational';
}

/**
 * ASIM's result. `status_id` 1 and 2 mean success and failure, but not in the findings classes after 2001: there they
 * say where the handling of the finding stands.
 */
export function eventResult(event: OcsfEvent): string {
  const isWorkflowStatus =
    event['category_uid'] === FINDINGS_CATEGORY && event['class_uid'] !== SECURITY_FINDING;
  if (isWorkflowStatus) return 'NA';
  if (event['status_id'] === 1) return 'Success';
  return event['status_id'] === 2 ? 'Failure' : 'NA';
}
