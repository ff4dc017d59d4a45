import type { BatchDraft } from '../outbox/batch.ts';
import type { FinishedReceipt, ProofStore, ReceiptCursor, StoredCheckpoint } from '../outbox/proof-store.ts';
import type { ChainStore } from '../outbox/chain-store.ts';
import { endOfTip } from '../proof/chain-end.ts';
import { checkpointBody } from '../proof/checkpoint-body.ts';
import { type CheckpointKey, publicKeyBase64, signCheckpoint } from '../proof/checkpoint-key.ts';
import { CheckpointRange } from '../proof/checkpoint-range.ts';
import { checkpointSha256 } from '../proof/checkpoint-statement.ts';
import type { ChainWitness, Checkpoint, SignedCheckpoint } from '../proof/checkpoint.ts';
import { isSealedBy, type SealableReceipt, sealReceipts } from '../proof/receipt-seal.ts';
import { readCheckpoint } from '../proof/read-checkpoint.ts';
import { isCheckpointBatch, renderCheckpoint } from './checkpoint-place.ts';
import { errorFields } from './error-fields.ts';
import { filterId } from './filter-id.ts';
import { LAST_SEQ } from './form-next.ts';
import type { LaneRun } from './lane-run.ts';
import { type OpenBatch, openBatch } from './open-batch.ts';
import { readyEvents } from './ready-event.ts';

/** What a delivery needs to make checkpoints. */
export interface CheckpointParts {
  readonly store: ProofStore;
  /** Absent: checkpoints name no link of the record chain. */
  readonly chain?: Pick<ChainStore, 'readHead'>;
  /** The signing keys with their private parts, newest first. */
  readonly keys: () => Promise<readonly CheckpointKey[]>;
  readonly everyMs: number;
  /** Bodies of checkpoints are kept this long. */
  readonly keepMs: number;
}

/** Receipts read in one step: at most some 20 MB of hashes, and others get their turn in between. */
const MAX_RECEIPTS = 200;
/** After a checkpoint that could not be made: the keys or the store may be away for longer than a moment. */
const RETRY_MS = 10_000;

interface FinishedRange {
  readonly range: CheckpointRange;
  readonly receipts: readonly SealableReceipt[];
}

/** Makes the checkpoints of one lane: one at a time, each in a batch of its own with the next number. */
export class CheckpointKeeper {
  readonly #run: LaneRun;
  readonly #parts: CheckpointParts;
  #last: SignedCheckpoint | undefined;
  #lastEpochNo = 0;
  /** Number of the last word that this owner said. */
  #lastWordSeq = 0;
  /** On the monotonic clock. */
  #dueMs = Infinity;

  constructor(run: LaneRun, parts: CheckpointParts) {
    this.#run = run;
    this.#parts = parts;
  }

  /** Monotonic time of the next checkpoint. */
  get dueMs(): number {
    return this.#dueMs;
  }

  /** Reads where the stream stands. Rejects when the store fails. */
  async begin(): Promise<void> {
    await this.#readLast();
    const { clock } = this.#run.parts;
    const { everyMs } = this.#parts;
    const sinceMs = this.#last?.madeAtMs ?? this.#run.destination.activeSinceMs;
    // A clock that was set back must not put the next one off for longer than the promise.
    const waitMs = Math.min(everyMs, Math.max(0, sinceMs + everyMs - clock.nowMs()));
    this.#dueMs = clock.monotonicMs() + (this.#isStopped ? 0 : waitMs);
  }

  /** A checkpoint ready to send, when one is due and the last one is finished. Rejects when the store fails. */
  async next(): Promise<OpenBatch | undefined> {
    const run = this.#run;
    if (run.parts.clock.monotonicMs() < this.#dueMs || run.gate.probing) return undefined;
    return this.#isOpen() || run.window.size >= run.parts.limits.maxOpenBatches
      ? undefined
      : this.#form(false);
  }

  /**
   * A checkpoint is at the destination, and not acknowledged yet: the next one names the one before, and cannot until that is known
   * to be there. Nothing follows the last word, so nothing waits for it.
   */
  get awaitsAcknowledgement(): boolean {
    return this.#run.window.awaitingAck.some(
      ({ draft }) => isCheckpointBatch(draft) && draft.firstSeq !== this.#lastWordSeq,
    );
  }

