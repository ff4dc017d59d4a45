import type { SignedCheckpoint } from '../proof/checkpoint.ts';
import type { PublicCheckpointKey } from '../proof/checkpoint-key.ts';
import { checkpointSha256 } from '../proof/checkpoint-statement.ts';
import type { NumberRange } from '../proof/number-ranges.ts';
import { readCheckpoint } from '../proof/read-checkpoint.ts';
import type { ReceiptSeal } from '../proof/receipt-seal.ts';
import { faultAt, faultOver, numbersAre } from './fault.ts';
import { Findings } from './finding.ts';
import { type CheckpointSeal, judgeSeals, type SealedReceipt } from './judge-seals.ts';
import { judgeStream, type JudgeOptions, type StreamVerdict } from './judge-stream.ts';
import { type ProvenCheckpoint, proveCheckpoints } from './prove-checkpoints.ts';
import { type EpochRecord, type FinishedRun, StreamRecord } from './stream-record.ts';

export interface StoreStream {
  readonly destinationNo: number;
  readonly streamId: string;
  readonly epochNo: number;
  readonly epoch: string;
  readonly isLive: boolean;
  /** Every number below this one, in this epoch, is finished. */
  readonly finishedBelow: number;
}

export interface StoreReceipt extends FinishedRun, SealedReceipt {
  readonly firstSeq: number;
  readonly places: number;
  readonly isCheckpoint: boolean;
}

interface StoreCheckpoint {
  readonly epochNo: number;
  readonly seq: number;
  readonly body: string;
  readonly seal?: ReceiptSeal;
}

/** What is read of a store, in steps. */
export interface StreamSource {
  checkpoints(query: {
    readonly destinationNo: number;
    readonly after: { readonly epochNo: number; readonly seq: number };
    readonly maxCheckpoints: number;
  }): Promise<readonly StoreCheckpoint[]>;
  finishedPlaces(query: {
    readonly destinationNo: number;
    readonly epochNo: number;
    readonly fromSeq: number;
    readonly after?: { readonly firstSeq: number; readonly receiptNo: number };
    readonly maxReceipts: number;
  }): Promise<readonly StoreReceipt[]>;
}

export interface StoreStreamOptions extends Omit<JudgeOptions, 'start'> {
  readonly keys: readonly PublicCheckpointKey[];
  /** Receipts and checkpoints that are older may be gone. Absent: none may. */
  readonly retentionMs?: number;
  /** Told of each checkpoint that is proved. */
  readonly onProven?: (sha256: string) => void;
}

const AT_ONCE = 200;

