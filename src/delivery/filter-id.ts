import { hash } from 'node:crypto';
import { needsKey } from '../ocsf/redaction/redaction-rule.ts';
import type { Destination } from '../outbox/destination.ts';

const ID_DIGITS = 16;

/**
 * Names in checkpoints, without telling what they hold, the filter and the redaction that decide what a destination is sent:
 * `none` or 16 hex digits of the SHA-256 of the filter's JSON; with a redaction also `+` and 16 digits of the SHA-256 of its
 * rules, and of the fingerprint of its key where they use one.
 */
export function filterId({ ocsf, fingerprints }: Pick<Destination, 'ocsf' | 'fingerprints'>): string {
  const { filter, redaction } = ocsf;
  const filterPart = filter === undefined ? 'none' : digits(filter);
  if (redaction === undefined) return filterPart;
  const key = needsKey(redaction) ? (fingerprints['redaction_key'] ?? '') : '';
  return `${filterPart}+${digits({ redaction, key })}`;
}

function digits(value: object): string {
  return hash('sha256', JSON.stringify(value)).slice(0, ID_DIGITS);
}
