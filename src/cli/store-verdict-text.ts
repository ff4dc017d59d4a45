import type { JsonObject } from '../json.ts';
import { visibleText } from '../ocsf/visible-text.ts';
import type { ChainVerdict } from '../verify/judge-chain.ts';
import type { StoreVerdict } from '../verify/judge-store.ts';
import type { StoreFinding, StoreFindings } from '../verify/store-finding.ts';
import { streamJson, streamLines } from './verdict-text.ts';

/** Findings of a kind that are shown; `--json` has more. */
const SHOWN_FINDINGS = 40;

export interface StoreReport {
  readonly verdict: StoreVerdict;
  /** The keys were given, and not taken from the store that is judged. */
  readonly isPinned: boolean;
}

export function storeVerdictText({ verdict, isPinned }: StoreReport): string {
  const { chain, findings, streams, missingStreams } = verdict;
  const lines = [...chainLines(chain), '', ...guardLines(findings)];
  for (const stream of streams) lines.push('', ...streamLines(stream));
  for (const stream of missingStreams) lines.push('', `stream ${visibleText(stream)}: NOT THERE`);
  lines.push('');
  if (!isPinned)
    lines.push(
      'The keys were taken from the store itself. Against somebody who could change the store, give --key with a key from elsewhere.',
    );
  lines.push(
    verdict.complete
      ? 'UNCHANGED: every chained record, receipt and checkpoint is as it was signed.'
      : 'NOT PROVED: see the findings above.',
  );
  return `${lines.join('\n')}\n`;
}

function chainLines(chain: ChainVerdict): string[] {
  const { links, records, waiting, longestWaitMs, last, firstMadeAtMs, findings } = chain;
  const lines = [
    `records: ${chain.complete ? 'unchanged' : 'NOT PROVED'}`,
    `  ${records} records in ${links} links; ${waiting} are not chained yet`,
    ...(chain.pruned === 0 ? [] : [`  ${chain.pruned} of them were removed on purpose; their links stay`]),
  ];
  if (chain.provedDecisions + chain.uncheckedDecisions > 0)
    lines.push(
      `  ${chain.provedDecisions} signatures of decisions are proved; ${chain.uncheckedDecisions} cannot be checked`,
    );
  if (last !== undefined && firstMadeAtMs !== undefined)
    lines.push(
      `  the first link was made ${timeOf(firstMadeAtMs)}, the last one ${timeOf(last.link.madeAtMs)}: link ${last.link.linkNo}, up to record ${last.link.toRecordNo}`,
      `  longest time between a record and its link, which is not proved: ${(longestWaitMs / 1_000).toFixed(1)} s`,
      `  to hold the next look against this one: --tip ${last.sha256}`,
    );
  return [...lines, ...findingLines(findings)];
}

function guardLines(findings: StoreFindings): string[] {
  const isWhole = findings.faults === 0;
  return [`triggers: ${isWhole ? 'as they were installed' : 'see below'}`, ...findingLines(findings)];
}

function findingLines(findings: StoreFindings): string[] {
  const shown = findings.kept
    .toSorted((a, b) => Number(a.severity === 'note') - Number(b.severity === 'note'))
    .slice(0, SHOWN_FINDINGS);
  const lines = shown.map(
    ({ severity, name, message }) =>
      `  ${severity === 'note' ? 'note ' : ''}${visibleText(`${name}: ${message}`)}`,
  );
  const all = Object.values(findings.counts).reduce((sum, count) => sum + count, 0);
  if (all > shown.length) {
    const counts = Object.entries(findings.counts).map(([name, count]) => `${name} ${count}`);
    lines.push(`  ... ${all} findings in all: ${counts.join(', ')}; --json shows more`);
  }
  return lines;
}

/** The same for programs; names and their meaning are stable. */
export function storeVerdictJson({ verdict, isPinned }: StoreReport): JsonObject {
  const { complete, chain, findings, streams, missingStreams } = verdict;
  return {
    complete,
    keys: isPinned ? 'given' : 'store',
    chain: chainJson(chain),
    findings: findings.kept.map(findingJson),
    streams: streams.map(streamJson),
    missing_streams: [...missingStreams],
  };
}

function chainJson(chain: ChainVerdict): JsonObject {
  const { links, records, waiting, longestWaitMs, firstMadeAtMs, last, findings } = chain;
  return {
    complete: chain.complete,
    links,
    records,
    pruned: chain.pruned,
    waiting,
    longest_wait_ms: longestWaitMs,
    proved_decisions: chain.provedDecisions,
    unchecked_decisions: chain.uncheckedDecisions,
    ...(firstMadeAtMs === undefined ? {} : { first_made_at: timeOf(firstMadeAtMs) }),
    ...(last === undefined
      ? {}
      : {
          last_link: {
            link: last.link.linkNo,
            sha256: last.sha256,
            to_record: last.link.toRecordNo,
            made_at: timeOf(last.link.madeAtMs),
          },
        }),
    counts: Object.fromEntries(Object.entries(findings.counts)),
    findings: findings.kept.map(findingJson),
  };
}

function findingJson({ name, subject, severity, fromNo, toNo, count, message }: StoreFinding): JsonObject {
  return {
    name,
    subject,
    severity,
    ...(fromNo === undefined ? {} : { from_no: fromNo }),
    ...(toNo === undefined ? {} : { to_no: toNo }),
    ...(count === undefined ? {} : { count }),
    message,
  };
}

function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
