import type { JsonObject, JsonValue } from '../../json.ts';
import type { OcsfSettings } from '../ocsf-event.ts';
import type { Redactor } from '../redaction/redactor.ts';
import { withRedactions } from '../redaction/with-redactions.ts';
import type { RenderResult } from '../render-result.ts';
import { adminEvent } from './admin-event.ts';
import { type AdminFacts, readAdminFacts } from './admin-facts.ts';

/** The stored facts of an administrative event as the destination wants it: its schema version, and its patterns redacted. */
export function renderAdminEvent(body: string, settings: OcsfSettings, redactor?: Redactor): RenderResult {
  const facts = readAdminFacts(body);
  if (facts === undefined) {
    return {
      ok: false,
      code: 'not_admin_facts',
      pointer: '',
      message: 'The stored record is no administrative event of this product.',
    };
  }
  if (redactor === undefined) return { ok: true, event: adminEvent(facts, settings) };
  const { message, actor, entity, details } = facts;
  const { kind, uid, ...texts } = entity;
  // Ids and codes stay: they are what joins this event to others.
  const open = { message, ...(actor === undefined ? {} : { actor }), ...texts, details: details ?? {} };
  const { value, redacted } = redactor.redactTexts(open);
  if (redacted.length === 0) return { ok: true, event: adminEvent(facts, settings) };
  const seen = value as JsonObject;
  const { name, before, after } = seen as Partial<typeof texts>;
  const hidden: AdminFacts = {
    ...facts,
    message: textOf(seen['message']),
    ...(actor === undefined ? {} : { actor: textOf(seen['actor']) }),
    entity: {
      kind,
      uid,
      ...(name === undefined ? {} : { name }),
      ...(before === undefined ? {} : { before }),
      ...(after === undefined ? {} : { after }),
    },
    ...(details === undefined ? {} : { details: seen['details'] as JsonObject }),
  };
  return { ok: true, event: withRedactions(adminEvent(hidden, settings), redacted, false) };
}

/** What stands in for a text is one. */
function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
