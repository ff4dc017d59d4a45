import type { CheckpointLink } from '../proof/checkpoint.ts';
import { capital } from './fault.ts';
import type { Finding } from './finding.ts';
import type { ProvenCheckpoint } from './prove-checkpoints.ts';

/** The checkpoints of one epoch, ascending. Numbers up to `base` are not judged: they lie before `--from`. */
export interface ChainEpoch {
  readonly epoch: string;
  readonly base: number;
  readonly checkpoints: readonly ProvenCheckpoint[];
}

/** Where judging begins: after this checkpoint, whether or not it is in the export. */
export interface ChainStart {
  readonly sha256: string;
}

export interface CheckpointChain {
  /** In the order in which the epochs followed each other. */
  readonly epochs: readonly ChainEpoch[];
  readonly last: ProvenCheckpoint | undefined;
  readonly findings: readonly Finding[];
}

/** Puts the proven checkpoints of a stream in order, and finds where one does not follow the one before. */
export function checkpointChain(
  proven: readonly ProvenCheckpoint[],
  start: ChainStart | undefined,
): CheckpointChain {
  const findings: Finding[] = [];
  const ordered = inOrder(proven, findings);
  const cut = start === undefined ? undefined : cutAfter(ordered, start.sha256);
  const chain = cut?.rest ?? ordered;
  let before = cut?.before;
  for (const [index, one] of chain.entries()) {
    const finding =
      index === 0 && before === undefined
        ? judgeFirst(one, start?.sha256)
        : before === undefined
          ? undefined
          : judgeLink(one, before);
    if (finding !== undefined) findings.push(finding);
    before = one;
  }
  return { epochs: byEpoch(chain, cut), last: before, findings };
}

/** Epochs as each names the one before, checkpoints by number. Of two at one number the later made one is passed over. */
function inOrder(proven: readonly ProvenCheckpoint[], findings: Finding[]): ProvenCheckpoint[] {
  const groups = Map.groupBy(
    proven.toSorted(
      (a, b) => a.checkpoint.seq - b.checkpoint.seq || a.checkpoint.madeAtMs - b.checkpoint.madeAtMs,
    ),
    ({ checkpoint }) => checkpoint.epoch,
  );
  const ordered: ProvenCheckpoint[] = [];
  for (const epoch of epochOrder(groups)) {
    let last: ProvenCheckpoint | undefined;
    for (const one of groups.get(epoch) ?? []) {
      if (last?.checkpoint.seq === one.checkpoint.seq) {
        findings.push(
          fork(one, `two different checkpoints are signed at number ${one.checkpoint.seq} of this epoch`),
        );
        continue;
      }
      ordered.push(one);
      last = one;
    }
  }
  return ordered;
}

function epochOrder(groups: ReadonlyMap<string, readonly ProvenCheckpoint[]>): string[] {
  const firsts = [...groups].flatMap(([epoch, [first]]) => (first === undefined ? [] : [{ epoch, first }]));
  firsts.sort((a, b) => a.first.checkpoint.madeAtMs - b.first.checkpoint.madeAtMs);
  const order: string[] = [];
  const visit = (epoch: string): void => {
    if (order.includes(epoch)) return;
    order.push(epoch);
    for (const { epoch: next, first } of firsts) {
      if (first.checkpoint.previous?.epoch === epoch) visit(next);
    }
  };
  for (const { epoch, first } of firsts) {
    const before = first.checkpoint.previous?.epoch;
    if (before === undefined || before === epoch || !groups.has(before)) visit(epoch);
  }
  // Epochs that name each other in a circle were put together by nobody who holds the key; they are still judged.
  for (const { epoch } of firsts) visit(epoch);
  return order;
}

interface Cut {
  readonly before: ProvenCheckpoint | undefined;
  readonly rest: readonly ProvenCheckpoint[];
  readonly epoch: string;
  readonly base: number;
}

function cutAfter(ordered: readonly ProvenCheckpoint[], sha256: string): Cut | undefined {
  const at = ordered.findIndex((one) => one.sha256 === sha256);
  const before = ordered[at];
  if (before !== undefined) {
    const { epoch, toSeq } = before.checkpoint;
    return { before, rest: ordered.slice(at + 1), epoch, base: toSeq };
  }
  const next = ordered.findIndex(({ checkpoint }) => checkpoint.previous?.sha256 === sha256);
  const first = ordered[next]?.checkpoint;
  if (first === undefined) return undefined;
  return { before: undefined, rest: ordered.slice(next), epoch: first.epoch, base: first.fromSeq - 1 };
}

function byEpoch(chain: readonly ProvenCheckpoint[], cut: Cut | undefined): ChainEpoch[] {
  const groups = Map.groupBy(chain, ({ checkpoint }) => checkpoint.epoch);
  if (cut !== undefined && !groups.has(cut.epoch)) groups.set(cut.epoch, []);
  return [...groups].map(([epoch, checkpoints]) => ({
    epoch,
    base: cut?.epoch === epoch ? cut.base : 0,
    checkpoints,
  }));
}

/** `start`: the checkpoint that judging begins after. */
export function judgeFirst(one: ProvenCheckpoint, start: string | undefined): Finding | undefined {
  const { previous, seq } = one.checkpoint;
  if (previous === undefined || previous.sha256 === start) return undefined;
  return {
    ...placeOf(one),
    name: 'gap',
    severity: 'fault',
    message: `The checkpoint at number ${seq} follows ${nameOf(previous)}, which is not in the export; where the export begins there on purpose, say --from ${previous.sha256}`,
  };
}

/** Whether a checkpoint follows the one before. */
export function judgeLink(one: ProvenCheckpoint, before: ProvenCheckpoint): Finding | undefined {
  const { previous, epoch, seq, fromSeq } = one.checkpoint;
  const last = before.checkpoint;
  if (previous === undefined)
    return fork(one, `the checkpoint at number ${seq} names none before it, and there are some`);
  if (previous.sha256 === before.sha256) {
    if (epoch !== last.epoch || fromSeq > last.toSeq) return undefined;
    return fork(one, `the checkpoint at number ${seq} covers again what the one before covered`);
  }
  // Later than the one that we have: it is missing, and its range with it.
  const isMissing =
    previous.epoch === last.epoch
      ? previous.seq > last.seq
      : previous.epoch === epoch && last.epoch !== epoch;
  if (isMissing || (previous.epoch !== last.epoch && previous.epoch !== epoch)) {
    return {
      ...placeOf(one),
      name: 'unproven',
      severity: 'fault',
      message: `The checkpoint at number ${seq} follows ${nameOf(previous)}, which is not proved: what that one covered is not either`,
    };
  }
  return fork(
    one,
    `the checkpoint at number ${seq} follows ${nameOf(previous)} and not the one at number ${last.seq} of epoch ${last.epoch}, which is signed as well: the store was put back to an earlier state, or copied`,
  );
}

function nameOf({ epoch, seq }: CheckpointLink): string {
  return `the checkpoint at number ${seq} of epoch ${epoch}`;
}

function placeOf({ checkpoint: { stream, epoch, seq } }: ProvenCheckpoint) {
  return { stream, epoch, fromSeq: seq, toSeq: seq };
}

function fork(one: ProvenCheckpoint, what: string): Finding {
  return { ...placeOf(one), name: 'fork', severity: 'fault', message: capital(what) };
}
