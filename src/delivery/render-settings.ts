import type { RenderSettings } from '../ocsf/ocsf-event.ts';
import { RedactionKeyError } from '../ocsf/redaction/redaction-key.ts';
import { needsKey } from '../ocsf/redaction/redaction-rule.ts';
import { createRedactor } from '../ocsf/redaction/redactor.ts';
import type { Destination } from '../outbox/destination.ts';
import { errorFields } from './error-fields.ts';

/** Opens the redaction key of a destination; undefined where it has none. Throws when it cannot be opened. */
export type OpenRedactionKey = (destination: Destination) => string | undefined;

/**
 * The settings that a destination's events are rendered under, with its redactor. Throws `RedactionKeyError` where the rules
 * need a key that is not there or cannot be opened: nothing may then be rendered, since it would be unredacted.
 */
export function renderSettings(destination: Destination, openKey: OpenRedactionKey): RenderSettings {
  const { ocsf } = destination;
  if (ocsf.redaction === undefined) return ocsf;
  const key = needsKey(ocsf.redaction) ? openOrThrow(destination, openKey) : undefined;
  return { ...ocsf, redactor: createRedactor(ocsf.redaction, key) };
}

function openOrThrow(destination: Destination, openKey: OpenRedactionKey): string | undefined {
  try {
    return openKey(destination);
  } catch (cause) {
    throw new RedactionKeyError(
      'redaction_key_unreadable',
      `The redaction_key cannot be opened (${errorFields(cause).error}).`,
      { cause },
    );
  }
}
