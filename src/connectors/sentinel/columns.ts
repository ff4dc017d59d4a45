import type { JsonValue } from '../../json.ts';
import { eventResult, eventSeverity, isoTime } from './asim-words.ts';
import {
  booleanAt,
  firstResourceName,
  int32At,
  integerAt,
  reasonsOf,
  textAt,
  textListAt,
  type RowSource,
} from './event-fields.ts';

/** Column types of a Log Analytics table that this product uses. */
export type ColumnType = 'datetime' | 'string' | 'int' | 'long' | 'boolean' | 'dynamic';

/** One column of `AegisOcsf_CL`: what the template declares and how a row fills it. */
export interface Column {
  /** A letter, then letters, digits or underscores; at most 45 characters. */
  readonly name: string;
  readonly type: ColumnType;
  readonly description: string;
  /** The value for a row, or undefined where the event has none: the property is then left out, which reads as null. */
  readonly read: (source: RowSource) => JsonValue | undefined;
}

/**
 * Version of the table, stream and rule that fit these rows. It travels in each row, so that a query finds deployments
 * made from an older template, whose new columns are dropped without any error.
 */
export const TEMPLATE_VERSION = '1';

/** The table, and the stream that the shipped rule declares. */
export const TABLE_NAME = 'AegisOcsf_CL';
export const STREAM_NAME = 'Custom-AegisOcsf';

/**
 * The one definition of a row. Rows, the template under `content/sentinel` and the fake's declared columns are all made
 * from it: a property that the stream does not declare is dropped by the service with a 204, so the two must not drift.
 *
 * Reserved names of a table: https://learn.microsoft.com/azure/azure-monitor/logs/create-custom-table
 */