/** Judges a destination's receipts by its checkpoints, as `verify` judges an export. Undefined for a stream that never began. */
export async function judgeStoreStream(
  source: StreamSource,
  stream: StoreStream,
  options: StoreStreamOptions,
): Promise<StreamVerdict | undefined> {
  const rows = await readCheckpoints(source, stream.destinationNo, { epochNo: 0, seq: 0 });
  const record = new StreamRecord(stream.streamId);
  const findings = new Findings();
  const epochs = new Map(rows.map(({ epochNo, read }) => [epochNo, read.ok ? read.checkpoint.epoch : '']));
  epochs.set(stream.epochNo, stream.epoch);
  const delivered = new Set<string>();
  let hasPlaces = false;
  for (const [epochNo, epoch] of epochs) {
    for await (const receipt of receiptsOf(source, stream.destinationNo, epochNo)) {
      record.addFinished(epoch, receipt);
      if (receipt.isCheckpoint) delivered.add(`${epochNo}/${receipt.firstSeq}`);
      hasPlaces ||= receipt.places > 0;
    }
  }
  if (rows.length === 0 && !hasPlaces && stream.finishedBelow <= 1) return undefined;
  sayTail(stream, record, findings);
  // Of checkpoints that came meanwhile, the receipts may have been read already.
  const { epochNo = 0, seq = 0 } = rows.at(-1) ?? {};
  rows.push(...(await readCheckpoints(source, stream.destinationNo, { epochNo, seq })));
  const checkpoints: SignedCheckpoint[] = [];
  for (const { epochNo, seq, read } of rows) {
    // Without a receipt it is on its way, or was never formed.
    if (!delivered.delete(`${epochNo}/${seq}`)) continue;
    if (read.ok) checkpoints.push(read.checkpoint);
    else record.badCheckpoints.push({ epoch: epochs.get(epochNo) ?? '', seq, refusal: read.refusal });
  }
  const start = startOf(checkpoints, rows, record, options);
  // What is left of epochs before it is not asked about: their last receipt stays for ever.
  for (const [epochNo, epoch] of epochs) if (epochNo < start.epochNo) record.epochs.delete(epoch);
  if (start.isYoung) sayCut(checkpoints, findings, options);
  sayMissing(delivered, start.epochNo, start.seq, epochs, stream.streamId, findings);
  const proofs = proveCheckpoints(checkpoints, options.keys);
  for (const finding of proofs.findings) findings.add(finding);
  for (const { sha256 } of proofs.proven) options.onProven?.(sha256);
  await judgeSeals(sealsOf(source, stream.destinationNo, rows, proofs.proven, start, options), findings);
  return judgeStream(record, proofs.proven, findings, {
    ...options,
    // A destination that is off or deleted owes no further checkpoint.
    ...(stream.isLive ? {} : { graceMs: Infinity }),
    ...(start.sha256 === undefined ? {} : { start: { sha256: start.sha256 } }),
  });
}

/** Of the proven checkpoints after the start, in order. */
function* sealsOf(
  source: StreamSource,
  destinationNo: number,
  rows: readonly ReadRow[],
  proven: readonly ProvenCheckpoint[],
  start: { readonly epochNo: number; readonly seq: number },
  { asOfMs, retentionMs }: StoreStreamOptions,
): Generator<CheckpointSeal> {
  const provenAt = new Map(proven.map((one) => [`${one.checkpoint.epoch}/${one.checkpoint.seq}`, one]));
  for (const { epochNo, seq, read, seal } of rows) {
    const one = read.ok ? provenAt.get(`${read.checkpoint.epoch}/${seq}`) : undefined;
    if (one === undefined || epochNo < start.epochNo || (epochNo === start.epochNo && seq <= start.seq))
      continue;
    const { fromSeq, madeAtMs } = one.checkpoint;
    yield {
      proven: one,
      ...(seal === undefined ? {} : { seal }),
      isOld: retentionMs !== undefined && madeAtMs < asOfMs - retentionMs,
      receipts: () => receiptsOf(source, destinationNo, epochNo, fromSeq),
    };
  }
}

interface ReadRow {
  readonly epochNo: number;
  readonly seq: number;
  readonly read: ReturnType<typeof readCheckpoint>;
  readonly seal?: ReceiptSeal;
}

