import type { JsonObject } from '../../json.ts';
import type { OcsfEvent } from '../ocsf-event.ts';
import type { Redaction } from './redaction-tally.ts';

const SIGNATURE_NOTE = 'The signature covers the record before it was redacted for this destination.';

/** The event with the list of what was redacted of its record, and a word on a signature that no longer fits what is seen. */
export function withRedactions(
  event: OcsfEvent,
  redacted: readonly Redaction[],
  isSigned: boolean,
): OcsfEvent {
  if (redacted.length === 0) return event;
  const unmapped = (event['unmapped'] ?? {}) as JsonObject;
  const aegis = (unmapped['aegis'] ?? {}) as JsonObject;
  return {
    ...event,
    unmapped: {
      ...unmapped,
      aegis: {
        ...aegis,
        redacted: redacted.map((item): JsonObject => ({ ...item })),
        ...(isSigned ? { signature_note: SIGNATURE_NOTE } : {}),
      },
    },
  };
}
