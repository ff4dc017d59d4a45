import { decodeCursor, encodeCursor } from './cursor.ts';
import type { PageQuery } from './admin-store.ts';
import type { DeliveryFilter, DeliveryPage, ListedDelivery, WalkPlace } from './delivery-look.ts';

/** Records that one page looks at, whatever it finds. */
export const MAX_RECORDS_A_PAGE = 5_000;
/** Records of one step: small at first, since most pages are full after it. */
const FIRST_STEP = 100;
const LARGEST_STEP = 1_000;

/** A record that may have deliveries that fit. Tool and agent are told where the filter asks for them. */
export interface Candidate extends WalkPlace {
  readonly tool?: string;
  readonly agent?: string;
}

/** What a store gives to the walk. */
export interface DeliveryWalk {
  /** The next records behind `after`, newest first, fewer than `count` only at the end. */
  candidates(after: WalkPlace | undefined, count: number): Promise<readonly Candidate[]>;
  /** All deliveries of these records in the filter's workspace and destination. */
  storiesOf(recordNos: readonly number[]): Promise<readonly ListedDelivery[]>;
}

/**
 * Walks records from the newest on and gathers the deliveries that fit, until the page is full or the bound of one page is
 * reached; then the cursor goes on from there. A record's deliveries may be cut by the end of a page: the cursor says how many
 * were shown.
 */
export async function listDeliveries(
  walk: DeliveryWalk,
  filter: DeliveryFilter,
  { limit, cursor }: PageQuery,
): Promise<DeliveryPage> {
  const items: ListedDelivery[] = [];
  let { after, shown } = startOf(cursor);
  let recordsLookedAt = 0;
  let step = FIRST_STEP;
  while (recordsLookedAt < MAX_RECORDS_A_PAGE) {
    const asked = Math.min(step, MAX_RECORDS_A_PAGE - recordsLookedAt);
    const records =
      filter.record === undefined ? await walk.candidates(after, asked) : onlyOne(filter.record, after);
    const wanted = records
      .filter((record) => filter.record !== undefined || fits(record, filter))
      .map(({ recordNo }) => recordNo);
    const stories = byRecord(wanted.length === 0 ? [] : await walk.storiesOf(wanted));
    for (const { recordNo, recordedAtMs } of records) {
      const found = (stories.get(recordNo) ?? []).filter((delivery) => isWanted(delivery, filter));
      const rest = found.slice(shown);
      const room = limit - items.length;
      items.push(...rest.slice(0, room));
      if (rest.length > room) {
        // One more than its own number: the walk goes on behind that place, and so with this record.
        const nextCursor = encodeCursor([recordedAtMs, recordNo + 1, shown + room]);
        return { items, recordsLookedAt, lookedBackToMs: recordedAtMs, nextCursor };
      }
      shown = 0;
      recordsLookedAt += 1;
      after = { recordedAtMs, recordNo };
    }
    if (records.length < asked) return pageEnd(items, recordsLookedAt, after);
    step = Math.min(LARGEST_STEP, step * 2);
  }
  return {
    ...pageEnd(items, recordsLookedAt, after),
    ...(after === undefined ? {} : { nextCursor: encodeCursor([after.recordedAtMs, after.recordNo, 0]) }),
  };
}

/**
 * Where a walk by time goes on: behind `after`, and not before it has come to `toMs`. One bound and not two, since an index is entered
 * by one of them, and all newer records would be walked over for the other.
 */
export function walkBound(after: WalkPlace | undefined, toMs: number | undefined): WalkPlace {
  const place = after ?? { recordedAtMs: Number.MAX_SAFE_INTEGER, recordNo: Number.MAX_SAFE_INTEGER };
  // Records of that very time are not before it, whatever their number.
  return toMs === undefined || place.recordedAtMs < toMs ? place : { recordedAtMs: toMs, recordNo: 0 };
}

function pageEnd(
  items: readonly ListedDelivery[],
  recordsLookedAt: number,
  last: WalkPlace | undefined,
): DeliveryPage {
  return { items, recordsLookedAt, ...(last === undefined ? {} : { lookedBackToMs: last.recordedAtMs }) };
}

function startOf(cursor: string | undefined): { after: WalkPlace | undefined; shown: number } {
  if (cursor === undefined) return { after: undefined, shown: 0 };
  const [recordedAtMs = 0, recordNo = 0, shown = 0] = decodeCursor(cursor, [
    'number',
    'number',
    'number',
  ]).map(Number);
  return { after: { recordedAtMs, recordNo }, shown: Math.max(0, shown) };
}

function byRecord(stories: readonly ListedDelivery[]): Map<number, ListedDelivery[]> {
  const found = new Map<number, ListedDelivery[]>();
  for (const story of stories) {
    const known = found.get(story.recordNo);
    if (known === undefined) found.set(story.recordNo, [story]);
    else known.push(story);
  }
  return found;
}

function onlyOne(record: WalkPlace, after: WalkPlace | undefined): readonly Candidate[] {
  return after === undefined || after.recordNo > record.recordNo ? [record] : [];
}

function isWanted(delivery: ListedDelivery, filter: DeliveryFilter): boolean {
  const { status, recordedAtMs } = delivery;
  return (
    fits(delivery, filter) &&
    (filter.status === undefined || filter.status === status) &&
    (filter.fromMs === undefined || recordedAtMs >= filter.fromMs) &&
    (filter.toMs === undefined || recordedAtMs < filter.toMs)
  );
}

function fits({ tool, agent }: Pick<Candidate, 'tool' | 'agent'>, filter: DeliveryFilter): boolean {
  return isLike(tool, filter.tool) && isLike(agent, filter.agent);
}

function isLike(value: string | undefined, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (value === undefined) return false;
  return wanted.endsWith('*') ? value.startsWith(wanted.slice(0, -1)) : value === wanted;
}
