import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import { HASH_BYTES } from '../proof/merkle-tree.ts';
import { type CheckpointRefusal, readCheckpoint } from '../proof/read-checkpoint.ts';
import type { DecisionCheck } from './check-decision.ts';
import type { FingerprintCheck } from './check-fingerprint.ts';
import { faultAt } from './fault.ts';
import { Findings } from './finding.ts';
import { PlaceLedger } from './place-ledger.ts';
import { type EventPlace, fieldsAt, parsed } from './read-place.ts';

/** Other bodies that are kept for each number; a stream with more of them is no stream. */
const MAX_OTHERS = 8;

/** A tombstone as it arrived. */
export interface SeenTombstone {
  readonly sha256: string;
  /** Hash of the event that should have stood here. */
  readonly originalSha256: string;
  /** Its JSON was written anew by something else. */
  readonly rewritten: boolean;
}

/** A checkpoint event whose body is none. */
export interface BadCheckpoint {
  readonly epoch: string;
  readonly seq: number;
  readonly refusal: CheckpointRefusal;
}

/** Of a store's receipt, what says which places are finished. */
export interface FinishedRun {
  readonly firstSeq: number;
  readonly places: number;
  /** 32 bytes a place. */
  readonly hashes: Uint8Array;
  readonly tombstones: readonly { readonly index: number }[];
}

/** All that an export says of one epoch. Tombstones are kept apart: one may stand beside the event that it stands for. */
export interface EpochRecord {
  readonly epoch: string;
  /** Events and checkpoints. */
  readonly events: PlaceLedger;
  readonly tombstones: Map<number, SeenTombstone[]>;
  /** Further, different bodies under a number that holds one already. */
  readonly others: Map<number, string[]>;
  /** The greatest number that anything stands under. */
  greatest: number;
  duplicates: number;
  firstDuplicate: number;
}

/** All that an export says of one stream. */
export class StreamRecord {
  readonly stream: string;
  readonly epochs = new Map<string, EpochRecord>();
  readonly checkpoints: SignedCheckpoint[] = [];
  readonly badCheckpoints: BadCheckpoint[] = [];
  testEvents = 0;
  /** Decisions whose signature was made by a key that was given. */
  provedDecisions = 0;
  uncheckedDecisions = 0;
  /** Events that are what their own fingerprint says. */
  fittingFingerprints = 0;
  /** What single events show of themselves: their decision, their fingerprint. */
  readonly eventFindings = new Findings();

  constructor(stream: string) {
    this.stream = stream;
  }

  /** True for an event, tombstone or checkpoint that was not there yet. */
  add(place: EventPlace, sha256: Uint8Array, event: Buffer): boolean {
    const { seq } = place;
    if (seq === undefined) {
      this.testEvents += 1;
      return false;
    }
    const epoch = this.epochOf(place.epoch);
    if (seq > epoch.greatest) epoch.greatest = seq;
    if (place.kind === 'tombstone') return addTombstone(epoch, place, sha256, event);
    const put = epoch.events.put(seq, sha256, place.rewritten);
    if (put === 'new' && place.kind === 'checkpoint') this.#addCheckpoint(place, seq, event);
    else if (put === 'same') countDuplicate(epoch, seq);
    else if (put === 'other' && addOther(epoch, seq, hex(sha256)) && place.kind === 'checkpoint')
      this.#addCheckpoint(place, seq, event);
    return put === 'new' || put === 'other';
  }

  /** Takes down what the signature of the decision at a place was found to be. */
  addDecision({ epoch, seq = 0 }: EventPlace, check: DecisionCheck): void {
    if (check.found === 'no_decision') return;
    if (check.found === 'proved') {
      this.provedDecisions += 1;
      return;
    }
    if (check.found === 'decision_unchecked') {
      this.uncheckedDecisions += 1;
      // Said once, with the first of them; the others are in the count.
      if (this.uncheckedDecisions > 1) return;
    }
    this.eventFindings.add({
      name: check.found,
      severity: check.found === 'decision_unchecked' ? 'note' : 'fault',
      stream: this.stream,
      epoch,
      fromSeq: seq,
      toSeq: seq,
      count: 1,
      message: `The decision at number ${seq} ${check.message}`,
    });
  }

