import type { JsonObject } from '../json.ts';
import { finishText } from './finish-text.ts';
import { PRODUCT, RENDERER_VERSION } from './metadata.ts';
import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { MAX_STRING_CHARS } from './ocsf-versions.ts';

/** An event of the stream itself: no decision, but a place that must not stay empty, or a test. */
export interface StreamEventDraft {
  readonly uid: string;
  /** Present-tense word for `activity_name`: `Tombstone`, `Test`. */
  readonly activity: string;
  readonly eventCode: string;
  readonly message: string;
  readonly timeMs: number;
  readonly workspaceId: string;
  readonly aegis: JsonObject;
}

/**
 * An OCSF Base Event (class 0, https://schema.ocsf.io/1.1.0/classes/base_event) with activity 99 and its own word. A
 * finding would raise alarms for what is no decision.
 */
export function streamEvent(draft: StreamEventDraft, settings: OcsfSettings): OcsfEvent {
  return finishText(
    {
      class_uid: 0,
      category_uid: 0,
      activity_id: 99,
      type_uid: 99,
      severity_id: 1,
      time: draft.timeMs,
      metadata: {
        uid: draft.uid,
        version: settings.version,
        product: PRODUCT,
        event_code: draft.eventCode,
        tenant_uid: draft.workspaceId,
        log_name: 'aegis_stream',
        log_provider: 'aegis',
        log_version: RENDERER_VERSION,
      },
      message: draft.message,
      severity: 'Informational',
      class_name: 'Base Event',
      category_name: 'Uncategorized',
      activity_name: draft.activity,
      type_name: 'Base Event: Other',
      status_id: 1,
      status: 'Success',
      timezone_offset: 0,
      unmapped: { aegis: { workspace_id: draft.workspaceId, ...draft.aegis } },
    },
    MAX_STRING_CHARS,
  );
}
