import type { JsonObject } from '../json.ts';
import { present } from './attributes.ts';
import { finishText } from './finish-text.ts';
import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { VERSION_TRAITS } from './ocsf-versions.ts';

/**
 * An event that others posted, ready for its place in a stream: a `metadata.sequence` of theirs moves to
 * `unmapped.aegis.original_sequence`, since that attribute belongs to the stream; a stream mark of theirs is not taken over.
 * The event was validated when it was taken in.
 */
export function externalToOcsf(event: JsonObject, settings: OcsfSettings): OcsfEvent {
  const { sequence, ...metadata } = (event['metadata'] ?? {}) as JsonObject;
  const unmapped = (event['unmapped'] ?? {}) as JsonObject;
  const { stream: claimed, ...aegis } = objectOr(unmapped['aegis']);
  return finishText(
    {
      ...event,
      metadata,
      unmapped: {
        ...unmapped,
        aegis: present({ original_sequence: sequence, original_stream: claimed, ...aegis }),
      },
    },
    VERSION_TRAITS[settings.version].maxStringChars,
  );
}

function objectOr(value: unknown): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  return value === undefined || value === null ? {} : { original_aegis: value as string };
}
