import type { ChainWitness, SignedCheckpoint } from '../proof/checkpoint.ts';
import { checkpointChain, type ChainStart, type CheckpointChain } from './checkpoint-chain.ts';
import { faultAt } from './fault.ts';
import type { Finding, Findings } from './finding.ts';
import { judgeEpoch } from './judge-epoch.ts';
import { FilterJudge } from './judge-filters.ts';
import { WitnessJudge } from './judge-witness.ts';
import type { ProvenCheckpoint } from './prove-checkpoints.ts';
import type { Deletion } from './read-deletion.ts';
import { type BadCheckpoint, type EpochRecord, hex, type StreamRecord } from './stream-record.ts';

export interface JudgeOptions {
  /** The time that `next_due` is held against. */
  readonly asOfMs: number;
  /** A checkpoint may arrive and be searchable so much after it was made. */
  readonly graceMs: number;
  readonly start?: ChainStart;
  /** Ids of filters that are known and agreed; absent: the first one of each stream. */
  readonly acceptedFilters?: readonly string[];
}

/** What a stream is found to be. */
export interface StreamVerdict {
  readonly stream: string;
  readonly complete: boolean;
  readonly epochs: number;
  /** Places that are there: events, tombstones, checkpoints. */
  readonly places: number;
  readonly provenCheckpoints: number;
  /** Of what proven checkpoints cover. */
  readonly delivered: number;
  readonly tombstoned: number;
  readonly untaken: number;
  readonly leftOut: number;
  readonly testEvents: number;
  /** Decisions whose signature is proved, and those whose signature the events do not allow to check; 0 without a key for them. */
  readonly provedDecisions: number;
  readonly uncheckedDecisions: number;
  /** Events that are what their own fingerprint says. */
  readonly fittingFingerprints: number;
  /** The end of what is proved. */
  readonly last?: {
    readonly sha256: string;
    readonly epoch: string;
    readonly seq: number;
    readonly toSeq: number;
    readonly madeAtMs: number;
    readonly nextDueMs?: number;
    /** The link of the record chain that it names. */
    readonly chain?: ChainWitness;
  };
  /** In a store: the destination was deleted, which the record chain tells. */
  readonly deletion?: Deletion;
  readonly findings: Findings;
}

/** Judges one stream of an export, from number 1 (or the start that was given) to its last checkpoint. */
export function judgeStream(
  record: StreamRecord,
  proven: readonly ProvenCheckpoint[],
  findings: Findings,
  options: JudgeOptions,
): StreamVerdict {
  const { stream } = record;
  for (const bad of record.badCheckpoints) findings.add(unreadable(stream, bad));
  const standing = proven.filter(({ checkpoint }) => !isWithdrawn(record, checkpoint));
  const chain = checkpointChain(standing, options.start);
  for (const finding of chain.findings) findings.add(finding);
  for (const [index, epoch] of chain.epochs.entries())
    judgeEpoch(
      stream,
      record.epochOf(epoch.epoch),
      epoch,
      index === chain.epochs.length - 1,
      chain.last,
      findings,
    );
  judgeUnheardEpochs(record, chain, proven, findings, options);
  judgeEnd(stream, chain.last, findings, options);
  const covered = chain.epochs.flatMap(({ checkpoints }) => checkpoints.map(({ checkpoint }) => checkpoint));
  const filters = new FilterJudge(options.acceptedFilters);
  for (const checkpoint of covered) filters.add(checkpoint, findings);
  const witness = new WitnessJudge();
  for (const checkpoint of covered) witness.add(checkpoint, findings);
  return {
    stream,
    complete: findings.faults === 0 && chain.last !== undefined,
    epochs: record.epochs.size,
    places: [...record.epochs.values()].reduce((sum, epoch) => sum + placesOf(epoch), 0),
    provenCheckpoints: covered.length,
    delivered: sumOf(covered, ({ delivered }) => delivered),
    tombstoned: sumOf(covered, ({ tombstoned }) => tombstoned),
    untaken: sumOf(covered, ({ untaken }) => untaken.length),
    leftOut: sumOf(covered, ({ leftOut }) => leftOut),
    testEvents: record.testEvents,
    provedDecisions: record.provedDecisions,
    uncheckedDecisions: record.uncheckedDecisions,
    fittingFingerprints: record.fittingFingerprints,
    ...(chain.last === undefined ? {} : { last: lastOf(chain.last) }),
    findings,
  };
}