  /** The last word before a stop or a pause; undefined where the last one said so already, and nothing came since. */
  async nextStopped(): Promise<OpenBatch | undefined> {
    const run = this.#run;
    if (this.#isOpen()) return undefined;
    await this.#readLast();
    const isSaid = this.#isStopped && this.#lastEpochNo === run.stream.epochNo;
    if (isSaid && this.#last !== undefined && run.nextSeq === this.#last.seq + 1) return undefined;
    if (this.#last === undefined && run.nextSeq === 1) return undefined;
    return this.#form(true);
  }

  /** The body of a checkpoint that has its place. */
  async bodyOf({ epochNo, firstSeq }: BatchDraft): Promise<string | undefined> {
    const { destinationNo } = this.#run.destination;
    return (await this.#parts.store.readCheckpoint(destinationNo, epochNo, firstSeq))?.body;
  }

  get #isStopped(): boolean {
    return this.#last !== undefined && this.#last.nextDueMs === undefined;
  }

  #isOpen(): boolean {
    return this.#run.window.all.some(({ draft }) => isCheckpointBatch(draft));
  }

  async #readLast(): Promise<void> {
    const stored = await this.#parts.store.lastCheckpoint(this.#run.destination.destinationNo);
    this.#last = stored === undefined ? undefined : bodyIn(stored);
    this.#lastEpochNo = stored?.epochNo ?? 0;
  }

  async #form(isStopped: boolean): Promise<OpenBatch | undefined> {
    const run = this.#run;
    const { clock, logger } = run.parts;
    this.#dueMs = clock.monotonicMs() + this.#parts.everyMs;
    let keys: readonly CheckpointKey[];
    try {
      keys = await this.#parts.keys();
    } catch (error) {
      this.#dueMs = clock.monotonicMs() + RETRY_MS;
      logger.error(
        { ...run.who, ...errorFields(error) },
        'No checkpoint can be made: its signing key does not open; events are delivered without proof',
      );
      return undefined;
    }
    const [newest] = keys;
    if (newest === undefined) {
      logger.error(
        run.who,
        'No checkpoint can be made: the store holds no key that signs; the first start of "aegis-siem serve" makes one',
      );
    }
    const rendering = run.rendering();
    if (newest === undefined || rendering === undefined || run.nextSeq > LAST_SEQ) {
      this.#dueMs = clock.monotonicMs() + RETRY_MS;
      return undefined;
    }
    await this.#readLast();
    const { range, receipts } = await this.#finishedRange();
    const madeAtMs = Math.floor(clock.nowMs());
    const chain = await this.#witness(keys);
    const { signer, checkpoint } = this.#signed(range, keys, newest, madeAtMs, isStopped, chain);
    const body = JSON.stringify(checkpointBody(checkpoint));
    const place = renderCheckpoint(body, run.nextSeq, rendering);
    if (place === undefined) throw new Error('A checkpoint that was just made cannot be read');
    const draft: BatchDraft = {
      epochNo: run.stream.epochNo,
      firstSeq: run.nextSeq,
      recordNos: [null],
      hashes: place.sha256,
      tombstones: [],
      leftOut: [],
      destinationVersion: rendering.destinationVersion,
      renderKey: rendering.renderer.renderKey(rendering.ocsf),
      replayed: [],
    };
    const { destinationNo } = run.destination;
    const { epochNo, firstSeq: seq } = draft;
    const sealed = receipts.filter((receipt) => isSealedBy(receipt, checkpoint));
    const stored = {
      destinationNo,
      epochNo,
      seq,
      body,
      madeAtMs,
      seal: sealReceipts(sealed, checkpointSha256(checkpoint), signer),
    };
    const { lease } = run.keeper;
    const isOurs = await this.#parts.store.saveCheckpoint(lease, stored, madeAtMs - this.#parts.keepMs);
    if (!isOurs || !(await run.parts.store.formBatch(lease, draft))) {
      run.lose();
      return undefined;
    }
    run.nextSeq += 1;
    if (isStopped) this.#lastWordSeq = seq;
    const batch = openBatch(draft, { events: readyEvents([place]) });
    run.window.add(batch);
    return batch;
  }

