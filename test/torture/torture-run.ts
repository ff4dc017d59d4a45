import { join } from 'node:path';
import { generateAttestations } from '../support/generate-attestations.ts';
import { pick, seededRandom } from '../support/seeded-random.ts';
import { type DestinationVerdict, judge } from './judge.ts';
import { RecordingLoad } from './recording-load.ts';
import { readStoreFacts, type StoreFacts } from './store-facts.ts';
import type { StreamProof } from './siem-process.ts';
import { pause, type StrikeKind, STRIKES } from './strikes.ts';
import { TORTURE_WORKSPACE, type TortureStore, TortureWorld } from './torture-world.ts';

export interface TortureOptions {
  readonly store: TortureStore;
  readonly rounds: number;
  readonly seed: number;
  /**
   * A second destination with indexer acknowledgement. Splunk tells a confirmation once: one that was told to a process which
   * was killed then is waited for in vain, five minutes long, before the batch is sent again.
   */
  readonly acknowledgement: boolean;
  readonly strikes: StrikeKind;
  readonly log: (line: string) => void;
}

/** What a run leaves behind, for people and for the reliability report. */
export interface TortureReport {
  readonly store: TortureStore;
  readonly storeVersion: string;
  readonly seed: number;
  readonly rounds: number;
  readonly kills: number;
  readonly strikes: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly accepted: number;
  readonly recorded: number;
  readonly unanswered: number;
  readonly refused: number;
  readonly destinations: readonly DestinationVerdict[];
  readonly maxRepeatedRequests: Readonly<Record<string, number>>;
  readonly integrity: string;
  /** From a strike to the next event at a SIEM, the restart of the service included. */
  readonly recoveryMs: { readonly median: number; readonly longest: number };
  /** From SIGTERM to the end of a process; 0 and 0 without stops. */
  readonly stopMs: { readonly median: number; readonly longest: number };
  readonly seconds: number;
  /** What `verify` says of all that each SIEM was given. */
  readonly proofs: Readonly<Record<string, StreamProof>>;
  readonly violations: readonly string[];
}

/** Batches that a lane has in flight at most (`maxInFlight` of the delivery's limits). */
const MAX_IN_FLIGHT = 4;
/** With indexer acknowledgement a batch is in flight until it is confirmed: so many may be open (`maxOpenBatches`). */
const MAX_UNCONFIRMED = 128;
/** Longer than the start of a service, so that a second kill may come before, in and after it. */
const MAX_MOMENT_MS = 900;
const RECOVERY_TIMEOUT_MS = 90_000;
/** Beyond the five minutes after which an acknowledgement is given up. */
const DRAIN_TIMEOUT_MS = 450_000;
const LOOK_EVERY_MS = 250;

