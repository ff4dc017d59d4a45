import { parseAttestation } from '../attestation/parse-attestation.ts';
import { renderExternalEvent } from './external-event.ts';
import { isPlainRecord } from './finish-text.ts';
import { attestationToOcsf, mapAttestation } from './map-attestation.ts';
import { RENDERER_VERSION } from './metadata.ts';
import type { OcsfSettings } from './ocsf-event.ts';
import type { RenderResult } from './render-result.ts';

/** A record as the outbox has it. */
export interface RecordText {
  readonly source: 'attestation' | 'event';
  readonly body: string;
}

/**
 * A record as an event without a number. Records may have been written past the parser (by SQL), so they are parsed here
 * again; a refused one says why.
 */
export function renderRecord(record: RecordText, settings: OcsfSettings): RenderResult {
  if (record.source === 'event') return renderExternalEvent(record.body);
  const parsed = parseAttestation(record.body);
  if (!parsed.ok) return { ok: false, ...parsed.refusal };
  const event = isPlainRecord(record.body)
    ? mapAttestation(parsed.attestation, settings)
    : attestationToOcsf(parsed.attestation, settings);
  return { ok: true, event };
}

/** Names everything that decides the bytes of an event: renderer version, class and schema version. */
export function renderKey(settings: OcsfSettings): string {
  return `r${RENDERER_VERSION}/${settings.classUid}/${settings.version}`;
}
