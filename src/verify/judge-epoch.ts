import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import { countNumbers, type NumberRange } from '../proof/number-ranges.ts';
import type { ChainEpoch } from './checkpoint-chain.ts';
import { judgeRange } from './covered-range.ts';
import { capital, faultAt, faultOver, numbersAre, numbersText } from './fault.ts';
import type { Findings } from './finding.ts';
import type { ProvenCheckpoint } from './prove-checkpoints.ts';
import type { EpochRecord } from './stream-record.ts';

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
      addUncovered(epoch, { from: covered + 1, to: checkpoint.fromSeq - 1 }, stream, findings);
    if (checkpoint.toSeq <= covered) continue;
    judgeCovered(stream, epoch, checkpoint, sha256 === last?.sha256, findings);
    covered = checkpoint.toSeq;
  }
  judgeTail(epoch, covered, checkpoints, stream, isLastEpoch, findings);
  judgeDuplicates(epoch, base, stream, findings);
  for (const seq of epoch.others.keys()) {
    if (seq <= covered || seq <= base) continue;
    findings.add(faultAt('fork', stream, name, seq, `Number ${seq} holds two different events`));
  }
}

function judgeCovered(
  stream: string,
  epoch: EpochRecord,
  checkpoint: SignedCheckpoint,
  isLast: boolean,
  findings: Findings,
): void {
  const name = epoch.epoch;
  const { missing, different, rewritten, besides } = judgeRange(checkpoint, epoch);
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
function addUncovered(epoch: EpochRecord, range: NumberRange, stream: string, findings: Findings): void {
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

/** After the last checkpoint of an epoch. In an epoch that ended nothing will ever cover it. */
function judgeTail(
  epoch: EpochRecord,
  covered: number,
  checkpoints: readonly ProvenCheckpoint[],
  stream: string,
  isLastEpoch: boolean,
  findings: Findings,
): void {
  const own = new Set(checkpoints.map(({ checkpoint }) => checkpoint.seq));
  const tail = { from: covered + 1, to: epoch.greatest };
  if (tail.to < tail.from) return;
  const holes = [...epoch.events.missing(tail)].flatMap((gap) => withoutTombstones(epoch, gap));
  const signed = [...own].filter((seq) => seq > covered).length;
  const count = tail.to - covered - signed;
  if (count === 0) return;
  const missing = countNumbers(holes);
  const after = `${count} places after the last checkpoint, ${numbersText(tail)}, are not proved yet`;
  const before = `${count} places at the end of epoch ${epoch.epoch}, ${numbersText(tail)}, were never covered by a checkpoint`;
  const holesText =
    missing === 0
      ? ''
      : `; ${missing} numbers among them are not there${isLastEpoch ? ' (still on the way, or lost)' : ''}`;
  findings.add({
    name: 'unproven',
    severity: isLastEpoch ? 'note' : 'fault',
    stream,
    epoch: epoch.epoch,
    fromSeq: tail.from,
    toSeq: tail.to,
    count,
    message: `${isLastEpoch ? after : before}${holesText}`,
  });
}

function judgeDuplicates(epoch: EpochRecord, base: number, stream: string, findings: Findings): void {
  const { duplicates, firstDuplicate } = epoch;
  if (duplicates === 0) return;
  findings.add({
    name: 'duplicate',
    severity: 'note',
    stream,
    epoch: epoch.epoch,
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
