import type { JsonObject } from '../../../src/json.ts';
import { streamOf } from '../arrival.ts';
import { uidOf } from '../three-destinations.ts';

/** What became of a run's events, from what the sink holds and the dead letters say. */
export interface Judgement {
  readonly events: number;
  /** Distinct events that are in the sink. */
  readonly arrived: number;
  /** Neither in the sink nor a dead letter. */
  readonly lost: readonly string[];
  readonly dead: number;
  /** Dead letters of events that the sink would have taken, and refused events without one. */
  readonly wronglyDead: readonly string[];
  readonly notDead: readonly string[];
  /** Copies beyond the first. */
  readonly duplicates: number;
  /** Numbers of the stream that nothing fills, or that two different events have. */
  readonly gaps: readonly number[];
  readonly clashes: readonly number[];
}

export interface Evidence {
  readonly ids: readonly string[];
  /** Ids that the sink refuses by their content. */
  readonly refused: ReadonlySet<string>;
  readonly deadIds: readonly string[];
  readonly arrivals: readonly JsonObject[];
}

export function judgeArrivals({ ids, refused, deadIds, arrivals }: Evidence): Judgement {
  const wanted = new Set(ids);
  const dead = new Set(deadIds);
  const copies = new Map<string, number>();
  const holders = new Map<number, Set<string>>();
  for (const event of arrivals) {
    const uid = uidOf(event);
    const { seq } = streamOf(event);
    copies.set(uid, (copies.get(uid) ?? 0) + 1);
    const events = holders.get(seq) ?? new Set();
    // A tombstone may share the number of the event that it stands for, where both reached the sink.
    holders.set(seq, wanted.has(uid) ? events.add(uid) : events);
  }
  const arrived = [...copies.keys()].filter((uid) => wanted.has(uid));
  const last = Math.max(0, ...holders.keys());
  return {
    events: ids.length,
    arrived: arrived.length,
    lost: ids.filter((id) => !copies.has(id) && !dead.has(id)),
    dead: dead.size,
    wronglyDead: deadIds.filter((id) => !refused.has(id)),
    notDead: [...refused].filter((id) => !dead.has(id)),
    duplicates: arrivals.length - copies.size,
    gaps: Array.from({ length: last }, (_, index) => index + 1).filter((seq) => !holders.has(seq)),
    clashes: [...holders].filter(([, uids]) => uids.size > 1).map(([seq]) => seq),
  };
}

/** What is wrong, in words; empty when nothing is. */
export function faultsOf(judgement: Judgement): readonly string[] {
  const { lost, wronglyDead, notDead, gaps, clashes, events, arrived, dead } = judgement;
  return [
    ...list('lost', lost),
    ...list('dead although the sink takes them', wronglyDead),
    ...list('refused and no dead letter', notDead),
    ...list('numbers without an event or tombstone', gaps),
    ...list('numbers of two events', clashes),
    ...(events === arrived + dead ? [] : [`${events} events are not ${arrived} arrived and ${dead} dead`]),
  ];
}

function list(what: string, items: readonly (string | number)[]): readonly string[] {
  return items.length === 0 ? [] : [`${items.length} ${what}: ${items.slice(0, 3).join(', ')}`];
}
