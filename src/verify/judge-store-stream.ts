import { readCheckpoint } from '../proof/read-checkpoint.ts';
import type { ReceiptSeal } from '../proof/receipt-seal.ts';
import type { StreamVerdict } from './judge-stream.ts';
import type { ReceiptSource } from './receipt-window.ts';
import { StoreStreamWalk, type StoreStreamOptions } from './store-stream-walk.ts';

export interface StoreStream {
  readonly destinationNo: number;
  readonly destinationId: string;
  readonly streamId: string;
  readonly epochNo: number;
  readonly epoch: string;
  readonly isLive: boolean;
  readonly isDeleted: boolean;
  /** Every number below this one, in this epoch, is finished. */
  readonly finishedBelow: number;
}

/** A checkpoint as a store has it: with or without its receipt. */
export interface StoreCheckpoint {
  readonly epochNo: number;
  readonly seq: number;
  readonly body: string;
  readonly seal?: ReceiptSeal;
}

/** What is read of a store, in steps. */
export interface StreamSource extends ReceiptSource {
  checkpoints(query: {
    readonly destinationNo: number;
    readonly after: { readonly epochNo: number; readonly seq: number };
    readonly maxCheckpoints: number;
  }): Promise<readonly StoreCheckpoint[]>;
}

/** Bodies have some kilobytes each. */
const AT_ONCE = 50;

/**
 * Judges a destination's receipts by its checkpoints, as `verify` judges an export, checkpoint by checkpoint: in memory is what one
 * of them covers. Undefined for a stream that never began.
 */
export async function judgeStoreStream(
  source: StreamSource,
  stream: StoreStream,
  options: StoreStreamOptions,
): Promise<StreamVerdict | undefined> {
  const walk = new StoreStreamWalk(source, stream, options);
  let after = { epochNo: 0, seq: 0 };
  for await (const row of checkpointsOf(source, stream.destinationNo, after)) {
    after = { epochNo: row.epochNo, seq: row.seq };
    await walk.take({ ...row, read: readCheckpoint(parsed(row.body)) });
  }
  const late = await walk.finish();
  // Of checkpoints that came meanwhile, receipts were read and bodies were not.
  for await (const { epochNo, seq } of checkpointsOf(source, stream.destinationNo, after))
    if (epochNo === late.epochNo) late.delivered.delete(seq);
  return walk.verdict(late);
}

async function* checkpointsOf(
  source: StreamSource,
  destinationNo: number,
  from: { readonly epochNo: number; readonly seq: number },
): AsyncGenerator<StoreCheckpoint> {
  for (let after = from; ;) {
    const page = await source.checkpoints({ destinationNo, after, maxCheckpoints: AT_ONCE });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return;
    after = { epochNo: last.epochNo, seq: last.seq };
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    // Read as what it is not, and said so.
    return undefined;
  }
}
