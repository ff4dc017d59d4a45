import type { Sabotage } from './sabotage.ts';

/** Wrong numbers, lost tombstones, events that die or live too easily. */
export const PLACE_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'halves_overlap',
    what: 'the two halves of a refused batch share one place',
    file: 'src/delivery/next-step.ts',
    find: '      { from: middle, to, suspect: true },',
    replace: '      { from: middle - 1, to, suspect: true },',
  },
  {
    name: 'number_reused_after_split',
    what: 'after a batch was divided the next number is given twice',
    file: 'src/store/memory/memory-delivery-store.ts',
    find: '    for (const draft of parts.open) this.#batches.put(destinationNo, draft, present.attempts, present);',
    replace: `    for (const draft of parts.open) this.#batches.put(destinationNo, draft, present.attempts, present);
    if (parts.open.length > 1) this.#lanes.of(destinationNo).nextSeq -= 1;`,
  },
  {
    name: 'tombstone_forgotten',
    what: 'a dissolved batch leaves its numbers empty',
    file: 'src/delivery/events-to-send.ts',
    find: '{ open: [dissolved.draft] }',
    replace: '{ open: [] }',
  },
  {
    name: 'poison_for_ever',
    what: 'an event that is refused alone is sent again and again',
    file: 'src/delivery/settle-batch.ts',
    find: 'return piece.dead === undefined || isLoneTombstone(slice) ? slice : entombRefused(run, slice, piece.dead);',
    replace: 'return slice;',
  },
  {
    name: 'dead_without_take',
    what: 'an event goes dead when its tombstone was refused, too',
    file: 'src/delivery/next-step.ts',
    find: 'if (at.tombstone && at.othersTakenSince) return',
    replace: 'if (at.tombstone) return',
  },
  {
    name: 'number_believed',
    what: 'the number of the refused event is believed, though it cannot be true',
    file: 'src/delivery/next-step.ts',
    find: 'return culprit >= taken && culprit < places ? culprit : undefined;',
    replace: 'return Math.abs(culprit);',
  },
  {
    name: 'double_not_counted',
    what: 'what may stand in the SIEM twice is not counted',
    file: 'src/delivery/deliver-batch.ts',
    find: 'if (batch.mayDouble !== undefined) {',
    replace: 'if (run === undefined) {',
  },
  {
    name: 'secret_in_words',
    what: "a connector's own error text is kept and shown",
    file: 'src/delivery/send-batch.ts',
    find: "message: `The connector ended without an answer (${codeOf(error) ?? 'no code'})`,",
    replace: "message: `The connector ended: ${error instanceof Error ? error.message : ''}`,",
  },
];
