import type { JsonObject } from '../json.ts';
import { visibleText } from '../ocsf/visible-text.ts';
import type { Finding } from '../verify/finding.ts';
import type { StreamVerdict } from '../verify/judge-stream.ts';
import type { ExportSummary } from '../verify/read-export.ts';
import type { Verdict } from '../verify/verification.ts';

/** Findings of a stream that are shown; `--json` has more. */
const SHOWN_FINDINGS = 40;

/** What a file held, for the report. */
export interface ReadFileSummary extends ExportSummary {
  readonly file: string;
  /** Items without an event of ours, and the first of them. */
  readonly others: number;
  readonly firstOther?: number;
}

export interface VerifyReport {
  readonly verdict: Verdict;
  readonly files: readonly ReadFileSummary[];
  readonly events: number;
  readonly others: number;
}

export function verdictText(report: VerifyReport): string {
  const { verdict, files, events } = report;
  const lines = files.map(fileLine);
  for (const stream of verdict.streams) lines.push('', ...streamLines(stream));
  lines.push('');
  if (events === 0) lines.push('NOT COMPLETE: there is no event of a stream in this export.');
  else if (verdict.complete)
    lines.push('COMPLETE: everything that was sent up to the last checkpoint is there, unchanged.');
  else lines.push('NOT COMPLETE: see the findings above.');
  return `${lines.join('\n')}\n`;
}

function fileLine({ file, bytes, form, others, firstOther, problem }: ReadFileSummary): string {
  const forms = { lines: 'JSON lines', values: 'JSON', csv: 'CSV', empty: 'empty' };
  const more =
    others === 0
      ? ''
      : `; ${others} items without an event of a stream (the first is item ${firstOther ?? 0})`;
  return `${file}: ${bytes} bytes, ${forms[form]}${more}${problem === undefined ? '' : `; ${problem}`}`;
}

/** Of one stream, in an export or a store. */
export function streamLines(verdict: StreamVerdict): string[] {
  const { stream, places, last, delivered, tombstoned, untaken, leftOut, provenCheckpoints, findings } =
    verdict;
  const lines = [
    `stream ${visibleText(stream)}: ${wordOf(verdict)}`,
    `  ${places} numbers are there; ${provenCheckpoints} checkpoints are proved`,
    `  they cover ${delivered} events and ${tombstoned} declared losses (tombstones${untaken === 0 ? '' : `, ${untaken} of them not taken`}); ${leftOut} records were left out by the filter`,
  ];
  if (verdict.provedDecisions + verdict.uncheckedDecisions > 0)
    lines.push(
      `  ${verdict.provedDecisions} signatures of decisions are proved; ${verdict.uncheckedDecisions} cannot be checked on these events`,
    );
  if (verdict.fittingFingerprints > 0)
    lines.push(
      `  ${verdict.fittingFingerprints} events are what their own fingerprint says (it is not signed)`,
    );
  if (last !== undefined) {
    const due =
      last.nextDueMs === undefined
        ? 'the stream was stopped'
        : `the next one is due ${timeOf(last.nextDueMs)}`;
    lines.push(
      `  proved up to number ${last.toSeq} of epoch ${last.epoch}, by the checkpoint at number ${last.seq} of ${timeOf(last.madeAtMs)}; ${due}`,
      `  to go on from here: --from ${last.sha256}`,
    );
    if (last.chain !== undefined)
      lines.push(
        `  it is witness of link ${last.chain.linkNo} of the store's record chain: verify --store --tip ${last.chain.sha256}`,
      );
  }
  if (verdict.deletion !== undefined)
    lines.push(
      `  its destination was deleted ${timeOf(verdict.deletion.atMs)}, as record ${verdict.deletion.recordNo} of the chain tells`,
    );
  const shown = findings.kept
    .toSorted((a, b) => Number(a.severity === 'note') - Number(b.severity === 'note'))
    .slice(0, SHOWN_FINDINGS);
  for (const finding of shown)
    lines.push(`  ${finding.severity === 'note' ? 'note ' : ''}${lineOf(finding)}`);
  const all = Object.values(findings.counts).reduce((sum, count) => sum + count, 0);
  if (all > shown.length) {
    const counts = Object.entries(findings.counts).map(([name, count]) => `${name} ${count}`);
    lines.push(`  ... ${all} findings in all: ${counts.join(', ')}; --json shows more`);
  }
  return lines;
}

function wordOf({ complete, last }: StreamVerdict): string {
  if (!complete) return 'NOT COMPLETE';
  return last === undefined ? 'ended before its first checkpoint' : 'complete';
}

function lineOf({ name, epoch, message }: Finding): string {
  return visibleText(`${name}${epoch === undefined ? '' : ` [epoch ${epoch}]`}: ${message}`);
}

function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** The same for programs; names and their meaning are stable. */
export function verdictJson({ verdict, files, events, others }: VerifyReport): JsonObject {
  return {
    complete: verdict.complete,
    events,
    others,
    files: files.map(({ file, bytes, form, others: without, problem }) => ({
      file,
      bytes,
      form,
      others: without,
      ...(problem === undefined ? {} : { problem }),
    })),
    streams: verdict.streams.map(streamJson),
  };
}

export function streamJson(verdict: StreamVerdict): JsonObject {
  const { last, findings } = verdict;
  return {
    stream: verdict.stream,
    complete: verdict.complete,
    epochs: verdict.epochs,
    places: verdict.places,
    checkpoints: verdict.provenCheckpoints,
    delivered: verdict.delivered,
    tombstoned: verdict.tombstoned,
    untaken: verdict.untaken,
    left_out: verdict.leftOut,
    test_events: verdict.testEvents,
    proved_decisions: verdict.provedDecisions,
    unchecked_decisions: verdict.uncheckedDecisions,
    fitting_fingerprints: verdict.fittingFingerprints,
    ...(last === undefined
      ? {}
      : {
          last_checkpoint: {
            sha256: last.sha256,
            epoch: last.epoch,
            seq: last.seq,
            to_seq: last.toSeq,
            made_at: timeOf(last.madeAtMs),
            ...(last.nextDueMs === undefined ? { stopped: true } : { next_due: timeOf(last.nextDueMs) }),
            ...(last.chain === undefined
              ? {}
              : { chain: { link: last.chain.linkNo, sha256: last.chain.sha256 } }),
          },
        }),
    ...(verdict.deletion === undefined
      ? {}
      : { deleted: { at: timeOf(verdict.deletion.atMs), record_no: verdict.deletion.recordNo } }),
    counts: Object.fromEntries(Object.entries(findings.counts)),
    findings: findings.kept.map(findingJson),
  };
}

function findingJson({ name, severity, epoch, fromSeq, toSeq, count, message }: Finding): JsonObject {
  return {
    name,
    severity,
    ...(epoch === undefined ? {} : { epoch }),
    ...(fromSeq === undefined ? {} : { from_seq: fromSeq }),
    ...(toSeq === undefined ? {} : { to_seq: toSeq }),
    ...(count === undefined ? {} : { count }),
    message,
  };
}
