export type ReplayKind = 'range' | 'missing' | 'attestations';

/** What a person filled in; texts, as fields have them. */
export interface ReplayDraft {
  readonly destinationId: string;
  readonly kind: ReplayKind;
  /** `datetime-local`, in the reader's zone. */
  readonly from: string;
  readonly to: string;
  readonly ids: string;
  readonly rate: string;
  readonly reason: string;
}

export const NEW_DRAFT: ReplayDraft = {
  destinationId: '',
  kind: 'range',
  from: '',
  to: '',
  ids: '',
  rate: '',
  reason: '',
};

/** The body for the API; undefined while something that it needs is missing. */
export function replayBody(draft: ReplayDraft): object | undefined {
  const { destinationId, kind, from, to, ids, rate, reason } = draft;
  if (destinationId === '') return undefined;
  const named = idsOf(ids);
  if (kind === 'attestations' ? named.length === 0 : from === '') return undefined;
  return {
    destination_id: destinationId,
    ...(kind === 'attestations' ? { attestation_ids: named } : {}),
    ...(kind === 'missing' ? { missing_since: utc(from) } : {}),
    ...(kind === 'range' ? { from: utc(from), ...(to === '' ? {} : { to: utc(to) }) } : {}),
    ...(rate === '' ? {} : { rate_per_second: Number(rate) }),
    ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
  };
}

/** Ids however they were pasted: by lines, commas or blanks, each once. */
export function idsOf(text: string): readonly string[] {
  return [...new Set(text.split(/[\s,;]+/u).filter((word) => word !== ''))];
}

function utc(local: string): string {
  return new Date(local).toISOString();
}
