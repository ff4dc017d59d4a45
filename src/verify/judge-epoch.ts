import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import { countNumbers, type NumberRange } from '../proof/number-ranges.ts';
import type { ChainEpoch } from './checkpoint-chain.ts';
import { judgeRange, type RangeJudgement } from './covered-range.ts';
import { capital, faultAt, faultOver, numbersAre, numbersText } from './fault.ts';
import type { Findings } from './finding.ts';
import type { ProvenCheckpoint } from './prove-checkpoints.ts';
import type { EpochRecord } from './stream-record.ts';

/** What stands after the last checkpoint of an epoch. */
export interface EpochTail {
  readonly epoch: string;
  readonly range: NumberRange;
  /** Places, the last checkpoint itself left out. */
  readonly count: number;
  /** Numbers among them under which nothing stands. */
  readonly missing: number;
}

/** Holds the places of one epoch against its checkpoints. `last`: the end of the whole stream. */
export function judgeEpoch(
  stream: string,
  epoch: EpochRecord,
  chainEpoch: ChainEpoch,
  isLastEpoch: boolean,
  last: ProvenCheckpoint | undefined,
  findings: Findings,
): void {
  const { epoch: name, base, checkpoints } = chainEpoch;
  let covered = base;
  for (const { checkpoint, sha256 } of checkpoints) {
    if (checkpoint.fromSeq > covered + 1)
      sayUncovered(epoch, { from: covered + 1, to: checkpoint.fromSeq - 1 }, stream, findings);
    if (checkpoint.toSeq <= covered) continue;
    sayCovered(checkpoint, judgeRange(checkpoint, epoch), sha256 === last?.sha256, findings);
    covered = checkpoint.toSeq;
  }
  const signed = checkpoints.filter(({ checkpoint }) => checkpoint.seq > covered).length;
  const range = { from: covered + 1, to: epoch.greatest };
  const count = range.to - covered - signed;
  if (count > 0)
    sayTail({ epoch: name, range, count, missing: missingIn(epoch, range) }, stream, isLastEpoch, findings);
  sayDuplicates(stream, name, epoch, findings);
  sayForks(stream, epoch, covered, findings);
}

/** Numbers after what is covered that hold two different events: nothing tells which of them was sent. */
export function sayForks(stream: string, epoch: EpochRecord, covered: number, findings: Findings): void {
  for (const seq of epoch.others.keys()) {
    if (seq <= covered) continue;
    findings.add(faultAt('fork', stream, epoch.epoch, seq, `Number ${seq} holds two different events`));
  }
}

/** Numbers of a range under which neither an event nor a tombstone stands. */
export function missingIn(epoch: EpochRecord, range: NumberRange): number {
  return countNumbers([...epoch.events.missing(range)].flatMap((gap) => withoutTombstones(epoch, gap)));
}

/** `isLast`: nothing that is proved comes after this checkpoint. */
export function sayCovered(
  checkpoint: SignedCheckpoint,
  { missing, different, rewritten, besides }: RangeJudgement,
  isLast: boolean,
  findings: Findings,
): void {
  const { stream, epoch: name } = checkpoint;
  for (const range of missing) {
    const isTail = isLast && range.to === checkpoint.toSeq;
    findings.add(
      faultOver(
        isTail ? 'truncated' : 'gap',
        stream,
        name,
        range,
        isTail
          ? `${numbersAre(range)} missing, up to the last number that the last checkpoint promises`
          : `${numbersAre(range)} missing: sent according to the checkpoint at number ${checkpoint.seq}, and not in the export`,
      ),
    );
  }
  for (const range of different) {
    const inRange = rewritten.filter(({ from, to }) => to >= range.from && from <= range.to);
    if (inRange.length === 0) {
      const which = range.from === range.to ? 'holds' : 'hold (at least one of them)';
      findings.add(
        faultOver(
          'edited',
          stream,
          name,
          range,
          `${capital(numbersText(range))} ${which} other bytes than were sent`,
        ),
      );
    }
    for (const part of inRange)
      findings.add(
        faultOver(
          'reserialised',
          stream,
          name,
          part,
          `${capital(numbersText(part))}: the JSON was written anew by something else, so that what was sent cannot be proved of it; export _raw or RawEvent`,
        ),
      );
  }
  for (const seq of besides)
    findings.add(
      faultAt('edited', stream, name, seq, `Number ${seq} holds another body beside the one that was sent`),
    );
}

/** What lies between two checkpoints that are there: covered by one that is not. */
export function sayUncovered(
  epoch: EpochRecord,
  range: NumberRange,
  stream: string,
  findings: Findings,
): void {
  for (const gap of epoch.events.missing(range)) {
    for (const part of withoutTombstones(epoch, gap))
      findings.add(
        faultOver(
          'gap',
          stream,
          epoch.epoch,
          part,
          `${numbersAre(part)} missing, and no checkpoint tells what was there`,
        ),
      );
  }
  findings.add(
    faultOver(
      'unproven',
      stream,
      epoch.epoch,
      range,
      `No checkpoint covers ${numbersText(range)}, which is before the last one: what stands there cannot be proved`,
    ),
  );
}

/**
 * After the last checkpoint of an epoch. In an epoch that ended nothing will ever cover it. `because`: why no checkpoint will come,
 * where something that is proved says so.
 */
export function sayTail(
  { epoch, range, count, missing }: EpochTail,
  stream: string,
  isLastEpoch: boolean,
  findings: Findings,
  because?: string,
): void {
  const holes =
    missing === 0
      ? ''
      : `; ${missing} numbers among them are not there${isLastEpoch && because === undefined ? ' (still on the way, or lost)' : ''}`;
  const message = !isLastEpoch
    ? `${count} places at the end of epoch ${epoch}, ${numbersText(range)}, were never covered by a checkpoint`
    : because === undefined
      ? `${count} places after the last checkpoint, ${numbersText(range)}, are not proved yet`
      : `${count} places, ${numbersText(range)}, are covered by no checkpoint, and will be by none: ${because}`;
  findings.add({
    name: 'unproven',
    severity: isLastEpoch ? 'note' : 'fault',
    stream,
    epoch,
    fromSeq: range.from,
    toSeq: range.to,
    count,
    message: `${message}${holes}`,
  });
}

export function sayDuplicates(
  stream: string,
  epoch: string,
  { duplicates, firstDuplicate }: Pick<EpochRecord, 'duplicates' | 'firstDuplicate'>,
  findings: Findings,
): void {
  if (duplicates === 0) return;
  findings.add({
    name: 'duplicate',
    severity: 'note',
    stream,
    epoch,
    fromSeq: firstDuplicate,
    count: duplicates,
    message: `${duplicates} events are there once more, byte for byte (the first at number ${firstDuplicate}): delivery is at least once`,
  });
}

/** Of a range without events, what is left when tombstones are taken away. */
function withoutTombstones(epoch: EpochRecord, range: NumberRange): NumberRange[] {
  const rest: NumberRange[] = [];
  const inside = [...epoch.tombstones.keys()].filter((seq) => seq >= range.from && seq <= range.to);
  let from = range.from;
  for (const seq of inside.sort((a, b) => a - b)) {
    if (seq > from) rest.push({ from, to: seq - 1 });
    from = seq + 1;
  }
  if (from <= range.to) rest.push({ from, to: range.to });
  return rest;
}