export const COLUMNS: readonly Column[] = Object.freeze([
  column(
    'TimeGenerated',
    'datetime',
    'Time of the decision. Replaced by the time of arrival when over 2 days old.',
    (s) => isoTime(s.event['time']),
  ),
  column('EventTime', 'datetime', 'Time of the decision, whatever became of TimeGenerated.', (s) =>
    isoTime(s.event['time']),
  ),
  column(
    'EventUid',
    'string',
    'OCSF metadata.uid. Delivery is at least once: remove duplicates by this.',
    (s) => textAt(s.event, 'metadata', 'uid'),
  ),
  column('EventVendor', 'string', 'Vendor of the product that made the event.', (s) =>
    textAt(s.event, 'metadata', 'product', 'vendor_name'),
  ),
  column('EventProduct', 'string', 'Product that made the event.', (s) =>
    textAt(s.event, 'metadata', 'product', 'name'),
  ),
  column('EventProductVersion', 'string', 'Version of that product.', (s) =>
    textAt(s.event, 'metadata', 'product', 'version'),
  ),
  column('EventSchema', 'string', 'Always OCSF.', () => 'OCSF'),
  column('EventSchemaVersion', 'string', 'OCSF version of the event.', (s) =>
    textAt(s.event, 'metadata', 'version'),
  ),
  column(
    'EventType',
    'string',
    'Event code, such as attestation.deny; else the OCSF type.',
    (s) => textAt(s.event, 'metadata', 'event_code') ?? textAt(s.event, 'type_name'),
  ),
  column('EventResult', 'string', 'Success, Failure, Partial or NA.', (s) => eventResult(s.event)),
  column('EventSeverity', 'string', 'Informational, Low, Medium or High.', (s) => eventSeverity(s.event)),
  column('EventOriginalSeverity', 'string', 'OCSF severity.', (s) => textAt(s.event, 'severity')),
  column('ClassUid', 'int', 'OCSF class.', (s) => int32At(s.event, 'class_uid')),
  column('ClassName', 'string', 'Name of the OCSF class.', (s) => textAt(s.event, 'class_name')),
  column('ActivityId', 'int', 'OCSF activity.', (s) => int32At(s.event, 'activity_id')),
  column('TypeUid', 'long', 'OCSF type: class times 100 plus activity.', (s) =>
    integerAt(s.event, 'type_uid'),
  ),
  column('StatusId', 'int', 'OCSF status.', (s) => int32At(s.event, 'status_id')),
  column('Verdict', 'string', 'ALLOW, DENY, ESCALATE or REWRITE.', (s) => textAt(s.aegis, 'verdict')),
  column('AgentId', 'string', 'Agent that proposed the tool call.', (s) => textAt(s.aegis, 'agent_id')),
  column(
    'AgentName',
    'string',
    'Name of that agent.',
    (s) =>
      textAt(s.aegis, 'agent', 'name') ??
      firstResourceName(s.event, 'AI Agent') ??
      textAt(s.aegis, 'agent_id'),
  ),
  column(
    'ToolName',
    'string',
    'Tool that was to be called, as server.tool.',
    (s) => textAt(s.aegis, 'tool_name') ?? textAt(s.event, 'api', 'operation'),
  ),
  column(
    'WorkspaceName',
    'string',
    'Aegis workspace.',
    (s) => textAt(s.aegis, 'workspace_id') ?? textAt(s.event, 'metadata', 'tenant_uid'),
  ),
  column('ActorUsername', 'string', 'Name of the user behind the event.', (s) =>
    textAt(s.event, 'actor', 'user', 'name'),
  ),
  column(
    'ActorUserId',
    'string',
    'Id of that user; of the delegator where a call was delegated.',
    (s) => textAt(s.event, 'actor', 'user', 'uid') ?? textAt(s.aegis, 'delegation', 'delegator_id'),
  ),
  column(
    'SrcIpAddr',
    'string',
    'Address that the event came from, where one is known.',
    (s) => textAt(s.event, 'src_endpoint', 'ip') ?? textAt(s.event, 'device', 'ip'),
  ),
  column('ImpactSeverity', 'string', 'Severity of the expected impact: low, medium, high or critical.', (s) =>
    textAt(s.aegis, 'impact_severity'),
  ),
  column('AttestationId', 'string', 'Id of the attestation.', (s) => textAt(s.aegis, 'attestation_id')),
  column('PayloadHash', 'string', 'SHA-256 of the arguments of the call.', (s) =>
    textAt(s.aegis, 'payload_hash'),
  ),
  column('ImpactHash', 'string', 'Hash of the impact set.', (s) => textAt(s.aegis, 'impact_hash')),
  column('ConstraintIds', 'dynamic', 'Ids of the constraints that took part.', (s) =>
    textListAt(s.aegis, 'constraint_ids'),
  ),
  column('Reasons', 'dynamic', 'Reasons that the constraints gave.', (s) => reasonsOf(s.event)),
  column('MessageText', 'string', 'One sentence for a person.', (s) => textAt(s.event, 'message')),
  column(
    'RawEvent',
    'string',
    'The OCSF event, exactly as it was hashed. Parse it with the function AegisOcsf.',
    (s) => s.text,
  ),
  column(
    'RawEventTruncated',
    'boolean',
    'The event was cut to fit; the cuts are listed in unmapped.aegis.truncated.',
    (s) => (s.aegis['truncated'] === undefined ? booleanAt(s.event, 'is_truncated') : true),
  ),
  column('StreamId', 'string', 'Stream of this destination.', (s) => textAt(s.stream, 'id')),
  column('StreamEpoch', 'string', 'Epoch of the stream: numbers start at 1 in each.', (s) =>
    textAt(s.stream, 'epoch'),
  ),
  column('StreamSeq', 'long', 'Place in the stream, without gaps in an epoch.', (s) =>
    integerAt(s.stream, 'seq'),
  ),
  column('StreamKind', 'string', 'event, tombstone, checkpoint or test.', (s) => textAt(s.stream, 'kind')),
  column(
    'TemplateVersion',
    'string',
    'Version of the table definition that the sender expects.',
    () => TEMPLATE_VERSION,
  ),
]);

function column(
  name: string,
  type: ColumnType,
  description: string,
  read: (source: RowSource) => JsonValue | undefined,
): Column {
  return Object.freeze({ name, type, description, read });
}
