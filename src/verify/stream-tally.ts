import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import type { ReceiptSeal } from '../proof/receipt-seal.ts';
import { judgeFirst, judgeLink } from './checkpoint-chain.ts';
import { judgeRange, type RangeJudgement } from './covered-range.ts';
import { faultOver, numbersText } from './fault.ts';
import { Findings } from './finding.ts';
import {
  type EpochTail,
  missingIn,
  sayCovered,
  sayDuplicates,
  sayForks,
  sayTail,
  sayUncovered,
} from './judge-epoch.ts';
import { FilterJudge } from './judge-filters.ts';
import { SealJudge } from './judge-seals.ts';
import {
  judgeEnd,
  type JudgeOptions,
  lastOf,
  placesOf,
  type StreamVerdict,
  unheardEpoch,
} from './judge-stream.ts';
import { WitnessJudge } from './judge-witness.ts';
import type { ProvenCheckpoint } from './prove-checkpoints.ts';
import type { ReceiptWindow } from './receipt-window.ts';
import type { StreamEnd } from './stream-end.ts';

export interface TallyOptions extends Omit<JudgeOptions, 'start'> {
  readonly end?: StreamEnd;
}

/** An epoch that proven checkpoints speak of. */
interface TalliedEpoch {
  readonly name: string;
  /** Numbers up to this one are judged, or lie before the start. */
  covered: number;
  /** Checkpoints after that number: they are proved by themselves. */
  own: readonly number[];
}

