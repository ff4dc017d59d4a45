import type { NumberRange } from '../proof/number-ranges.ts';
import type { Finding, FindingName } from './finding.ts';

/** A fault at one number. */
export function faultAt(
  name: FindingName,
  stream: string,
  epoch: string,
  seq: number,
  message: string,
): Finding {
  return { name, severity: 'fault', stream, epoch, fromSeq: seq, toSeq: seq, count: 1, message };
}

/** A fault of every number of a range, or of one that is not known. */
export function faultOver(
  name: FindingName,
  stream: string,
  epoch: string,
  { from, to }: NumberRange,
  message: string,
): Finding {
  return {
    name,
    severity: 'fault',
    stream,
    epoch,
    fromSeq: from,
    toSeq: to,
    count: to - from + 1,
    message,
  };
}

/** `Number 7 is`, `Numbers 7 to 9 are`. */
export function numbersAre(range: NumberRange): string {
  return `${capital(numbersText(range))} ${range.from === range.to ? 'is' : 'are'}`;
}

/** `number 7`, `numbers 7 to 9`. */
export function numbersText({ from, to }: NumberRange): string {
  return from === to ? `number ${from}` : `numbers ${from} to ${to}`;
}

export function capital(sentence: string): string {
  return `${sentence.slice(0, 1).toUpperCase()}${sentence.slice(1)}`;
}
