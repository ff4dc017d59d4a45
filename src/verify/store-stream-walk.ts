import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import type { PublicCheckpointKey } from '../proof/checkpoint-key.ts';
import { checkpointSha256 } from '../proof/checkpoint-statement.ts';
import type { readCheckpoint } from '../proof/read-checkpoint.ts';
import { faultAt, faultOver, numbersAre } from './fault.ts';
import { Findings } from './finding.ts';
import type { StoreCheckpoint, StoreStream, StreamSource } from './judge-store-stream.ts';
import { type JudgeOptions, type StreamVerdict, unreadable } from './judge-stream.ts';
import { CheckpointProver, unknownKey } from './prove-checkpoints.ts';
import { ReceiptWindow } from './receipt-window.ts';
import type { StreamEnd } from './stream-end.ts';
import { StreamTally } from './stream-tally.ts';

export interface StoreStreamOptions extends Omit<JudgeOptions, 'start'> {
  readonly keys: readonly PublicCheckpointKey[];
  /** Receipts and checkpoints that are older may be gone. Absent: none may. */
  readonly retentionMs?: number;
  /** Absent: checkpoints are to be expected. */
  readonly end?: StreamEnd;
  /** Told of each checkpoint that is proved. */
  readonly onProven?: (sha256: string) => void;
}

export interface ReadRow extends Pick<StoreCheckpoint, 'epochNo' | 'seq' | 'seal'> {
  readonly read: ReturnType<typeof readCheckpoint>;
}

/** Checkpoints that were delivered at the end of a stream, and whose bodies were not seen. */
export interface LateCheckpoints {
  readonly epochNo: number;
  readonly delivered: Set<number>;
}

/** Places that no checkpoint covers are looked at in runs of so many. */
const TAIL_PLACES = 65_536;
/** Bodies that are kept as a sign of receipts that went by age: more of them, and the first is forgotten. */
const MAX_SIGNS = 1_000;

/** The epoch that is looked at. */
interface WalkedEpoch {
  readonly epochNo: number;
  readonly name: string;
  readonly window: ReceiptWindow;
}

/** Goes over the checkpoints of a stored stream, once, in order, together with the receipts of what they cover. */
export class StoreStreamWalk {
  readonly #source: StreamSource;
  readonly #stream: StoreStream;
  readonly #options: StoreStreamOptions;
  readonly #prover: CheckpointProver;
  /** Of checkpoints themselves and of the end: they stand wherever judging begins. */
  readonly #always = new Findings();
  #tally: StreamTally;
  #epoch: WalkedEpoch | undefined;
  #hasFirst = false;
  #hasPlaces = false;
  #rows = 0;
  /** Names of old checkpoints whose receipts are gone. */
  readonly #signs = new Set<string>();

  constructor(source: StreamSource, stream: StoreStream, options: StoreStreamOptions) {
    this.#source = source;
    this.#stream = stream;
    this.#options = options;
    this.#prover = new CheckpointProver(options.keys);
    this.#tally = this.#newTally(undefined);
  }

