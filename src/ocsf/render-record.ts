import { parseAttestation } from '../attestation/parse-attestation.ts';
import type { JsonObject } from '../json.ts';
import { externalToOcsf } from './external-event.ts';
import { RENDERER_VERSION } from './metadata.ts';
import type { OcsfEvent, OcsfSettings } from './ocsf-event.ts';
import { attestationToOcsf2001, mapSecurityFinding } from './security-finding-2001.ts';
import { isPlainRecord } from './finish-text.ts';

/** A record as the outbox has it. */
export interface RecordText {
  readonly source: 'attestation' | 'event';
  readonly body: string;
}

export type RenderResult =
  | { readonly ok: true; readonly event: OcsfEvent }
  | { readonly ok: false; readonly code: string; readonly pointer: string; readonly message: string };

/**
 * A record as an event without a number. Records may have been written past the parser (by SQL), so they are parsed here
 * again; a refused one says why.
 */
export function renderRecord(record: RecordText, settings: OcsfSettings): RenderResult {
  if (record.source === 'event') return renderExternal(record.body, settings);
  const parsed = parseAttestation(record.body);
  if (!parsed.ok) return { ok: false, ...parsed.refusal };
  const event = isPlainRecord(record.body)
    ? mapSecurityFinding(parsed.attestation, settings)
    : attestationToOcsf2001(parsed.attestation, settings);
  return { ok: true, event };
}

function renderExternal(body: string, settings: OcsfSettings): RenderResult {
  try {
    return { ok: true, event: externalToOcsf(JSON.parse(body) as JsonObject, settings) };
  } catch {
    return { ok: false, code: 'not_json', pointer: '', message: 'The stored event is not JSON.' };
  }
}

/** Names everything that decides the bytes of an event: renderer version, class and schema version. */
export function renderKey(settings: OcsfSettings): string {
  return `r${RENDERER_VERSION}/${settings.classUid}/${settings.version}`;
}
