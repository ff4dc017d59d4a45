import type { Arrival } from './arrival-book.ts';
import type { StoreFacts } from './store-facts.ts';

/** Everything that is known at the end of a run. */
export interface TortureEvidence {
  /** Put on the wire by the recording side. */
  readonly sent: ReadonlySet<string>;
  /** Answered as recorded. */
  readonly accepted: ReadonlySet<string>;
  readonly unexpectedAnswers: readonly string[];
  readonly store: StoreFacts;
  /** By name of the destination. */
  readonly arrivals: Readonly<Record<string, readonly Arrival[]>>;
  /** By destination, the requests that may have been repeated: those that were in flight at all interruptions together. */
  readonly maxRepeatedRequests: Readonly<Record<string, number>>;
}

export interface DestinationVerdict {
  readonly destination: string;
  readonly received: number;
  readonly waiting: number;
  readonly dead: number;
  /** Checkpoints of the stream: they have numbers and are no records. */
  readonly checkpoints: number;
  readonly repeatedEvents: number;
  readonly repeatedRequests: number;
}

export interface Verdict {
  /** Each a sentence; none: every promise was kept. */
  readonly violations: readonly string[];
  readonly destinations: readonly DestinationVerdict[];
}

/** Holds what happened to what was promised. Pure: the same evidence gives the same verdict. */
export function judge(evidence: TortureEvidence): Verdict {
  const { store, arrivals } = evidence;
  const violations: string[] = evidence.unexpectedAnswers.map((answer) => `unexpected answer: ${answer}`);
  const recorded = new Set(store.recorded);
  complain(violations, 'accepted and not in the store', missing(evidence.accepted, recorded));
  complain(violations, 'in the store and never sent', missing(recorded, evidence.sent));
  if (store.integrity !== 'ok') violations.push(`the store is damaged: ${store.integrity}`);
  if (store.openBatches > 0) violations.push(`${store.openBatches} batches are still open`);
  const destinations = Object.entries(arrivals).map(([destination, places]) => {
    const said: string[] = [];
    const verdict = judgeDestination(said, evidence, recorded, destination, places);
    violations.push(...said.map((sentence) => `${destination}: ${sentence}`));
    return verdict;
  });
  return { violations, destinations };
}

function judgeDestination(
  violations: string[],
  { accepted, store, maxRepeatedRequests }: TortureEvidence,
  recorded: ReadonlySet<string>,
  destination: string,
  places: readonly Arrival[],
): DestinationVerdict {
  const waiting = store.waiting[destination] ?? [];
  const dead = store.dead[destination] ?? [];
  const events = places.filter(({ kind }) => kind === 'event');
  const checkpoints = places.filter(({ kind }) => kind === 'checkpoint').length;
  const received = new Set(events.map(({ uid }) => uid));
  const accountedFor = new Set([...received, ...waiting, ...dead]);
  complain(violations, 'accepted and lost', missing(accepted, accountedFor));
  complain(violations, 'recorded and lost', missing(recorded, accountedFor));
  complain(violations, 'received and not recorded', missing(received, recorded));
  if (waiting.length > 0) violations.push(`${waiting.length} rows still wait`);
  if (dead.length > 0) violations.push(`${dead.length} dead letters, though nothing was refused`);
  if (received.size < events.length) {
    violations.push(`${events.length - received.size} events came under two numbers`);
  }
  const others = places.length - events.length - checkpoints;
  if (others > 0) violations.push(`${others} tombstones, though nothing was refused`);
  const contradicted = places.filter((place) => place.contradicted).length;
  if (contradicted > 0) violations.push(`${contradicted} numbers came with two different texts`);
  judgeNumbers(violations, store, destination, places);
  const repeated = places.filter(({ requests }) => requests.length > 1);
  const repeatedRequests = new Set(repeated.flatMap(({ requests }) => requests.slice(1))).size;
  const most = maxRepeatedRequests[destination] ?? 0;
  if (repeatedRequests > most) {
    violations.push(`${repeatedRequests} requests were repeated, at most ${most} were in flight`);
  }
  return {
    destination,
    received: received.size,
    waiting: waiting.length,
    dead: dead.length,
    checkpoints,
    repeatedEvents: repeated.reduce((sum, { requests }) => sum + requests.length - 1, 0),
    repeatedRequests,
  };
}

/** One epoch, numbers from 1 without a gap, up to the last one that the store gave out. */
function judgeNumbers(
  violations: string[],
  store: StoreFacts,
  destination: string,
  places: readonly Arrival[],
): void {
  const epochs = new Set(places.map(({ streamId, epoch }) => `${streamId}/${epoch}`));
  if (epochs.size !== 1) violations.push(`${epochs.size} epochs, though the store was never another one`);
  const numbers = new Set(places.map(({ seq }) => seq));
  const lane = store.lanes.find((candidate) => candidate.destination === destination);
  const last = (lane?.nextSeq ?? 0) - 1;
  const gaps: string[] = [];
  for (let number = 1; number <= last; number += 1) if (!numbers.has(number)) gaps.push(String(number));
  complain(violations, 'numbers without an event', gaps);
  const highest = places.reduce((most, { seq }) => Math.max(most, seq), 0);
  if (highest > last) violations.push(`number ${highest} was sent, the store gave out ${last}`);
}

function missing(wanted: ReadonlySet<string>, among: ReadonlySet<string>): string[] {
  return [...wanted].filter((id) => !among.has(id));
}

function complain(violations: string[], what: string, ids: readonly string[]): void {
  if (ids.length > 0) violations.push(`${ids.length} ${what}, such as ${ids.slice(0, 3).join(', ')}`);
}
