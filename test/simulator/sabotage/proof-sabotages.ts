import type { Sabotage } from './sabotage.ts';

/** Checkpoints that say something else than what was sent. */
export const PROOF_SABOTAGES: readonly Sabotage[] = [
  {
    name: 'checkpoint_names_no_other',
    what: 'a checkpoint does not name the one before',
    file: 'src/delivery/checkpoint-keeper.ts',
    find: ': { previous: { epoch: last.epoch, seq: last.seq, sha256: checkpointSha256(last) } }),',
    replace:
      ": { previous: { epoch: last.epoch, seq: last.seq, sha256: checkpointSha256(last).replace(/^./, '0') } }),",
  },
  {
    name: 'checkpoint_begins_anew',
    what: 'a checkpoint covers the places of the one before once more',
    file: 'src/delivery/checkpoint-keeper.ts',
    find: 'const fromSeq = (last?.toSeq ?? 0) + 1;',
    replace: 'const fromSeq = Math.min(1, (last?.toSeq ?? 0) + 1);',
  },
];