  /** Takes down whether the event at a place is what the fingerprint in it says. */
  addFingerprint({ epoch, seq = 0 }: EventPlace, check: FingerprintCheck): void {
    if (check === 'fits') this.fittingFingerprints += 1;
    if (check !== 'differs') return;
    const message = `Number ${seq} is not what the fingerprint in it says: something in it was changed`;
    this.eventFindings.add(faultAt('edited', this.stream, epoch, seq, message));
  }

  /** Places that were finished together, as a store's receipt has them. */
  addFinished(epochName: string, finished: FinishedRun): void {
    const { firstSeq, places, hashes } = finished;
    const epoch = this.epochOf(epochName);
    const tombstones = new Set(finished.tombstones.map(({ index }) => index));
    for (let index = 0; index < places; index += 1) {
      const seq = firstSeq + index;
      const sha256 = hashes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES);
      if (seq > epoch.greatest) epoch.greatest = seq;
      if (tombstones.has(index)) {
        // What it stands for is not told apart here: an event beside it would be a second receipt.
        const known = epoch.tombstones.get(seq) ?? [];
        epoch.tombstones.set(seq, [...known, { sha256: hex(sha256), originalSha256: '', rewritten: false }]);
        continue;
      }
      const put = epoch.events.put(seq, sha256, false);
      if (put === 'same') countDuplicate(epoch, seq);
      else if (put === 'other') addOther(epoch, seq, hex(sha256));
    }
  }

  epochOf(name: string): EpochRecord {
    const known = this.epochs.get(name);
    if (known !== undefined) return known;
    const epoch = {
      epoch: name,
      events: new PlaceLedger(),
      tombstones: new Map<number, SeenTombstone[]>(),
      others: new Map<number, string[]>(),
      greatest: 0,
      duplicates: 0,
      firstDuplicate: 0,
    };
    this.epochs.set(name, epoch);
    return epoch;
  }

  #addCheckpoint({ stream, epoch }: EventPlace, seq: number, event: Buffer): void {
    const { checkpoint: body } = fieldsAt(fieldsAt(parsed(event), 'unmapped'), 'aegis');
    const read = readCheckpoint(body);
    if (!read.ok) this.badCheckpoints.push({ epoch, seq, refusal: read.refusal });
    else if (
      read.checkpoint.stream !== stream ||
      read.checkpoint.epoch !== epoch ||
      read.checkpoint.seq !== seq
    )
      this.badCheckpoints.push({
        epoch,
        seq,
        refusal: { path: 'seq', message: 'the body names another place than the event' },
      });
    else this.checkpoints.push(read.checkpoint);
  }
}

/** True for a tombstone that was not there yet. */
function addTombstone(
  epoch: EpochRecord,
  { seq = 0, rewritten }: EventPlace,
  sha256: Uint8Array,
  event: Buffer,
): boolean {
  const { original_sha256: original } = fieldsAt(
    fieldsAt(fieldsAt(parsed(event), 'unmapped'), 'aegis'),
    'tombstone',
  );
  const tombstone = {
    sha256: hex(sha256),
    originalSha256: typeof original === 'string' ? original : '',
    rewritten,
  };
  const known = epoch.tombstones.get(seq);
  if (known === undefined) epoch.tombstones.set(seq, [tombstone]);
  else if (known.some((one) => one.sha256 === tombstone.sha256)) {
    countDuplicate(epoch, seq);
    return false;
  } else if (known.length < MAX_OTHERS) known.push(tombstone);
  return true;
}

function addOther(epoch: EpochRecord, seq: number, sha256: string): boolean {
  const known = epoch.others.get(seq) ?? [];
  if (known.includes(sha256)) {
    countDuplicate(epoch, seq);
    return false;
  }
  if (known.length >= MAX_OTHERS) return false;
  epoch.others.set(seq, [...known, sha256]);
  return true;
}

function countDuplicate(epoch: EpochRecord, seq: number): void {
  epoch.duplicates += 1;
  if (epoch.firstDuplicate === 0) epoch.firstDuplicate = seq;
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');
}
