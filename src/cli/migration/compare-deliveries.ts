import type { DeliveredRecord, RecordFate } from './delivered-records.ts';

/** Ids that are named of what the twin lacks; the count has all. */
const MAX_NAMED = 10;

/** Decisions of a time that two destinations share. */
export interface Comparison {
  /** That the old destination was given. */
  readonly decisions: number;
  readonly old: Readonly<Record<RecordFate, number>>;
  /** The same decisions at the twin, and how many were never given to it. */
  readonly twin: Readonly<Record<RecordFate | 'missing', number>>;
  /** That only the twin was given, as after the old one was disabled. */
  readonly onlyTwin: number;
  /** Some of those that the twin lacks for good: dead, left out there alone, or missing. */
  readonly lacking: readonly string[];
}

/**
 * Holds decision against decision, not only number against number: a loss here and a double there would add up. Both sides come newest
 * first, so that no more than the decisions of one instant are held at once.
 */
export async function compareDeliveries(
  old: AsyncIterable<DeliveredRecord>,
  twin: AsyncIterable<DeliveredRecord>,
): Promise<Comparison> {
  const sum = {
    decisions: 0,
    old: { delivered: 0, left_out: 0, waiting: 0, dead: 0 },
    twin: { delivered: 0, left_out: 0, waiting: 0, dead: 0, missing: 0 },
    onlyTwin: 0,
    lacking: [] as string[],
  };
  const [olds, twins] = [instants(old), instants(twin)];
  let [ofOld, ofTwin] = [await olds.next(), await twins.next()];
  while (ofOld.done !== true || ofTwin.done !== true) {
    const oldAt = ofOld.done === true ? '' : ofOld.value.recordedAt;
    const twinAt = ofTwin.done === true ? '' : ofTwin.value.recordedAt;
    const given: ReadonlyMap<string, RecordFate> =
      ofOld.done !== true && oldAt >= twinAt ? ofOld.value.fates : new Map();
    const there: ReadonlyMap<string, RecordFate> =
      ofTwin.done !== true && twinAt >= oldAt ? ofTwin.value.fates : new Map();
    for (const [attestationId, fate] of given) {
      const atTwin = there.get(attestationId) ?? 'missing';
      sum.decisions += 1;
      sum.old[fate] += 1;
      sum.twin[atTwin] += 1;
      if (isLacking(fate, atTwin) && sum.lacking.length < MAX_NAMED) sum.lacking.push(attestationId);
    }
    for (const attestationId of there.keys()) if (!given.has(attestationId)) sum.onlyTwin += 1;
    if (oldAt >= twinAt) ofOld = await olds.next();
    if (twinAt >= oldAt) ofTwin = await twins.next();
  }
  return sum;
}

function isLacking(atOld: RecordFate, atTwin: RecordFate | 'missing'): boolean {
  switch (atTwin) {
    case 'delivered':
    case 'waiting':
      return false;
    case 'left_out':
      return atOld !== 'left_out';
    case 'dead':
    case 'missing':
      return true;
    default:
      return atTwin satisfies never;
  }
}

interface Instant {
  readonly recordedAt: string;
  readonly fates: ReadonlyMap<string, RecordFate>;
}

/** What was recorded at one time, together. */
async function* instants(records: AsyncIterable<DeliveredRecord>): AsyncGenerator<Instant, undefined> {
  let recordedAt = '';
  let fates = new Map<string, RecordFate>();
  for await (const record of records) {
    if (record.recordedAt !== recordedAt && fates.size > 0) {
      yield { recordedAt, fates };
      fates = new Map();
    }
    recordedAt = record.recordedAt;
    fates.set(record.attestationId, record.fate);
  }
  if (fates.size > 0) yield { recordedAt, fates };
  return undefined;
}
