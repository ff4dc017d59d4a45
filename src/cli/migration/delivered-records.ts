import type { ApiClient } from '../api-client.ts';
import { asItems, asObject, cell } from '../output.ts';

/** Items of one page of deliveries. */
const PAGE_ITEMS = 500;

/** How far the deliveries of one decision to one destination have come, taken together. */
export type RecordFate = 'delivered' | 'left_out' | 'waiting' | 'dead';

export interface DeliveredRecord {
  readonly attestationId: string;
  /** RFC 3339 as the service writes it: texts sort as their times do. */
  readonly recordedAt: string;
  readonly fate: RecordFate;
}

/** Recorded at `from` or later, and before `to`. */
export interface RecordSpan {
  readonly from: string;
  readonly to: string;
}

const FATES: Readonly<Record<string, RecordFate>> = {
  delivered: 'delivered',
  skipped: 'left_out',
  pending: 'waiting',
  in_flight: 'waiting',
  dead: 'dead',
};
/** A decision that was sent twice, as by a replay, counts by the best that came of it. */
const BEST_FIRST: readonly RecordFate[] = ['delivered', 'left_out', 'waiting', 'dead'];

/** The decisions that a destination was given in this time, newest first, each once. Events of other kinds are left aside. */
export async function* deliveredRecords(
  client: ApiClient,
  destinationId: string,
  { from, to }: RecordSpan,
): AsyncGenerator<DeliveredRecord> {
  const query = new URLSearchParams({ destination: destinationId, from, to, limit: String(PAGE_ITEMS) });
  let open: DeliveredRecord | undefined;
  for (;;) {
    const { body } = await client.call({ method: 'GET', path: `/v1/siem/deliveries?${query.toString()}` });
    const page = asObject(body);
    for (const item of asItems(page['items'])) {
      const attestationId = item['attestation_id'];
      if (typeof attestationId !== 'string') continue;
      const fate = FATES[cell(item['status'])] ?? 'waiting';
      if (open?.attestationId === attestationId) {
        open = { ...open, fate: better(open.fate, fate) };
        continue;
      }
      if (open !== undefined) yield open;
      open = { attestationId, recordedAt: cell(item['recorded_at']), fate };
    }
    const cursor = page['next_cursor'];
    if (typeof cursor !== 'string') break;
    query.set('cursor', cursor);
  }
  if (open !== undefined) yield open;
}

function better(left: RecordFate, right: RecordFate): RecordFate {
  return BEST_FIRST.indexOf(left) <= BEST_FIRST.indexOf(right) ? left : right;
}
