import type { DestinationType } from '../connectors/connector.ts';
import type { JsonObject } from '../json.ts';
import type { OcsfSettings } from '../ocsf/ocsf-event.ts';
import { DEFAULT_OCSF_SETTINGS, OCSF_CLASS_UIDS } from '../ocsf/ocsf-event.ts';
import { OCSF_VERSIONS } from '../ocsf/ocsf-versions.ts';
import { hasRecordIntegrity } from '../ocsf/record-integrity.ts';
import type { BatchSettings, RecordSource } from '../outbox/destination.ts';
import { type EventFilterBody, filterOf } from './event-filter-view.ts';
import { type RedactionBody, redactionOf } from './redaction-view.ts';
import type { BacklogLimitsBody } from './backlog-limits-view.ts';
import { Problem } from './problem.ts';

/** Body of POST, after its schema. */
export interface NewDestinationBody extends SettingsBody {
  readonly name: string;
  readonly workspace_id: string;
  readonly type: DestinationType;
  readonly config: JsonObject;
  readonly backfill_from?: string;
}

/** What POST and PATCH have in common. */
export interface SettingsBody {
  readonly name?: string;
  readonly workspace_id?: string;
  readonly type?: DestinationType;
  readonly config?: JsonObject;
  readonly credentials?: JsonObject;
  readonly credentials_expire_at?: string | null;
  /** Of PATCH only. */
  readonly next_credentials?: JsonObject | null;
  readonly next_credentials_expire_at?: string | null;
  readonly ocsf?: {
    readonly class_uid?: number;
    readonly version?: string;
    readonly validate?: boolean;
    readonly record_integrity?: boolean;
  };
  readonly filter?: EventFilterBody | null;
  readonly redaction?: RedactionBody | null;
  readonly batch?: {
    readonly max_events?: number;
    readonly max_bytes?: number;
    readonly max_in_flight?: number;
  };
  readonly limits?: BacklogLimitsBody;
  readonly sources?: readonly RecordSource[];
  readonly enabled?: boolean;
}

export const ALL_SOURCES: readonly RecordSource[] = ['attestations', 'admin', 'external'];

/** Class, version and choice of the events and what they leave out, or what is refused of these. */
export function ocsfOf(body: SettingsBody, current: OcsfSettings = DEFAULT_OCSF_SETTINGS): OcsfSettings {
  const {
    class_uid: classUid = current.classUid,
    version = current.version,
    validate = current.validate === true,
    record_integrity: recordIntegrity = current.recordIntegrity === true,
  } = body.ocsf ?? {};
  const heldClass = OCSF_CLASS_UIDS.find((held) => held === classUid);
  const heldVersion = OCSF_VERSIONS.find((held) => held === version);
  if (heldClass === undefined)
    throw notSupported('/ocsf/class_uid', `The OCSF class must be one of ${OCSF_CLASS_UIDS.join(', ')}.`);
  if (heldVersion === undefined)
    throw notSupported('/ocsf/version', `The OCSF version must be one of ${OCSF_VERSIONS.join(', ')}.`);
  if (recordIntegrity && !hasRecordIntegrity(heldVersion))
    throw notSupported(
      '/ocsf/record_integrity',
      `OCSF ${heldVersion} has no profile record_integrity: set ocsf.version to 1.9.0, or ocsf.record_integrity to false.`,
    );
  const filter = body.filter === undefined ? current.filter : filterOf(body.filter);
  const redaction = body.redaction === undefined ? current.redaction : redactionOf(body.redaction);
  return {
    classUid: heldClass,
    version: heldVersion,
    ...(filter === undefined ? {} : { filter }),
    ...(redaction === undefined ? {} : { redaction }),
    ...(validate ? { validate } : {}),
    ...(recordIntegrity ? { recordIntegrity } : {}),
  };
}

export function batchOf(body: SettingsBody): BatchSettings {
  const { max_events: maxEvents, max_bytes: maxBytes, max_in_flight: maxInFlight } = body.batch ?? {};
  return {
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(maxInFlight === undefined ? {} : { maxInFlight }),
  };
}

/** The config after a PATCH: given fields replace, null removes, the others stay. */
export function mergeConfig(current: JsonObject, change: JsonObject | undefined): JsonObject {
  const merged = new Map(Object.entries(current));
  for (const [field, value] of Object.entries(change ?? {})) {
    if (value === null) merged.delete(field);
    else merged.set(field, value);
  }
  return Object.fromEntries(merged);
}

function notSupported(pointer: string, detail: string): Problem {
  return new Problem('not_supported', detail, { pointer });
}
