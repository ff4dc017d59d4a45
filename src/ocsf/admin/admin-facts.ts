import type { JsonObject, JsonValue } from '../../json.ts';

/** What was acted upon. `kind` is the first word of the code: `destination`, `api_key`, `replay`. */
export interface AdminEntity {
  readonly kind: string;
  readonly uid: string;
  readonly name?: string;
  /** How it was before, and how it is now. Secrets as fingerprints only. */
  readonly before?: JsonValue;
  readonly after?: JsonValue;
}

/** What happened to the service itself, kept so that each destination can be told in its own schema version. */
export interface AdminFacts {
  /** `metadata.uid`: once for each event. */
  readonly uid: string;
  /** `metadata.event_code`: `destination.changed`, `service.started`. */
  readonly code: string;
  readonly timeMs: number;
  readonly workspaceId: string;
  readonly message: string;
  /** Who did it, as the audit has it: `key:...`, `first_start`. Absent: the service itself. */
  readonly actor?: string;
  readonly requestId?: string;
  readonly entity: AdminEntity;
  readonly severity: AdminSeverity;
  /** Something was refused, failed or lost. */
  readonly failed?: true;
  /** Goes to `unmapped.aegis.admin.details`. */
  readonly details?: JsonObject;
}

export type AdminSeverity = 'informational' | 'low' | 'medium' | 'high';

export const ADMIN_SEVERITIES: readonly AdminSeverity[] = ['informational', 'low', 'medium', 'high'];

/** The form of the stored text; another form gets another number. */
const FORM = 1;

/** The facts as a record's text. */
export function adminFactsText(facts: AdminFacts): string {
  return JSON.stringify({ aegis_admin: FORM, ...facts });
}

/** The facts in a record's text, or undefined where it is something else: it may have been written by SQL. */
export function readAdminFacts(text: string): AdminFacts | undefined {
  const facts = parsed(text);
  if (!isObject(facts) || facts['aegis_admin'] !== FORM) return undefined;
  const { uid, code, timeMs, workspaceId, message, actor, requestId, entity, severity, failed, details } =
    facts;
  if (!isText(uid) || !isText(code) || !isText(workspaceId) || !isText(message)) return undefined;
  if (typeof timeMs !== 'number' || !Number.isSafeInteger(timeMs) || timeMs < 0) return undefined;
  const level = ADMIN_SEVERITIES.find((one) => one === severity);
  const subject = entityOf(entity);
  if (level === undefined || subject === undefined) return undefined;
  return {
    uid,
    code,
    timeMs,
    workspaceId,
    message,
    ...(isText(actor) ? { actor } : {}),
    ...(isText(requestId) ? { requestId } : {}),
    entity: subject,
    severity: level,
    ...(failed === true ? { failed } : {}),
    ...(isObject(details) ? { details } : {}),
  };
}

function entityOf(value: unknown): AdminEntity | undefined {
  if (!isObject(value)) return undefined;
  const { kind, uid, name, before, after } = value;
  if (!isText(kind) || !isText(uid)) return undefined;
  return {
    kind,
    uid,
    ...(isText(name) ? { name } : {}),
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
