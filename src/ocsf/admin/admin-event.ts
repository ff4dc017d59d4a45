import type { JsonObject } from '../../json.ts';
import { finishText } from '../finish-text.ts';
import { PRODUCT, RENDERER_VERSION } from '../metadata.ts';
import type { OcsfEvent, OcsfSettings } from '../ocsf-event.ts';
import { MAX_STRING_CHARS, VERSION_TRAITS } from '../ocsf-versions.ts';
import { type Activity, entityActivity, titled } from './admin-activity.ts';
import { ADMIN_SEVERITIES, type AdminEntity, type AdminFacts } from './admin-facts.ts';

const START: Activity = { id: 3, name: 'Start' };
const STOP: Activity = { id: 4, name: 'Stop' };

/** Names of kinds that a title of their word would not tell. */
const KIND_NAMES: ReadonlyMap<string, string> = new Map([
  ['destination', 'SIEM Destination'],
  ['api_key', 'API Key'],
  ['checkpoint_key', 'Checkpoint Key'],
  ['master_key', 'Master Key'],
  ['dead_letters', 'Dead Letters'],
]);

/**
 * What happened to the service as an OCSF event: its start and stop are Application Lifecycle (6002), everything else is done
 * to something and is Entity Management (3004). The same facts and settings give the same bytes. Not stamped yet.
 */
export function adminEvent(facts: AdminFacts, settings: OcsfSettings): OcsfEvent {
  const event =
    facts.code === 'service.started' || facts.code === 'service.stopped'
      ? lifecycleEvent(facts, settings)
      : entityEvent(facts, settings);
  return finishText(event, MAX_STRING_CHARS);
}

function lifecycleEvent(facts: AdminFacts, settings: OcsfSettings): OcsfEvent {
  const activity = facts.code === 'service.started' ? START : STOP;
  const { uid, name = uid } = facts.entity;
  return {
    ...head(6, 6002, activity),
    ...facing(facts, settings, []),
    class_name: 'Application Lifecycle',
    category_name: 'Application Activity',
    activity_name: activity.name,
    type_name: `Application Lifecycle: ${activity.name}`,
    // The product up to 1.8.0; deprecated in 1.9.0 for an object that says what runs.
    ...(VERSION_TRAITS[settings.version].application
      ? { application: { uid, name, product: PRODUCT } }
      : { app: { ...PRODUCT, uid } }),
    unmapped: unmappedOf(facts),
  };
}

function entityEvent(facts: AdminFacts, settings: OcsfSettings): OcsfEvent {
  const activity = entityActivity(facts.code, settings.version);
  const traits = VERSION_TRAITS[settings.version];
  const { before, after } = facts.entity;
  const result = after === undefined ? undefined : managed(facts.entity, after, settings);
  return {
    ...head(3, 3004, activity),
    ...facing(facts, settings, traits.controlEverywhere ? [] : ['host']),
    class_name: 'Entity Management',
    category_name: 'Identity & Access Management',
    activity_name: activity.name,
    type_name: `Entity Management: ${activity.id === 99 ? 'Other' : activity.name}`,
    // A user is named by the audit's own word for it: `key:` and its id, or the step that did it.
    actor: {
      user:
        facts.actor === undefined
          ? { uid: 'aegis-siem', name: 'aegis-siem', type_id: 3, type: 'System' }
          : { uid: facts.actor, name: facts.actor },
    },
    entity: managed(facts.entity, before, settings),
    ...(result === undefined ? {} : { [traits.updatedEntity ? 'updated_entity' : 'entity_result']: result }),
    unmapped: unmappedOf(facts),
  };
}

function head(categoryUid: number, classUid: number, activity: Activity): OcsfEvent {
  return {
    class_uid: classUid,
    category_uid: categoryUid,
    activity_id: activity.id,
    type_uid: classUid * 100 + activity.id,
  };
}

/** What both classes have. */
function facing(facts: AdminFacts, settings: OcsfSettings, profiles: readonly string[]): OcsfEvent {
  return {
    severity_id: ADMIN_SEVERITIES.indexOf(facts.severity) + 1,
    time: facts.timeMs,
    metadata: {
      uid: facts.uid,
      version: settings.version,
      ...(profiles.length === 0 ? {} : { profiles }),
      product: PRODUCT,
      event_code: facts.code,
      tenant_uid: facts.workspaceId,
      ...(facts.requestId === undefined ? {} : { correlation_uid: facts.requestId }),
      log_name: 'aegis_admin',
      log_provider: 'aegis',
      log_version: RENDERER_VERSION,
    },
    message: facts.message,
    severity: titled(facts.severity),
    status_id: facts.failed === true ? 2 : 1,
    status: facts.failed === true ? 'Failure' : 'Success',
    timezone_offset: 0,
  };
}

function managed(
  { kind, uid, name }: AdminEntity,
  data: AdminEntity['before'],
  settings: OcsfSettings,
): JsonObject {
  return {
    uid,
    ...(name === undefined ? {} : { name }),
    ...(VERSION_TRAITS[settings.version].entityStates ? { type_id: 99 } : {}),
    type: KIND_NAMES.get(kind) ?? titled(kind),
    ...(data === undefined || data === null ? {} : { data }),
  };
}

function unmappedOf({ workspaceId, code, details }: AdminFacts): JsonObject {
  return {
    aegis: {
      workspace_id: workspaceId,
      admin: { code, ...(details === undefined ? {} : { details }) },
    },
  };
}