async function readCheckpoints(
  source: StreamSource,
  destinationNo: number,
  from: { readonly epochNo: number; readonly seq: number },
): Promise<ReadRow[]> {
  const rows: ReadRow[] = [];
  for (let after = from; ;) {
    const page = await source.checkpoints({ destinationNo, after, maxCheckpoints: AT_ONCE });
    for (const { epochNo, seq, body, seal } of page)
      rows.push({
        epochNo,
        seq,
        read: readCheckpoint(parsed(body)),
        ...(seal === undefined ? {} : { seal }),
      });
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return rows;
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

async function* receiptsOf(
  source: StreamSource,
  destinationNo: number,
  epochNo: number,
  fromSeq = 1,
): AsyncGenerator<StoreReceipt> {
  for (let after: { firstSeq: number; receiptNo: number } | undefined; ;) {
    const query = { destinationNo, epochNo, fromSeq, maxReceipts: AT_ONCE };
    const page = await source.finishedPlaces(after === undefined ? query : { ...query, after });
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < AT_ONCE) return;
    after = { firstSeq: last.firstSeq, receiptNo: last.receiptNo };
  }
}

/**
 * Where judging begins: after the last checkpoint that is older than the retention and whose receipts are gone, else after the
 * one that the first names as the one before.
 */
function startOf(
  checkpoints: readonly SignedCheckpoint[],
  rows: readonly ReadRow[],
  record: StreamRecord,
  { asOfMs, retentionMs }: StoreStreamOptions,
) {
  const epochNoOf = new Map(
    rows.flatMap((row) => (row.read.ok ? [[row.read.checkpoint.epoch, row.epochNo]] : [])),
  );
  const oldMs = retentionMs === undefined ? -Infinity : asOfMs - retentionMs;
  const isCut = ({ epoch, fromSeq: from, toSeq: to, madeAtMs }: SignedCheckpoint): boolean =>
    madeAtMs < oldMs && hasHoles(record.epochOf(epoch), { from, to });
  const before = checkpoints.findLast(isCut);
  if (before !== undefined)
    return {
      sha256: checkpointSha256(before),
      epochNo: epochNoOf.get(before.epoch) ?? 0,
      seq: before.seq,
      isYoung: false,
    };
  const [first] = checkpoints;
  return {
    sha256: first?.previous?.sha256,
    epochNo: first === undefined ? 0 : (epochNoOf.get(first.epoch) ?? 0),
    seq: first === undefined ? 0 : first.seq - 1,
    isYoung:
      first?.previous !== undefined && first.madeAtMs >= oldMs && !keeps(rows, first.previous.sha256, oldMs),
  };
}

function hasHoles({ events, tombstones }: EpochRecord, range: NumberRange): boolean {
  for (const { from, to } of events.missing(range)) {
    for (let seq = from; seq <= to; seq += 1) if (!tombstones.has(seq)) return true;
  }
  return false;
}

/** The retention removed the receipt of this checkpoint, and keeps its body as a sign of that. */
function keeps(rows: readonly ReadRow[], sha256: string, oldMs: number): boolean {
  return rows.some(
    ({ read }) => read.ok && read.checkpoint.madeAtMs < oldMs && checkpointSha256(read.checkpoint) === sha256,
  );
}

/** The retention keeps one checkpoint that is older than it: where the first one is younger, others were removed by hand. */
function sayCut(
  [first]: readonly SignedCheckpoint[],
  findings: Findings,
  { retentionMs }: StoreStreamOptions,
): void {
  if (first === undefined) return;
  const days =
    retentionMs === undefined ? 'which keeps all' : `of ${Math.round(retentionMs / 86_400_000)} days`;
  const message = `Checkpoints before number ${first.seq} are gone, and the one there is younger than the retention ${days}: they were removed by hand, or under a shorter retention`;
  findings.add(faultAt('gap', first.stream, first.epoch, first.seq, message));
}

/** The receipt of the last number of an epoch is never removed by age. */
function sayTail(
  { streamId, epoch, finishedBelow }: StoreStream,
  record: StreamRecord,
  findings: Findings,
): void {
  const range = { from: record.epochOf(epoch).greatest + 1, to: finishedBelow - 1 };
  if (range.to < range.from) return;
  const message = `${numbersAre(range)} finished according to the lane, and there is no receipt`;
  findings.add(faultOver('truncated', streamId, epoch, range, message));
}

/** Receipts of checkpoints whose bodies are gone. Those before the start went with their receipts' time. */
function sayMissing(
  delivered: ReadonlySet<string>,
  startEpochNo: number,
  startSeq: number,
  epochs: ReadonlyMap<number, string>,
  stream: string,
  findings: Findings,
): void {
  for (const place of delivered) {
    const [epochNo = 0, seq = 0] = place.split('/').map(Number);
    if (epochNo < startEpochNo || (epochNo === startEpochNo && seq <= startSeq)) continue;
    const message = `The checkpoint at number ${seq} was delivered, and its body was removed from aegis_siem_checkpoints`;
    findings.add(faultAt('unproven', stream, epochs.get(epochNo) ?? '', seq, message));
  }
}
