import type { JsonObject, JsonValue } from '../json.ts';
import type { AdminFacts, AdminSeverity } from '../ocsf/admin/admin-facts.ts';
import type { AuditRecord } from './admin-store.ts';

/** What the store knows of an action beyond its audit record. */
export interface AuditContext {
  /** A destination takes records again: those recorded in this time are not in its stream. */
  readonly gap?: { readonly fromMs: number; readonly toMs: number };
  /** A destination was deleted: where its stream ends. Nothing is sent any more, so no checkpoint says it. */
  readonly streamEnd?: StreamEnd;
}

/** The last number of a stream whose place was finished; 0 where none was. */
export interface StreamEnd {
  readonly streamId: string;
  readonly epoch: string;
  readonly lastSeq: number;
}

/** Actions after which a SIEM gets something else than before, or less. */
const LOW_ACTIONS =
  /\.(changed|credentials_changed|disabled|paused|deleted|skipped|revoked|rotated|pruned)$/u;
const FAILED_ACTIONS = /[._](conflict|denied|failed|locked|refused)$/u;

/** The administrative event of an audit record: each action that is kept is told, whichever it is. */
export function auditFacts(audit: AuditRecord, context: AuditContext = {}): AdminFacts {
  const before = jsonOf(audit.before);
  const after = jsonOf(audit.after);
  const changed = isObject(before) && isObject(after) ? changedMembers(before, after) : [];
  const code = codeOf(audit.action, changed, after);
  const kind = audit.action.split('.')[0] ?? audit.action;
  const name = nameOf(after) ?? nameOf(before);
  const failed = FAILED_ACTIONS.test(audit.action);
  const { gap, streamEnd } = context;
  const details: JsonObject = {
    ...(changed.length === 0 ? {} : { changed }),
    ...(gap === undefined
      ? {}
      : { gap: { from: new Date(gap.fromMs).toISOString(), to: new Date(gap.toMs).toISOString() } }),
    ...(streamEnd === undefined
      ? {}
      : {
          stream_end: { id: streamEnd.streamId, epoch: streamEnd.epoch, last_seq: streamEnd.lastSeq },
        }),
  };
  return {
    uid: `audit:${audit.auditId}`,
    code,
    timeMs: Math.floor(audit.atMs),
    workspaceId: audit.workspaceId,
    message: `${code} by ${audit.actor}: ${name === undefined ? audit.subjectId : `${name} (${audit.subjectId})`}`,
    actor: audit.actor,
    ...(audit.requestId === undefined ? {} : { requestId: audit.requestId }),
    entity: {
      kind,
      uid: audit.subjectId,
      ...(name === undefined ? {} : { name }),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
    severity: severityOf(code, failed),
    ...(failed ? { failed: true as const } : {}),
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** A change of settings is told by the part of it that weighs most. */
function codeOf(action: string, changed: readonly string[], after: JsonValue | undefined): string {
  if (action !== 'destination.changed') return action;
  if (changed.includes('state') && isObject(after)) {
    return after['state'] === 'disabled' ? 'destination.disabled' : 'destination.enabled';
  }
  return changed.includes('credentials') ? 'destination.credentials_changed' : action;
}

function severityOf(code: string, failed: boolean): AdminSeverity {
  if (failed) return 'medium';
  return LOW_ACTIONS.test(code) ? 'low' : 'informational';
}

function changedMembers(before: JsonObject, after: JsonObject): string[] {
  return Object.keys({ ...before, ...after }).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}

function nameOf(value: JsonValue | undefined): string | undefined {
  const name = isObject(value) ? value['name'] : undefined;
  return typeof name === 'string' && name !== '' ? name : undefined;
}

/** An audit record keeps JSON; whatever else stands there is told as the text that it is. */
function jsonOf(text: string | undefined): JsonValue | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