export function unreadable(stream: string, { epoch, seq, refusal }: BadCheckpoint): Finding {
  const message = `The checkpoint at number ${seq} cannot be read: ${refusal.path}: ${refusal.message}`;
  return faultAt('unsigned', stream, epoch, seq, message);
}

/**
 * A checkpoint that was sent, perhaps taken, and given up: its number holds a tombstone that stands for it, and the next one goes
 * on from the one before.
 */
function isWithdrawn({ epochs }: StreamRecord, { epoch, seq }: SignedCheckpoint): boolean {
  const places = epochs.get(epoch);
  const tombstones = places?.tombstones.get(seq) ?? [];
  const stands = tombstones.length === 0 ? undefined : places?.events.hashAt(seq);
  return stands !== undefined && tombstones.some(({ originalSha256 }) => originalSha256 === hex(stands));
}

/** Epochs that hold places and no proven checkpoint. Those before the start are not asked about. */
function judgeUnheardEpochs(
  record: StreamRecord,
  chain: CheckpointChain,
  proven: readonly ProvenCheckpoint[],
  findings: Findings,
  { start }: JudgeOptions,
): void {
  const judged = new Set(chain.epochs.map(({ epoch }) => epoch));
  const passedOver = new Set(start === undefined ? [] : proven.map(({ checkpoint }) => checkpoint.epoch));
  for (const epoch of record.epochs.values()) {
    const count = placesOf(epoch);
    if (judged.has(epoch.epoch) || passedOver.has(epoch.epoch) || count === 0) continue;
    findings.add(unheardEpoch(record.stream, epoch, count));
  }
}

/** An epoch of which no proven checkpoint speaks. */
export function unheardEpoch(
  stream: string,
  { epoch, greatest }: Pick<EpochRecord, 'epoch' | 'greatest'>,
  count: number,
): Finding {
  return {
    name: 'unproven',
    severity: 'fault',
    stream,
    epoch,
    fromSeq: 1,
    toSeq: greatest,
    count,
    message: `No proven checkpoint speaks of epoch ${epoch}, of which ${count} places are there`,
  };
}

export function judgeEnd(
  stream: string,
  last: ProvenCheckpoint | undefined,
  findings: Findings,
  { asOfMs, graceMs }: Pick<JudgeOptions, 'asOfMs' | 'graceMs'>,
): void {
  if (last === undefined) {
    const message = 'No proven checkpoint: whether something is missing cannot be told';
    findings.add({ name: 'unproven', severity: 'fault', stream, message });
    return;
  }
  const { epoch, seq, nextDueMs } = last.checkpoint;
  if (nextDueMs === undefined || asOfMs <= nextDueMs + graceMs) return;
  const due = new Date(nextDueMs).toISOString();
  findings.add(
    faultAt(
      'stale',
      stream,
      epoch,
      seq,
      `The checkpoint at number ${seq} promises the next one for ${due}; it is not there at ${new Date(asOfMs).toISOString()}`,
    ),
  );
}

export function lastOf({ checkpoint, sha256 }: ProvenCheckpoint): NonNullable<StreamVerdict['last']> {
  const { epoch, seq, toSeq, madeAtMs, nextDueMs, chain } = checkpoint;
  return {
    sha256,
    epoch,
    seq,
    toSeq,
    madeAtMs,
    ...(nextDueMs === undefined ? {} : { nextDueMs }),
    ...(chain === undefined ? {} : { chain }),
  };
}

function sumOf(checkpoints: readonly SignedCheckpoint[], read: (one: SignedCheckpoint) => number): number {
  return checkpoints.reduce((sum, checkpoint) => sum + read(checkpoint), 0);
}

/** Numbers under which something stands. */
export function placesOf(epoch: EpochRecord): number {
  let tombstones = 0;
  for (const seq of epoch.tombstones.keys()) if (epoch.events.hashAt(seq) === undefined) tombstones += 1;
  return epoch.events.places + tombstones;
}