  #signed(
    range: CheckpointRange,
    keys: readonly CheckpointKey[],
    newest: CheckpointKey,
    madeAtMs: number,
    isStopped: boolean,
    chain: ChainWitness | undefined,
  ): { readonly signer: CheckpointKey; readonly checkpoint: SignedCheckpoint } {
    const run = this.#run;
    const last = this.#last;
    const { streamId: stream, epoch } = run.stream;
    // A stream goes from one key to the next by a checkpoint that the old one signs.
    const lastKeyId = last?.nextKey?.keyId ?? last?.keyId ?? newest.keyId;
    const signer = keys.find(({ keyId }) => keyId === lastKeyId) ?? newest;
    const checkpoint: Checkpoint = {
      stream,
      epoch,
      seq: run.nextSeq,
      ...range.summary(filterId(run.destination)),
      ...(last === undefined
        ? {}
        : { previous: { epoch: last.epoch, seq: last.seq, sha256: checkpointSha256(last) } }),
      madeAtMs,
      ...(isStopped ? {} : { nextDueMs: madeAtMs + this.#parts.everyMs }),
      keyId: signer.keyId,
      ...(signer === newest ? {} : { nextKey: { keyId: newest.keyId, publicKey: publicKeyBase64(newest) } }),
      ...(chain === undefined ? {} : { chain }),
    };
    return { signer, checkpoint: signCheckpoint(checkpoint, signer) };
  }

  /** Where the record chain ends, if one of our keys says so. */
  async #witness(keys: readonly CheckpointKey[]): Promise<ChainWitness | undefined> {
    const head = await this.#parts.chain?.readHead();
    const end = endOfTip(head?.tip, keys);
    return end === undefined || end.linkNo === 0 ? undefined : { linkNo: end.linkNo, sha256: end.sha256 };
  }

  /** The unbroken run of finished places since the last checkpoint that was delivered, and the receipts that were read for it. */
  async #finishedRange(): Promise<FinishedRange> {
    const { stream, window, nextSeq } = this.#run;
    const last = this.#lastEpochNo === stream.epochNo ? this.#last : undefined;
    const fromSeq = (last?.toSeq ?? 0) + 1;
    // Asked before the receipts: a batch that is finished meanwhile must not look like one that was never there.
    const firstOpenSeq = Math.min(nextSeq, ...window.all.map(({ draft }) => draft.firstSeq));
    let range = new CheckpointRange(fromSeq);
    let after: ReceiptCursor | undefined;
    const read: SealableReceipt[] = [];
    for (;;) {
      const receipts = await this.#receipts(fromSeq, after);
      const [first] = receipts;
      if (after === undefined && fromSeq < firstOpenSeq && (first?.firstSeq ?? nextSeq) > fromSeq) {
        // Receipts of these numbers are gone by age: they stay without proof, which the next number of the range says.
        range = new CheckpointRange(Math.min(first?.firstSeq ?? firstOpenSeq, firstOpenSeq));
      }
      for (const receipt of receipts) {
        const { receiptNo, firstSeq, places, sha256 } = receipt;
        if (sha256 !== undefined) read.push({ receiptNo, firstSeq, places, sha256 });
        if (!range.add({ ...receipt, filter: await this.#filterOf(receipt) }))
          return { range, receipts: read };
      }
      const end = receipts.at(-1);
      if (end === undefined || receipts.length < MAX_RECEIPTS) return { range, receipts: read };
      after = end;
    }
  }

  #receipts(fromSeq: number, after: ReceiptCursor | undefined): Promise<readonly FinishedReceipt[]> {
    const { destination, stream } = this.#run;
    const query = {
      destinationNo: destination.destinationNo,
      epochNo: stream.epochNo,
      fromSeq,
      maxReceipts: MAX_RECEIPTS,
    };
    return this.#parts.store.finishedPlaces(after === undefined ? query : { ...query, after });
  }

  readonly #filters = new Map<number, string>();

  /** The id of the filter that a receipt's batch was formed under. */
  async #filterOf({ destinationVersion }: FinishedReceipt): Promise<string> {
    const known = this.#filters.get(destinationVersion);
    if (known !== undefined) return known;
    const { destination, parts } = this.#run;
    const version =
      destination.rowVersion === destinationVersion
        ? destination
        : await parts.store.readDestinationVersion(destination.destinationNo, destinationVersion);
    const id = filterId(version ?? destination);
    this.#filters.set(destinationVersion, id);
    return id;
  }
}

function bodyIn({ body }: StoredCheckpoint): SignedCheckpoint | undefined {
  const read = readCheckpoint(JSON.parse(body));
  return read.ok ? read.checkpoint : undefined;
}
