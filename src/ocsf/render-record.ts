import { hash } from 'node:crypto';
import type { Attestation } from '../attestation/attestation.ts';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import { passesFilter } from './event-filter.ts';
import { renderAdminEvent } from './admin/render-admin-event.ts';
import { renderExternalEvent } from './external-event.ts';
import { finishText, isPlainRecord } from './finish-text.ts';
import { invalidEvent } from './invalid-event.ts';
import { attestationToOcsf, mapAttestation } from './map-attestation.ts';
import { RENDERER_VERSION } from './metadata.ts';
import type { OcsfEvent, RenderSettings } from './ocsf-event.ts';
import { MAX_STRING_CHARS } from './ocsf-versions.ts';
import { RedactionKeyError } from './redaction/redaction-key.ts';
import type { Redactor } from './redaction/redactor.ts';
import { MAX_REPLACEMENT_CHARS } from './redaction/replacement.ts';
import { withRedactions } from './redaction/with-redactions.ts';
import { LEFT_OUT, type RenderResult } from './render-result.ts';
import { validateEvent } from './validate-event.ts';

/** Hex digits that tell two filters of one destination apart. */
const KEY_DIGITS = 16;

/** A record as the outbox has it. */
export interface RecordText {
  /** `admin`: what happened to the service, as facts; `event`: an OCSF event that others posted. */
  readonly source: 'attestation' | 'event' | 'admin';
  readonly body: string;
}

/**
 * A record as an event without a number. Records may have been written past the parser (by SQL), so they are parsed here
 * again; a refused one says why. Throws where there are rules of redaction and nothing to carry them out with.
 */
export function renderRecord(record: RecordText, settings: RenderSettings): RenderResult {
  if (record.source !== 'attestation') {
    const redactor = redactorOf(settings);
    return record.source === 'admin'
      ? renderAdminEvent(record.body, settings, redactor)
      : renderExternalEvent(record.body, redactor);
  }
  const parsed = parseAttestation(record.body);
  if (!parsed.ok) return { ok: false, ...parsed.refusal };
  if (settings.filter !== undefined && !passesFilter(parsed.attestation, settings.filter))
    return {
      ok: false,
      code: LEFT_OUT,
      pointer: '',
      message: 'The filter of the destination leaves it out.',
    };
  const redactor = redactorOf(settings);
  if (redactor !== undefined)
    return checked(redactedEvent(parsed.attestation, record.body, redactor, settings), settings);
  const event = isPlainRecord(record.body)
    ? mapAttestation(parsed.attestation, settings)
    : attestationToOcsf(parsed.attestation, settings);
  return checked(event, settings);
}

/**
 * Names everything that decides which events there are, and their bytes: renderer version, class, schema version, filter,
 * redaction with its key, validation, fingerprint.
 */
export function renderKey(settings: RenderSettings): string {
  const { classUid, version, filter, validate, recordIntegrity } = settings;
  const redactor = redactorOf(settings);
  return [
    `r${RENDERER_VERSION}/${classUid}/${version}`,
    ...(filter === undefined ? [] : [hash('sha256', JSON.stringify(filter)).slice(0, KEY_DIGITS)]),
    ...(redactor === undefined ? [] : [`redacted-${redactor.name}`]),
    ...(validate === true ? ['validated'] : []),
    ...(recordIntegrity === true ? ['fingerprinted'] : []),
  ].join('/');
}

function redactorOf({ redaction, redactor }: RenderSettings): Redactor | undefined {
  if (redaction === undefined) return undefined;
  if (redactor !== undefined) return redactor;
  throw new RedactionKeyError(
    'redaction_key_missing',
    'There are rules of redaction and nothing to carry them out with.',
  );
}

function redactedEvent(
  attestation: Attestation,
  body: string,
  redactor: Redactor,
  settings: RenderSettings,
): OcsfEvent {
  const { attestation: seen, redacted } = redactor.redact(attestation);
  const event = withRedactions(mapAttestation(seen, settings), redacted, seen.signature !== undefined);
  const places = redacted.reduce((sum, { count }) => sum + count, 0);
  // What stands in for a short text may be longer than it.
  return isPlainRecord(body, places * MAX_REPLACEMENT_CHARS) ? event : finishText(event, MAX_STRING_CHARS);
}

/** Held against its schema where the destination asks for it: what no consumer of the schema could read is not sent. */
function checked(event: OcsfEvent, { validate }: RenderSettings): RenderResult {
  const [finding] = validate === true ? validateEvent(event) : [];
  return finding === undefined ? { ok: true, event } : invalidEvent(finding, 'The event');
}