/** What a stored stream is found to be, checkpoint by checkpoint, from a start on. */
export class StreamTally {
  readonly findings = new Findings();
  readonly #stream: string;
  readonly #start: string | undefined;
  readonly #options: TallyOptions;
  readonly #filters: FilterJudge;
  readonly #witness = new WitnessJudge();
  readonly #seals = new SealJudge();
  readonly #sums = {
    epochs: 0,
    places: 0,
    provenCheckpoints: 0,
    delivered: 0,
    tombstoned: 0,
    untaken: 0,
    leftOut: 0,
  };
  #last: ProvenCheckpoint | undefined;
  #epoch: TalliedEpoch | undefined;
  /** Of the last checkpoint that covers anything: how it is called depends on whether another one follows. */
  #held: { readonly checkpoint: SignedCheckpoint; readonly judgement: RangeJudgement } | undefined;
  /** Of the last epoch that checkpoints speak of: a note, unless another one follows. */
  #tail: EpochTail | undefined;
  #run = emptyRun();

  /** `start`: the checkpoint that judging begins after. */
  constructor(stream: string, start: string | undefined, options: TallyOptions) {
    this.#stream = stream;
    this.#start = start;
    this.#options = options;
    this.#filters = new FilterJudge(options.acceptedFilters);
  }

  /** Judging begins after this checkpoint, which is there. */
  startAfter(one: ProvenCheckpoint): void {
    const { epoch: name, seq, toSeq: covered } = one.checkpoint;
    this.#last = one;
    this.#epoch = { name, covered, own: [seq] };
  }

  /** The next proven checkpoint, with the receipts that were read up to it. */
  add(
    one: ProvenCheckpoint,
    { window, seal, isOld }: { window: ReceiptWindow; seal: ReceiptSeal | undefined; isOld: boolean },
  ): void {
    const { findings } = this;
    const { checkpoint } = one;
    const { stream, fromSeq, toSeq } = checkpoint;
    const order = this.#last === undefined ? judgeFirst(one, this.#start) : judgeLink(one, this.#last);
    if (order !== undefined) findings.add(order);
    const epoch = this.#epochOf(checkpoint);
    this.#sayHeld(false);
    const record = window.record(stream, epoch.name, {
      from: epoch.covered + 1,
      to: Math.max(toSeq, fromSeq - 1),
    });
    if (fromSeq > epoch.covered + 1)
      sayUncovered(record, { from: epoch.covered + 1, to: fromSeq - 1 }, stream, findings);
    if (toSeq > epoch.covered) {
      this.#held = { checkpoint, judgement: judgeRange(checkpoint, record) };
      epoch.covered = toSeq;
    }
    epoch.own = [...epoch.own, checkpoint.seq].filter((seq) => seq > epoch.covered);
    this.#last = one;
    this.#count(record);
    this.#sums.provenCheckpoints += 1;
    this.#sums.delivered += checkpoint.delivered;
    this.#sums.tombstoned += checkpoint.tombstoned;
    this.#sums.untaken += checkpoint.untaken.length;
    this.#sums.leftOut += checkpoint.leftOut;
    this.#filters.add(checkpoint, findings);
    this.#witness.add(checkpoint, findings);
    const sealed = { proven: one, isOld, receipts: window.kept, ...(seal === undefined ? {} : { seal }) };
    this.#seals.add(sealed, findings);
  }

  /** Up to where an epoch is judged. */
  coveredIn(name: string): number {
    return this.#epoch?.name === name ? this.#epoch.covered : 0;
  }

  /** What was read after the last checkpoint of an epoch, a run of it. */
  addRest(window: ReceiptWindow, name: string, from: number): void {
    const range = { from, to: window.greatest };
    if (range.to < range.from) return;
    const record = window.record(this.#stream, name, range);
    if (this.#epoch?.name === name) sayForks(this.#stream, record, from - 1, this.findings);
    this.#run.places += placesOf(record);
    this.#run.missing += missingIn(record, range);
    this.#run.to = range.to;
    this.#count(record);
  }

  /** No more comes of this epoch. */
  endEpoch(name: string): void {
    const { to, places, missing, duplicates, firstDuplicate } = this.#run;
    this.#run = emptyRun();
    const epoch = this.#epoch;
    if (epoch?.name !== name && places > 0 && this.#options.end?.epoch === name) {
      this.#sayBrokenOff();
      this.#tail = { epoch: name, range: { from: 1, to }, count: places, missing };
    } else if (epoch?.name !== name) {
      if (places > 0) this.findings.add(unheardEpoch(this.#stream, { epoch: name, greatest: to }, places));
    } else {
      const { covered, own } = epoch;
      const range = { from: covered + 1, to: Math.max(to, covered) };
      const count = range.to - covered - own.length;
      this.#tail = count > 0 ? { epoch: name, range, count, missing } : undefined;
      sayDuplicates(this.#stream, name, { duplicates, firstDuplicate }, this.findings);
    }
    if (epoch?.name === name || places > 0) this.#sums.epochs += 1;
  }

  /** `always`: what stands wherever judging began. */
  verdict(always: Findings): StreamVerdict {
    const findings = always.copy();
    this.#sayHeld(true);
    findings.addAll(this.findings);
    const { end } = this.#options;
    if (this.#tail !== undefined) this.#sayEnd(this.#tail, findings);
    if (end === undefined || this.#last !== undefined)
      judgeEnd(this.#stream, this.#last, findings, this.#options);
    return {
      stream: this.#stream,
      complete: findings.faults === 0 && (this.#last !== undefined || end !== undefined),
      ...this.#sums,
      testEvents: 0,
      provedDecisions: 0,
      uncheckedDecisions: 0,
      fittingFingerprints: 0,
      ...(this.#last === undefined ? {} : { last: lastOf(this.#last) }),
      ...(end?.deletion === undefined ? {} : { deletion: end.deletion }),
      findings,
    };
  }

  #epochOf({ epoch: name, previous, fromSeq }: SignedCheckpoint): TalliedEpoch {
    if (this.#epoch?.name === name) return this.#epoch;
    this.#sayBrokenOff();
    const isStart = this.#last === undefined && this.#start !== undefined && previous?.sha256 === this.#start;
    this.#epoch = { name, covered: isStart ? fromSeq - 1 : 0, own: [] };
    return this.#epoch;
  }

  /** Another epoch follows: nothing will ever cover what stands at the end of the one before. */
  #sayBrokenOff(): void {
    if (this.#tail !== undefined) sayTail(this.#tail, this.#stream, false, this.findings);
    this.#tail = undefined;
  }

  #sayEnd(tail: EpochTail, findings: Findings): void {
    const { end } = this.#options;
    const isEnded = end?.epoch === tail.epoch;
    sayTail(tail, this.#stream, true, findings, isEnded ? end.because : undefined);
    if (!isEnded || !end.isWhole || tail.missing === 0) return;
    const { epoch, range, missing } = tail;
    const message = `${missing} of ${numbersText(range)} were finished before the destination was deleted, and have no receipt`;
    findings.add({ ...faultOver('gap', this.#stream, epoch, range, message), count: missing });
  }

  #sayHeld(isLast: boolean): void {
    if (this.#held !== undefined)
      sayCovered(this.#held.checkpoint, this.#held.judgement, isLast, this.findings);
    this.#held = undefined;
  }

  #count(record: ReturnType<ReceiptWindow['record']>): void {
    this.#sums.places += placesOf(record);
    this.#run.duplicates += record.duplicates;
    if (this.#run.firstDuplicate === 0) this.#run.firstDuplicate = record.firstDuplicate;
  }
}

function emptyRun() {
  return { to: 0, places: 0, missing: 0, duplicates: 0, firstDuplicate: 0 };
}
