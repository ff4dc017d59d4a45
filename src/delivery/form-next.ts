import { formBatch } from './form-batch.ts';
import type { BatchBounds } from './form-batch.ts';
import type { LaneRun } from './lane-run.ts';
import { isEmpty, openBatch } from './open-batch.ts';
import type { OpenBatch } from './open-batch.ts';
import { finishEmptyBatch } from './settle-batch.ts';
import type { Rendering } from './rendering.ts';

/** The SIEM side reads numbers as 32-bit integers (OCSF `integer_t`); an epoch ends before them. */
export const LAST_SEQ = 2_147_483_646;

/** Rows read at once where a filter may leave out most of them, even when only one event is to be sent. */
const FILTERED_ROWS = 500;

export interface FormedNext {
  readonly batch: OpenBatch;
  /** Fewer rows than a batch holds: the lane is close to the end of its backlog. */
  readonly small: boolean;
}

/**
 * Reads open rows and writes them as the lane's next batch, before anything of it is sent. Undefined when there is nothing
 * to form now. Rejects when the store fails: whether the batch was written is then not known.
 */
export async function formNext(run: LaneRun, oneEvent: boolean): Promise<FormedNext | undefined> {
  const rendering = run.rendering();
  if (rendering === undefined) return undefined;
  const { store, clock } = run.parts;
  const bounds = boundsOf(run, rendering, oneEvent);
  const maxRows =
    run.destination.ocsf.filter === undefined ? bounds.maxEvents : Math.max(bounds.maxEvents, FILTERED_ROWS);
  const excludeAfter = (after: number): readonly number[] => run.window.recordsAfter(after);
  const read = await run.reader.read(maxRows, bounds.maxBytes, excludeAfter);
  const over = await run.parts.limitWatch?.overLimit(run.destination, read.rows);
  // New settings came while the rows were read: what would be written now, under the old ones, would be written anew at once.
  if (rendering.destinationVersion !== run.destination.rowVersion) return undefined;
  const formed = formBatch(read.rows, run.nextSeq, rendering, bounds, clock.nowMs(), over);
  if (formed === undefined) return undefined;
  run.reader.took(read.rows, formed.rowsUsed, formed.bytes);
  const small = !formed.full && !read.more;
  if (!small && !oneEvent) run.reader.readAhead(maxRows, bounds.maxBytes, excludeAfter);
  const events = run.memory.ready(formed.places);
  if (!(await store.formBatch(run.keeper.lease, formed.draft))) {
    run.lose();
    return undefined;
  }
  run.nextSeq += formed.draft.recordNos.length;
  const batch = openBatch(formed.draft, { events });
  run.window.add(batch);
  if (small) {
    run.reader.restart();
    run.memory.letGo();
  }
  if (isEmpty(batch)) {
    await finishEmptyBatch(run, batch);
    return undefined;
  }
  return { batch, small };
}

function boundsOf(run: LaneRun, rendering: Rendering, oneEvent: boolean): BatchBounds {
  const { limits } = rendering.connector;
  const wished = run.destination.batch;
  const left = LAST_SEQ - run.nextSeq + 1;
  const maxEvents = oneEvent
    ? 1
    : Math.min(limits.maxEvents, wished.maxEvents ?? Infinity, run.parts.limits.maxBatchEvents, left);
  return {
    maxEvents: Math.max(1, maxEvents),
    maxBytes: Math.max(1, Math.min(limits.maxBodyBytes, wished.maxBytes ?? Infinity, run.bodySize.maxBytes)),
  };
}
