import { linkSha256 } from '../proof/chain-link.ts';
import { type ChainOptions, type ChainSource, type ChainVerdict, judgeChain } from './judge-chain.ts';
import { judgeStoreStream, type StoreStream, type StreamSource } from './judge-store-stream.ts';
import type { StreamVerdict } from './judge-stream.ts';
import { streamEndOf } from './stream-end.ts';
import { StoreFindings } from './store-finding.ts';

/** A store as its judge sees it. */
export interface StoreSource {
  readonly chain: ChainSource;
  readonly streams: StreamSource;
  readonly evidence: {
    brokenGuards(): Promise<
      readonly {
        readonly trigger: string;
        readonly problem: 'missing' | 'disabled' | 'changed' | 'foreign';
      }[]
    >;
    streams(): Promise<readonly StoreStream[]>;
  };
}

export interface StoreOptions extends ChainOptions {
  /** Only these streams are judged, and each of them must be there. */
  readonly only?: readonly string[];
  readonly acceptedFilters?: readonly string[];
  readonly retentionMs?: number;
}

export interface StoreVerdict {
  /** Nothing stands against the store. */
  readonly complete: boolean;
  readonly chain: ChainVerdict;
  /** Of triggers, and of tips that are not there. */
  readonly findings: StoreFindings;
  readonly streams: readonly StreamVerdict[];
  /** Streams that were asked for and are not there. */
  readonly missingStreams: readonly string[];
}

const PROBLEMS = {
  missing: 'is gone',
  disabled: 'is disabled',
  changed: 'is another one than was installed',
  foreign: 'was put there by somebody else',
} as const;

/** Judges records, triggers and streams of a store. Reads in steps; rejects when the store fails. */
export async function judgeStore(source: StoreSource, options: StoreOptions): Promise<StoreVerdict> {
  const findings = new StoreFindings();
  for (const { trigger, problem } of await source.evidence.brokenGuards()) {
    const message = `The trigger ${trigger} ${PROBLEMS[problem]}: what it keeps could be changed since`;
    findings.fault('trigger_dropped', 'trigger', message);
  }
  const gone = (await source.evidence.streams()).filter(({ isDeleted }) => isDeleted);
  const goneDestinations = new Set(gone.map(({ destinationId }) => destinationId));
  const chain = await judgeChain(source.chain, { ...options, goneDestinations });
  const foundTips = new Set(chain.foundTips);
  const streams: StreamVerdict[] = [];
  const known = (await source.evidence.streams()).filter(
    ({ streamId }) => options.only?.includes(streamId) ?? true,
  );
  for (const stream of known) {
    const end = streamEndOf(stream, chain, options);
    const verdict = await judgeStoreStream(source.streams, stream, {
      ...options,
      ...(end === undefined ? {} : { end }),
      onProven: (sha256) => void (options.tips?.includes(sha256) === true && foundTips.add(sha256)),
    });
    if (verdict !== undefined) streams.push(verdict);
  }
  for (const { stream, last } of streams) {
    if (last?.chain === undefined) continue;
    const { linkNo, sha256 } = last.chain;
    const [link] = await source.chain.readLinks(linkNo - 1, 1);
    if (link?.linkNo === linkNo && linkSha256(link) === sha256) continue;
    const what = link?.linkNo === linkNo ? 'is another one' : 'is not there';
    const message = `Link ${linkNo} of the record chain ${what}: the last checkpoint of stream ${stream} has seen it`;
    findings.fault('truncated', 'link', message, { from: linkNo, to: linkNo });
  }
  for (const tip of options.tips ?? []) {
    if (foundTips.has(tip)) continue;
    const message = `Neither a link nor a checkpoint of this store is ${tip}, or it is not proved: the store was put back to an earlier state, or the end was cut off`;
    findings.fault('tip_mismatch', 'tip', message);
  }
  const missingStreams = (options.only ?? []).filter((id) => !streams.some(({ stream }) => stream === id));
  return {
    complete:
      chain.complete &&
      findings.faults === 0 &&
      missingStreams.length === 0 &&
      streams.every(({ complete }) => complete),
    chain,
    findings,
    streams,
    missingStreams,
  };
}
