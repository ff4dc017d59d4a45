import type { Destination } from '../../../src/outbox/destination.ts';
import type { OpenedStore } from '../../../src/store/open-store.ts';

const PAGE = 500;

/** Attestations that are dead letters of a destination. */
export async function deadIdsOf(
  store: OpenedStore,
  { destinationId }: Destination,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.admin.listDeadLetters(
      { destinationId },
      { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) },
    );
    ids.push(...page.items.flatMap(({ attestationId }) => attestationId ?? []));
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return ids;
}
