import { DelayHistogram } from './delay-histogram.ts';
import type { SoakSample } from './soak-sample.ts';

const MIB = 1_048_576;
const HOUR_MS = 3_600_000;

/** What a run may show at most; beyond it, it failed. Growth is from the second quarter of a run to its last. */
export const SOAK_BOUNDS = {
  /** Of the memory: a heap breathes. A bound for the whole run, so the longer it is, the smaller a leak that is found. */
  memoryGrowthBytes: 64 * MIB,
  /** Files and sockets. */
  handleGrowth: 10,
  /** SQLite: what the log is cut at, and what a reader may hold up meanwhile. PostgreSQL: its `max_wal_size` of 1 GB, and a half. */
  logBytes: { sqlite: 192 * MIB, postgres: 1_536 * MIB },
  /** Bytes on disk for an event, the second half of the run to the first. */
  diskPerEventGrowth: 1.25,
  /** With fewer in a half, pages that a store takes in advance decide the figure, and it is not judged. */
  diskJudgedFromEvents: 10_000,
  /** From being sent for recording to the SIEM; the SIEM's own faults are in it. */
  delayP99Ms: 30_000,
  /** The last quarter's p99 to the second's, where it is beyond a second. */
  delayGrowth: 3,
} as const;

/** Figures of a run, with the sentences of what it broke. */
export interface SoakFigures {
  readonly memoryMiB: { readonly second: number; readonly last: number; readonly slopePerHour: number };
  readonly openHandles: { readonly second: number; readonly last: number };
  readonly mostLogMiB: number;
  readonly diskBytesAnEvent: { readonly firstHalf: number; readonly secondHalf: number };
  readonly delayMs: { readonly p50: number; readonly p99: number; readonly longest: number };
  readonly delayP99Ms: { readonly second: number; readonly last: number };
  readonly mostOpenRows: number;
  readonly violations: readonly string[];
}

/** Holds what was measured to the bounds. Pure. Needs eight samples at least, else nothing can be said. */
export function judgeSoak(store: 'sqlite' | 'postgres', samples: readonly SoakSample[]): SoakFigures {
  if (samples.length < MIN_SAMPLES) {
    throw new RangeError(`${samples.length} samples are too few, ${MIN_SAMPLES} are needed: run it longer`);
  }
  const quarter = Math.floor(samples.length / 4);
  const second = samples.slice(quarter, 2 * quarter);
  const last = samples.slice(-quarter);
  const memory = changeOf(second, last, ({ residentBytes }) => residentBytes);
  const handles = changeOf(second, last, ({ openHandles }) => openHandles);
  const mostLogBytes = Math.max(...samples.map(({ logBytes }) => logBytes));
  const half = Math.floor(samples.length / 2);
  const halves = [samples.slice(0, half + 1), samples.slice(half)] as const;
  const disk = {
    first: bytesAnEvent(halves[0]),
    second: bytesAnEvent(halves[1]),
    events: Math.min(...halves.map(eventsOf)),
  };
  const delays = DelayHistogram.of(samples.map((sample) => sample.delays));
  const p99 = { second: p99Of(second), last: p99Of(last) };
  const violations: string[] = [];
  const complain = (broken: boolean, sentence: string): void => {
    if (broken) violations.push(sentence);
  };
  complain(
    memory.last - memory.second > SOAK_BOUNDS.memoryGrowthBytes,
    `memory grew from ${mib(memory.second)} to ${mib(memory.last)} MiB`,
  );
  complain(
    handles.last - handles.second > SOAK_BOUNDS.handleGrowth,
    `open handles grew from ${handles.second} to ${handles.last}`,
  );
  complain(mostLogBytes > SOAK_BOUNDS.logBytes[store], `the log reached ${mib(mostLogBytes)} MiB`);
  complain(
    disk.events >= SOAK_BOUNDS.diskJudgedFromEvents &&
      disk.second > disk.first * SOAK_BOUNDS.diskPerEventGrowth,
    `an event took ${disk.first} bytes on disk in the first half and ${disk.second} in the second`,
  );
  complain(
    delays.quantileMs(0.99) > SOAK_BOUNDS.delayP99Ms,
    `the delay p99 is ${delays.quantileMs(0.99)} ms`,
  );
  complain(
    p99.last > 1_000 && p99.last > p99.second * SOAK_BOUNDS.delayGrowth,
    `the delay p99 grew from ${p99.second} to ${p99.last} ms`,
  );
  return {
    memoryMiB: {
      second: mib(memory.second),
      last: mib(memory.last),
      slopePerHour: mib(slopeAnHour(samples.slice(quarter))),
    },
    openHandles: handles,
    mostLogMiB: mib(mostLogBytes),
    diskBytesAnEvent: { firstHalf: disk.first, secondHalf: disk.second },
    delayMs: {
      p50: delays.quantileMs(0.5),
      p99: delays.quantileMs(0.99),
      longest: delays.quantileMs(1),
    },
    delayP99Ms: p99,
    mostOpenRows: Math.max(...samples.map(({ openRows }) => openRows)),
    violations,
  };
}

const MIN_SAMPLES = 8;

function changeOf(
  second: readonly SoakSample[],
  last: readonly SoakSample[],
  figure: (sample: SoakSample) => number,
): { readonly second: number; readonly last: number } {
  return {
    second: median(second.map((sample) => figure(sample))),
    last: median(last.map((sample) => figure(sample))),
  };
}

function p99Of(samples: readonly SoakSample[]): number {
  return DelayHistogram.of(samples.map(({ delays }) => delays)).quantileMs(0.99);
}

function bytesAnEvent(samples: readonly SoakSample[]): number {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (first === undefined || last === undefined) return 0;
  return Math.round((last.diskBytes - first.diskBytes) / Math.max(1, eventsOf(samples)));
}

function eventsOf(samples: readonly SoakSample[]): number {
  return (samples.at(-1)?.arrived ?? 0) - (samples.at(0)?.arrived ?? 0);
}

/** Median of the slopes between all pairs (Theil and Sen): a few odd samples do not tilt it. */
function slopeAnHour(samples: readonly SoakSample[]): number {
  const few = thin(samples);
  const slopes = few.flatMap((left, index) =>
    few
      .slice(index + 1)
      .map((right) => ((right.residentBytes - left.residentBytes) * HOUR_MS) / (right.atMs - left.atMs)),
  );
  return median(slopes);
}

/** A run of a day has 17,000 samples; their pairs would be too many. */
function thin(samples: readonly SoakSample[]): readonly SoakSample[] {
  const step = Math.ceil(samples.length / MAX_SLOPE_SAMPLES);
  return samples.filter((_, index) => index % step === 0);
}

const MAX_SLOPE_SAMPLES = 500;

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function mib(bytes: number): number {
  return Math.round((bytes / MIB) * 10) / 10;
}