  async take(row: ReadRow): Promise<void> {
    const { epochNo, seq, read, seal } = row;
    this.#rows += 1;
    if (this.#epoch?.epochNo !== epochNo) {
      if (this.#epoch !== undefined) this.#sayMissing(await this.#endEpoch(this.#epoch));
      this.#epoch = this.#open(epochNo, read.ok ? read.checkpoint.epoch : '');
    }
    const epoch = this.#epoch;
    const delivered = await epoch.window.readTo(seq);
    this.#sayMissing(new Set(delivered.filter((at) => at !== seq)));
    if (!delivered.includes(seq)) {
      // Its receipt went by age; or it is on its way, or was never formed.
      if (read.ok && this.#isOld(read.checkpoint)) this.#keepSign(checkpointSha256(read.checkpoint));
      return;
    }
    if (read.ok) this.#takeDelivered(read.checkpoint, seal, epoch);
    else {
      const bad = { epoch: epoch.name, seq, refusal: read.refusal };
      this.#always.add(unreadable(this.#stream.streamId, bad));
    }
  }

  /** Reads what is left of receipts. */
  async finish(): Promise<LateCheckpoints> {
    const { epochNo, epoch: name } = this.#stream;
    if (this.#epoch !== undefined && this.#epoch.epochNo !== epochNo)
      this.#sayMissing(await this.#endEpoch(this.#epoch));
    if (this.#epoch?.epochNo !== epochNo) this.#epoch = this.#open(epochNo, name);
    return { epochNo, delivered: await this.#endEpoch(this.#epoch) };
  }

  verdict(late: LateCheckpoints): StreamVerdict | undefined {
    if (this.#rows === 0 && !this.#hasPlaces && this.#stream.finishedBelow <= 1) return undefined;
    this.#sayMissing(late.delivered);
    this.#judgeSaidEnd();
    return this.#tally.verdict(this.#always);
  }

  #takeDelivered(checkpoint: SignedCheckpoint, seal: ReadRow['seal'], { name, window }: WalkedEpoch): void {
    const { fromSeq: from, toSeq: to } = checkpoint;
    if (!this.#hasFirst) this.#begin(checkpoint);
    const isCut =
      this.#isOld(checkpoint) && hasHoles(window.record(checkpoint.stream, name, { from, to }), { from, to });
    // Judging begins after the last checkpoint that is older than the retention and whose receipts are gone.
    if (isCut) this.#tally = this.#newTally(checkpointSha256(checkpoint));
    const found = this.#prover.prove(checkpoint) ?? unknownKey(checkpoint);
    if (!('sha256' in found)) {
      this.#always.add(found);
      return;
    }
    this.#options.onProven?.(found.sha256);
    if (isCut) this.#tally.startAfter(found);
    else this.#tally.add(found, { seal, window, isOld: this.#isOld(checkpoint) });
    window.drop(to);
  }

  /** Judging begins with the first checkpoint that is there; what was before it went by age, unless it is too young for that. */
  #begin({ stream, epoch, seq, previous, madeAtMs }: SignedCheckpoint): void {
    this.#hasFirst = true;
    this.#tally = this.#newTally(previous?.sha256);
    const { asOfMs, retentionMs } = this.#options;
    if (previous === undefined || this.#signs.has(previous.sha256)) return;
    if (retentionMs !== undefined && madeAtMs < asOfMs - retentionMs) return;
    const days =
      retentionMs === undefined ? 'which keeps all' : `of ${Math.round(retentionMs / 86_400_000)} days`;
    const message = `Checkpoints before number ${seq} are gone, and the one there is younger than the retention ${days}: they were removed by hand, or under a shorter retention`;
    this.#tally.findings.add(faultAt('gap', stream, epoch, seq, message));
  }

  /** What stands after the last checkpoint of an epoch. Answers the checkpoints that were delivered there. */
  async #endEpoch({ epochNo, name, window }: WalkedEpoch): Promise<Set<number>> {
    const { streamId, finishedBelow } = this.#stream;
    const delivered = new Set<number>();
    let covered = this.#tally.coveredIn(name);
    for (let read: readonly number[] | undefined = []; read !== undefined;) {
      // What was read ahead of the last checkpoint is a part of it.
      read = await window.readSome(TAIL_PLACES);
      for (const seq of read ?? []) delivered.add(seq);
      this.#tally.addRest(window, name, covered + 1);
      covered = Math.max(covered, window.greatest);
      window.drop(covered);
    }
    this.#hasPlaces ||= window.greatest > 0;
    this.#tally.endEpoch(name);
    if (epochNo === this.#stream.epochNo && window.greatest < finishedBelow - 1) {
      // The receipt of the last number of an epoch is never removed by age.
      const range = { from: window.greatest + 1, to: finishedBelow - 1 };
      const message = `${numbersAre(range)} finished according to the lane, and there is no receipt`;
      this.#tally.findings.add(faultOver('truncated', streamId, name, range, message));
    }
    return delivered;
  }

  /** Where the chain says that the stream ended, and where the lane does. */
  #judgeSaidEnd(): void {
    const { streamId, epoch, finishedBelow } = this.#stream;
    const { end, recordNo = 0 } = this.#options.end?.deletion ?? {};
    if (end === undefined) return;
    if (end.streamId === streamId && end.epoch === epoch && end.lastSeq === finishedBelow - 1) return;
    const message = `The stream ended with number ${finishedBelow - 1} of epoch ${epoch} according to its lane, and with number ${end.lastSeq} of epoch ${end.epoch} of stream ${end.streamId} according to record ${recordNo} of the chain, which tells that its destination was deleted`;
    this.#always.add(faultAt('edited', streamId, epoch, end.lastSeq, message));
  }

  /** Receipts of checkpoints whose bodies are gone. */
  #sayMissing(delivered: ReadonlySet<number>): void {
    const { streamId } = this.#stream;
    for (const seq of delivered) {
      const message = `The checkpoint at number ${seq} was delivered, and its body was removed from aegis_siem_checkpoints`;
      this.#tally.findings.add(faultAt('unproven', streamId, this.#epoch?.name ?? '', seq, message));
    }
  }

  #open(epochNo: number, epoch: string): WalkedEpoch {
    const { destinationNo, epochNo: laneEpochNo, epoch: laneEpoch } = this.#stream;
    return {
      epochNo,
      name: epochNo === laneEpochNo ? laneEpoch : epoch,
      window: new ReceiptWindow(this.#source, destinationNo, epochNo),
    };
  }

  #newTally(start: string | undefined): StreamTally {
    // A destination that is off owes no further checkpoint, nor one that was deleted, where more than its row says so.
    const { isLive, isDeleted, streamId } = this.#stream;
    const isOwed = isLive || (isDeleted && this.#options.end === undefined);
    const options = isOwed ? this.#options : { ...this.#options, graceMs: Infinity };
    return new StreamTally(streamId, start, options);
  }

  #isOld({ madeAtMs }: SignedCheckpoint): boolean {
    const { asOfMs, retentionMs } = this.#options;
    return retentionMs !== undefined && madeAtMs < asOfMs - retentionMs;
  }

  #keepSign(sha256: string): void {
    if (this.#hasFirst) return;
    const [oldest] = this.#signs;
    if (oldest !== undefined && this.#signs.size >= MAX_SIGNS) this.#signs.delete(oldest);
    this.#signs.add(sha256);
  }
}

function hasHoles(
  { events, tombstones }: ReturnType<ReceiptWindow['record']>,
  range: { readonly from: number; readonly to: number },
): boolean {
  for (const { from, to } of events.missing(range)) {
    for (let seq = from; seq <= to; seq += 1) if (!tombstones.has(seq)) return true;
  }
  return false;
}
