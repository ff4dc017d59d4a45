import { createHash } from 'node:crypto';
import type { JsonObject } from '../json.ts';
import type { OcsfEvent } from './ocsf-event.ts';
import { OCSF_VERSIONS, VERSION_TRAITS } from './ocsf-versions.ts';

/** A cut that was made, kept at `unmapped.aegis.truncated`: where, how long the text was, and its SHA-256. */
export interface Truncation {
  /** `finding.supporting_data.constraints[0].reason` */
  readonly path: string;
  /** Length of the text before the cut, in UTF-16 units. */
  readonly chars: number;
  /** SHA-256 in hex of the text before the cut, in UTF-8. */
  readonly sha256: string;
}

export function truncationOf(path: string, original: string): Truncation {
  return { path, chars: original.length, sha256: createHash('sha256').update(original).digest('hex') };
}

/** The cuts that an event made here lists. */
export function truncationsOf(event: OcsfEvent): readonly Truncation[] {
  const { truncated = [] } = aegisOf(event);
  return truncated as unknown as readonly Truncation[];
}

/** The event with this list of cuts in place of the one it has, and marked as cut where its version has a mark for it. */
export function withTruncations(event: OcsfEvent, truncations: readonly Truncation[]): OcsfEvent {
  const aegis = { ...aegisOf(event), truncated: truncations.map((item) => ({ ...item })) };
  const unmapped = { ...(event['unmapped'] as JsonObject | undefined), aegis };
  const metadata = (event['metadata'] ?? {}) as JsonObject;
  if (!hasTruncatedMark(metadata['version'])) return { ...event, unmapped };
  return { ...event, metadata: { ...metadata, is_truncated: true }, unmapped };
}

function hasTruncatedMark(version: unknown): boolean {
  return OCSF_VERSIONS.some((held) => held === version && VERSION_TRAITS[held].truncatedMark);
}

function aegisOf(event: OcsfEvent): JsonObject {
  const unmapped = (event['unmapped'] ?? {}) as JsonObject;
  return (unmapped['aegis'] ?? {}) as JsonObject;
}
