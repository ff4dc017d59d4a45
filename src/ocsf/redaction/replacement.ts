import type { RecordHashes } from './record-hashes.ts';
import type { RedactionAction } from './redaction-rule.ts';

/** Stands where a text was and nothing of it may stay. */
export const REDACTED = '[redacted]';

/** Longer than anything that stands in for a text: by so much a record grows at most with each. All of it is plain. */
export const MAX_REPLACEMENT_CHARS = 64;

/** What is done with one text or a part of one. */
export interface Replacement {
  readonly action: RedactionAction;
  readonly keep: number;
  /** Given where the action is `hash`. */
  readonly key?: Uint8Array;
  /** What stands in place of a masked text. */
  readonly mask: string;
}

/** What stands in place of the text; an empty text where it is dropped. */
export function replaced(
  text: string,
  { action, keep, key, mask }: Replacement,
  hashes: RecordHashes,
): string {
  switch (action) {
    case 'drop':
      return '';
    case 'mask':
      return mask;
    case 'hash':
      // Checked when the rules were taken: a hash without a key could be undone by trying.
      if (key === undefined) throw new TypeError('A hash needs a key');
      return hashes.of(text, key) ?? mask;
    case 'keep_last':
      return `***${lastOf(text, keep)}`;
    default:
      return action satisfies never;
  }
}

/** The last characters, never more than half of the text: of a short one the rest could be guessed. */
function lastOf(text: string, keep: number): string {
  const characters = Array.from(text);
  const count = Math.min(keep, Math.floor(characters.length / 2));
  return count === 0 ? '' : characters.slice(-count).join('');
}