/** Runs all rounds on one store and judges what is left. Rejects only when the run itself cannot go on. */
export async function tortureRun({
  store,
  rounds,
  seed,
  acknowledgement,
  strikes,
  log,
}: TortureOptions): Promise<TortureReport> {
  const startedMs = performance.now();
  const random = seededRandom(seed);
  await using world = await TortureWorld.open(store, acknowledgement);
  const load = new RecordingLoad({
    service: () => world.address(),
    texts: generateAttestations({ seed, count: Number.MAX_SAFE_INTEGER, workspaceId: TORTURE_WORKSPACE }),
    random: seededRandom(seed + 1),
    writers: 2,
    pauseMs: 25,
  });
  load.start();
  const struck: Record<string, number> = {};
  const recoveries: number[] = [];
  let kills = 0;
  let interruptions = 0;
  for (let round = 1; round <= rounds; round += 1) {
    const strike = pick(STRIKES[strikes][store], random);
    const momentMs = Math.floor(random() * MAX_MOMENT_MS);
    const secondMs = Math.floor(random() * MAX_MOMENT_MS);
    await nextArrival(world);
    await pause(momentMs);
    const struckMs = performance.now();
    await strike.carryOut(world, secondMs);
    await world.ready();
    await nextArrival(world);
    const recoveryMs = Math.round(performance.now() - struckMs);
    recoveries.push(recoveryMs);
    struck[strike.name] = (struck[strike.name] ?? 0) + 1;
    kills += strike.kills;
    interruptions += strike.interruptions;
    log(
      `${store} round ${round}/${rounds}: ${strike.name}, ${momentMs} ms after an arrival` +
        ` (second step ${secondMs} ms); the next event arrived after ${recoveryMs} ms`,
    );
  }
  await load.stop();
  const drained = await drain(world);
  const pem = await world.checkpointKey();
  const exits = await world.stop();
  const proofs = await world.siem.verify(pem, join(world.folder, 'proofs.json'));
  const { plain = [], acknowledged = [] } = await world.siem.arrivals(join(world.folder, 'arrivals.json'));
  const arrivals = acknowledgement ? { plain, acknowledged } : { plain };
  const facts = await readStoreFacts(world.storeUrl);
  const maxRepeatedRequests = {
    plain: interruptions * MAX_IN_FLIGHT,
    ...(acknowledgement ? { acknowledged: interruptions * MAX_UNCONFIRMED } : {}),
  };
  const { accepted, sent, unexpected: unexpectedAnswers, unanswered, refused } = load;
  const verdict = judge({ accepted, sent, unexpectedAnswers, store: facts, arrivals, maxRepeatedRequests });
  return {
    store,
    storeVersion: facts.version,
    seed,
    rounds,
    kills,
    strikes: struck,
    sent: sent.size,
    accepted: accepted.size,
    recorded: facts.recorded.length,
    unanswered,
    refused,
    destinations: verdict.destinations,
    maxRepeatedRequests,
    integrity: facts.integrity,
    recoveryMs: spreadOf(recoveries),
    stopMs: spreadOf(world.stopsMs),
    seconds: Math.round((performance.now() - startedMs) / 1_000),
    proofs: Object.fromEntries(Object.keys(arrivals).map((name) => [name, proofs[name] ?? NOT_PROVED])),
    violations: [
      ...verdict.violations,
      ...Object.keys(arrivals).flatMap((name) => unproved(name, proofs[name] ?? NOT_PROVED)),
      ...(drained ? [] : [`not drained ${DRAIN_TIMEOUT_MS} ms after the last strike`]),
      ...world.badStops,
      ...exits.filter((code) => code !== 0).map((code) => `a process ended with ${String(code)} on SIGTERM`),
    ],
  };
}

function spreadOf(timesMs: readonly number[]): { readonly median: number; readonly longest: number } {
  return {
    median: timesMs.toSorted((left, right) => left - right)[Math.floor(timesMs.length / 2)] ?? 0,
    longest: Math.max(0, ...timesMs),
  };
}

const NOT_PROVED: StreamProof = { complete: false, checkpoints: 0, faults: ['it was not judged'] };

/** The team of a SIEM must find its stream complete, whatever happened to the sender. */
function unproved(name: string, { complete, checkpoints, faults }: StreamProof): readonly string[] {
  if (complete && checkpoints > 0) return [];
  return [
    `${name}: verify does not find it complete (${checkpoints} checkpoints proved): ${faults.slice(0, 3).join('; ')}`,
  ];
}

/** One more event at a SIEM: after a restart the proof that it delivers again. */
async function nextArrival(world: TortureWorld): Promise<void> {
  const late = new AbortController();
  const places = await world.siem.waitForPlaces(0);
  const timeout = pauseUnlessAborted(RECOVERY_TIMEOUT_MS, late.signal).then(() => {
    throw new Error(`no event arrived in ${RECOVERY_TIMEOUT_MS} ms; the service said:\n${world.output()}`);
  });
  try {
    await Promise.race([world.siem.waitForPlaces(places + 1), timeout]);
  } finally {
    late.abort();
  }
}

function pauseUnlessAborted(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => clearTimeout(timer));
  });
}

/** Waits until the store has nothing open. False: it still has after a long time. */
async function drain(world: TortureWorld): Promise<boolean> {
  const untilMs = performance.now() + DRAIN_TIMEOUT_MS;
  while (performance.now() < untilMs) {
    const facts: StoreFacts = await readStoreFacts(world.storeUrl);
    if (facts.openBatches === 0 && Object.keys(facts.waiting).length === 0) return true;
    await pause(LOOK_EVERY_MS);
  }
  return false;
}
