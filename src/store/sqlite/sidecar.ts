import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { StoreLogger } from '../store.ts';

// Why there is a file beside the store: numbers in a stream must never be given twice, and a database file can be put back to
// an earlier day (a restored backup, a copied volume) without anything in it telling so. The file keeps, for each stream, the
// epoch and a number that the stream had reached. It is written when a lane is taken, renewed and released; so it is at most
// one renewal behind the store, and never ahead of it unless the store went back.
//
//   store behind the file, or the file knows another epoch   -> the store went back: a new epoch
//   file lost or not readable, and numbers were given        -> nobody can tell: a new epoch
//   file lost, and no number was ever given                  -> a fresh store: no new epoch
//
// A store that went back by less than one renewal, or a copy of store and file together, looks sound to this check: such a
// fork is found by comparing what two senders sent, not here.

interface StreamMark {
  readonly epoch: string;
  readonly nextSeq: number;
}

type StreamMarks = Readonly<Record<string, StreamMark>>;

/** Owner only: the file is not secret, but whoever can write it can force new epochs. */
const FILE_MODE = 0o600;

export interface StreamPosition extends StreamMark {
  readonly streamId: string;
  readonly epochNo: number;
}

/**
 * The epoch marks of the streams of one SQLite store. Every call is made inside a write transaction of the store: the write
 * lock is what keeps two processes from writing the file at once.
 */
export class Sidecar {
  readonly #path: string;
  readonly #logger: StoreLogger;

  constructor(path: string, logger: StoreLogger) {
    this.#path = path;
    this.#logger = logger;
  }

  /** Undefined when the store's position agrees with the file; else what speaks against it, as one word. */
  disagreement(position: StreamPosition): 'behind' | 'other_epoch' | 'unmarked' | undefined {
    const mark = this.#read()[position.streamId];
    if (mark === undefined) {
      return position.epochNo === 1 && position.nextSeq === 1 ? undefined : 'unmarked';
    }
    if (mark.epoch !== position.epoch) return 'other_epoch';
    return position.nextSeq < mark.nextSeq ? 'behind' : undefined;
  }

  /** Keeps the position. A file that cannot be written costs protection, not delivery: it is logged, and tried again next time. */
  mark({ streamId, epoch, nextSeq }: StreamPosition): void {
    try {
      this.#write({ ...this.#read(), [streamId]: { epoch, nextSeq } });
    } catch (error) {
      this.#logger.warn(
        { code: 'sidecar_not_written', reason: error instanceof Error ? error.message : 'unknown error' },
        'The epoch marks beside the store cannot be written: a store put back to an earlier day may go unnoticed',
      );
    }
  }

  #read(): StreamMarks {
    let text: string;
    try {
      text = readFileSync(this.#path, 'utf8');
    } catch {
      // Not there yet, or not readable: either way no mark is known, and `disagreement` decides what that means.
      return {};
    }
    const marks = parseMarks(text);
    if (marks !== undefined) return marks;
    this.#logger.warn(
      { code: 'sidecar_damaged' },
      'The epoch marks beside the store are damaged: every stream that has begun opens a new epoch',
    );
    return {};
  }

  #write(marks: StreamMarks): void {
    const temporary = `${this.#path}.tmp`;
    const file = openSync(temporary, 'w', FILE_MODE);
    try {
      writeSync(file, `${JSON.stringify({ version: 1, streams: marks }, null, 1)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
  }
}

function parseMarks(text: string): StreamMarks | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(value) || value['version'] !== 1 || !isObject(value['streams'])) return undefined;
  const marks: Record<string, StreamMark> = Object.create(null) as Record<string, StreamMark>;
  for (const [streamId, mark] of Object.entries(value['streams'])) {
    if (!isObject(mark)) return undefined;
    const { epoch, nextSeq } = mark;
    if (typeof epoch !== 'string' || typeof nextSeq !== 'number') return undefined;
    marks[streamId] = { epoch, nextSeq };
  }
  return marks;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
