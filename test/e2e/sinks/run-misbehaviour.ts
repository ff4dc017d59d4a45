import type { DuplicateCause } from '../../../src/delivery/delivery-observer.ts';
import { startFaultProxy } from '../../fault-proxy/fault-proxy.ts';
import { generateAttestations } from '../../support/generate-attestations.ts';
import { seededRandom, uuidAt } from '../../support/seeded-random.ts';
import { attestationText } from '../../support/valid-attestation.ts';
import { deadIdsOf } from './dead-ids.ts';
import { faultsOf, judgeArrivals, type Judgement } from './judge-arrivals.ts';
import type { Misbehaviour, RunScale } from './misbehaviour.ts';
import { openRunStore } from './run-store.ts';
import type { SeenDelivery } from './seen-delivery.ts';
import type { Sink } from './sink.ts';
import { idOf, RUN_WORKSPACE, startSinkDelivery } from './sink-delivery.ts';

const SEED = 2_026;
const DONE_WITHIN_MS = 120_000;

export interface RunResult extends Judgement {
  readonly destination: string;
  readonly misbehaviour: string;
  readonly requests: number;
  readonly seconds: number;
  /** Events that the engine counted as possibly doubled, by cause. */
  readonly counted: Readonly<Record<string, number>>;
  readonly health: readonly string[];
  /** What is wrong, in words. */
  readonly faults: readonly string[];
}

/** Delivers a run's events from a SQLite file to a sink that misbehaves, and says what became of each. */
export async function runMisbehaviour<Kind extends Sink>(
  misbehaviour: Misbehaviour<Kind>,
  scale: RunScale,
): Promise<RunResult> {
  const { name, oneBatch, config = {}, limits = {} } = misbehaviour;
  await using sink = await misbehaviour.start();
  await using path = await startFaultProxy(sink.port);
  await using opened = await openRunStore('sqlite');
  const texts = oneBatch === undefined ? textsOf(scale) : smallTexts(oneBatch.events);
  const ids = texts.map(idOf);
  const bad = new Set(
    misbehaviour.refusesBad === true
      ? spread(ids, oneBatch?.bad ?? Math.floor(ids.length / scale.badEvery))
      : [],
  );
  const world = { sink, path, scale, isBad: (uid: unknown) => typeof uid === 'string' && bad.has(uid) };
  await misbehaviour.begin?.(world);
  const startedMs = performance.now();
  await using delivery = await startSinkDelivery(
    { store: opened.store, sink, reach: (address) => path.through(address), config, limits },
    texts,
  );
  const { seen } = delivery;
  await Promise.all([
    misbehaviour.meanwhile?.(world, seen),
    seen.until(() => seen.finished >= ids.length, DONE_WITHIN_MS, `${name}: not every event is finished`),
  ]);
  const seconds = (performance.now() - startedMs) / 1_000;
  const judgement = judgeArrivals({
    ids,
    refused: bad,
    deadIds: await deadIdsOf(opened.store, delivery.destination),
    arrivals: sink.arrivals(),
  });
  const progress = await opened.store.admin.readProgress(delivery.destination.destinationNo);
  const requests = sink.requests();
  return {
    ...judgement,
    destination: sink.type,
    misbehaviour: name,
    requests,
    seconds,
    counted: { ...seen.duplicates },
    health: seen.words(),
    faults: [
      ...faultsOf(judgement),
      ...doubtsOf(misbehaviour, judgement.duplicates, seen, requests),
      ...(progress.openRows + progress.openBatches === 0 ? [] : ['rows or batches are still open']),
      ...seen.errors,
    ],
  };
}

/** What the engine should have said, or not done. */
function doubtsOf<Kind extends Sink>(
  { mayDouble = [], health, maxRequests }: Misbehaviour<Kind>,
  duplicates: number,
  seen: SeenDelivery,
  requests: number,
): readonly string[] {
  const counted = Object.values(seen.duplicates).reduce((sum, events) => sum + events, 0);
  const causes = Object.keys(seen.duplicates).filter((cause) => !mayDouble.includes(cause as DuplicateCause));
  const state = seen.health.at(-1)?.to.state ?? 'healthy';
  return [
    ...(duplicates > counted ? [`${duplicates} doubles, ${counted} counted`] : []),
    ...causes.map((cause) => `doubles are counted as ${cause}, which nothing here can be`),
    ...(health === undefined || seen.words().includes(health)
      ? []
      : [`health never was "${health}", but ${seen.words().join(', ')}`]),
    ...(state === 'healthy' ? [] : [`health ends as ${state}`]),
    ...(maxRequests === undefined || requests <= maxRequests
      ? []
      : [`${requests} requests are more than ${maxRequests}`]),
  ];
}

function textsOf({ events }: RunScale): readonly string[] {
  return [...generateAttestations({ seed: SEED, count: events, workspaceId: RUN_WORKSPACE })];
}

function smallTexts(count: number): readonly string[] {
  const random = seededRandom(SEED);
  const startMs = Date.UTC(2026, 10, 20, 8);
  return Array.from({ length: count }, (_, index) =>
    attestationText({ attestation_id: uuidAt(startMs + index, random), workspace_id: RUN_WORKSPACE }),
  );
}

/** `count` of the items, as far from each other as can be. */
function spread(items: readonly string[], count: number): readonly string[] {
  return Array.from(
    { length: count },
    (_, index) => items[Math.floor(((index + 0.5) * items.length) / count)] ?? '',
  );
}
