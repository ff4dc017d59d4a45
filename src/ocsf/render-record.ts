import { hash } from 'node:crypto';
import { parseAttestation } from '../attestation/parse-attestation.ts';
import { passesFilter } from './event-filter.ts';
import { renderExternalEvent } from './external-event.ts';
import { isPlainRecord } from './finish-text.ts';
import { attestationToOcsf, mapAttestation } from './map-attestation.ts';
import { RENDERER_VERSION } from './metadata.ts';
import type { OcsfSettings } from './ocsf-event.ts';
import { LEFT_OUT, type RenderResult } from './render-result.ts';

/** Hex digits that tell two filters of one destination apart. */
const KEY_DIGITS = 16;

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
  if (settings.filter !== undefined && !passesFilter(parsed.attestation, settings.filter))
    return {
      ok: false,
      code: LEFT_OUT,
      pointer: '',
      message: 'The filter of the destination leaves it out.',
    };
  const event = isPlainRecord(record.body)
    ? mapAttestation(parsed.attestation, settings)
    : attestationToOcsf(parsed.attestation, settings);
  return { ok: true, event };
}

/** Names everything that decides which events there are, and their bytes: renderer version, class, schema version, filter. */
export function renderKey({ classUid, version, filter }: OcsfSettings): string {
  const key = `r${RENDERER_VERSION}/${classUid}/${version}`;
  if (filter === undefined) return key;
  return `${key}/${hash('sha256', JSON.stringify(filter)).slice(0, KEY_DIGITS)}`;
}
