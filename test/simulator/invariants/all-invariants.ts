import { backoffInBounds } from './backoff-in-bounds.ts';
import { deadOnlyAfterTake } from './dead-only-after-take.ts';
import { duplicatesAllowedOnly } from './duplicates-allowed-only.ts';
import type { Evidence, Invariant } from './invariant.ts';
import { noSecretInTrace } from './no-secret-in-trace.ts';
import { nothingLost } from './nothing-lost.ts';
import { nothingSentBeforeCommit } from './nothing-sent-before-commit.ts';
import { oneOwner } from './one-owner.ts';
import { pausedSendsNothing } from './paused-sends-nothing.ts';
import { proofHolds } from './proof-holds.ts';
import { replaysAddUp } from './replays-add-up.ts';
import { sequenceGapFree } from './sequence-gap-free.ts';
import { storeRulesKept } from './store-rules-kept.ts';
import { writtenBeforeSent } from './written-before-sent.ts';

/** Broken where a world does not come to rest although its faults have stopped. Judged by the world itself. */
export const DRAINED_AFTER_FAULTS = 'drained_after_faults';

/** Fresh invariants for one world. */
export function allInvariants(evidence: Evidence): readonly Invariant[] {
  return [
    nothingLost,
    nothingSentBeforeCommit,
    writtenBeforeSent,
    duplicatesAllowedOnly,
    sequenceGapFree,
    deadOnlyAfterTake,
    pausedSendsNothing,
    backoffInBounds,
    oneOwner,
    noSecretInTrace,
    replaysAddUp,
    proofHolds,
    storeRulesKept,
  ].map((make) => make(evidence));
}
