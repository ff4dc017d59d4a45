import type { Comparison } from './compare-deliveries.ts';

/**
 * - `nothing_yet`: no decision was recorded since the twin began.
 * - `twin_lacks`: something that the twin will not get by waiting.
 * - `twin_behind`: something waits for the twin.
 * - `old_behind`: the twin has everything, the old destination has not.
 * - `agree`: both have everything.
 */
export type MigrationWord = 'nothing_yet' | 'twin_lacks' | 'twin_behind' | 'old_behind' | 'agree';

export interface MigrationVerdict {
  readonly word: MigrationWord;
  /** The twin has all that the old one was given: the switch loses nothing. */
  readonly maySwitch: boolean;
  readonly text: string;
}

/** What a comparison comes to. `oldWaitsSince`: the oldest decision that waits for the old destination, if any does. */
export function migrationVerdict(
  { decisions, old, twin, lacking }: Comparison,
  from: string,
  oldWaitsSince: string | undefined,
): MigrationVerdict {
  const verdict = (word: MigrationWord, maySwitch: boolean, text: string): MigrationVerdict => ({
    word,
    maySwitch,
    text,
  });
  if (oldWaitsSince !== undefined && oldWaitsSince < from) {
    return verdict(
      'twin_lacks',
      false,
      `The old destination still waits with decisions from ${oldWaitsSince} on, before the twin began: let it deliver them, or give them to the twin with "aegis-siem replay start" and compare with --since ${oldWaitsSince}.`,
    );
  }
  if (decisions === 0) {
    return verdict(
      'nothing_yet',
      false,
      'No decision was recorded since the twin began: nothing to compare yet.',
    );
  }
  if (lacking.length > 0) {
    return verdict(
      'twin_lacks',
      false,
      `The twin lacks decisions that the old destination has, such as ${lacking.join(', ')}: see its dead letters and its filter, then send them again.`,
    );
  }
  if (twin.waiting > 0) {
    return verdict('twin_behind', false, `${twin.waiting} decisions wait for the twin.`);
  }
  if (old.waiting + old.dead > 0) {
    return verdict(
      'old_behind',
      true,
      `The twin has every decision; the old destination lacks ${old.waiting + old.dead} of them. To switch is safe.`,
    );
  }
  return verdict('agree', true, 'Both have every decision. To switch is safe.');
}
