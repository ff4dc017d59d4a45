import type { Lane as StoredLane } from '../outbox/delivery-store.ts';
import type { Destination } from '../outbox/destination.ts';
import type { DeliveryParts } from './delivery-parts.ts';
import { LAST_SEQ } from './form-next.ts';
import { Lane } from './lane.ts';

/**
 * Takes a destination's lane. A store that is not the one the epoch is bound to (restored, promoted, copied) opens a new
 * epoch first: numbers that may have been given before are never given again. Undefined when the lane is another's.
 * `presentOwner`: whose lane it is as far as is known; one that is gone for certain is not waited for. `orderlyToken`: of the last
 * ownership of this process, where it ended in order.
 */
export async function openLane(
  destination: Destination,
  presentOwner: string | undefined,
  parts: DeliveryParts,
  orderlyToken?: number,
): Promise<Lane | undefined> {
  const { store, clock, limits, owner, observer, logger, isOwnerGone } = parts;
  const { destinationId, destinationNo } = destination;
  const takenAtMs = clock.monotonicMs();
  const gone = presentOwner !== undefined && isOwnerGone(presentOwner) ? presentOwner : undefined;
  const taken = await store.takeLane(destinationNo, owner, limits.leaseMs, gone);
  if (taken === undefined) return undefined;
  let stored: StoredLane = taken;
  if (taken.currentAnchor !== taken.epochAnchor || taken.nextSeq > LAST_SEQ) {
    const opened = await store.openEpoch(taken.lease, taken.currentAnchor);
    if (opened === undefined) return undefined;
    stored = opened;
    observer.lane({ destinationId, event: 'epoch_opened' });
    logger.warn(
      { destinationId, epoch: opened.epoch, previousEpoch: taken.epoch },
      'A new epoch of the stream was opened: numbers begin at 1 again',
    );
  }
  if (gone !== undefined) {
    logger.info({ destinationId, goneOwner: gone }, 'A lane was taken over from a process that is gone');
  }
  observer.lane({ destinationId, event: 'taken' });
  return new Lane(stored, destination, takenAtMs, parts, orderlyToken);
}
