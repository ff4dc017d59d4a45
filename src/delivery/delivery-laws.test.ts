import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { DeliveryWorld } from '../../test/delivery/delivery-world.ts';
import { answer, uidOf } from '../../test/delivery/fake-receiver.ts';
import type { Behaviour } from '../../test/delivery/fake-receiver.ts';
import type { Connector } from '../connectors/connector.ts';
import type { Outcome } from '../connectors/outcome.ts';
import type { Delivery } from './create-delivery.ts';

const RECORDS = 60;
const MAX_IN_FLIGHT = 4;

/** What the receiver does with one request, before its content is looked at. */
const MOODS = [
  'well',
  'throttled',
  'transient',
  'taken_without_answer',
  'lost_without_answer',
  'taken_in_part',
  'configuration',
  'too_big',
  'refuses_all',
] as const;
type Mood = (typeof MOODS)[number];

interface Scene {
  readonly moods: readonly Mood[];
  readonly bad: readonly number[];
  readonly withNumber: boolean;
  readonly refusesTombstones: boolean;
  readonly maxEvents: number;
  /** Numbers of requests at which the process dies. */
  readonly crashes: readonly number[];
}

const scenes: fc.Arbitrary<Scene> = fc.record({
  moods: fc.array(fc.constantFrom(...MOODS), { maxLength: 14 }),
  bad: fc.uniqueArray(fc.integer({ min: 1, max: RECORDS }), { maxLength: 4 }),
  withNumber: fc.boolean(),
  refusesTombstones: fc.boolean(),
  maxEvents: fc.integer({ min: 1, max: 40 }),
  crashes: fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 2 }),
});

/** What happened at the receiver, in order: the ground truth that the laws are held against. */
interface Log {
  readonly refused: Map<string, number>;
  lastTakenAt: number;
  requests: number;
}

function behaviourOf(scene: Scene, log: Log): Behaviour {
  const moods = [...scene.moods];
  const bad = new Set(scene.bad.map((number) => `e${number}`));
  const isBad = (uid: string): boolean =>
    bad.has(uid) || (scene.refusesTombstones && uid.startsWith('†') && bad.has(uid.slice(1)));
  return (events, take) => {
    log.requests += 1;
    const keep: typeof take = (some) => {
      if (some.length > 0) log.lastTakenAt = log.requests;
      take(some);
    };
    const mood = moods.shift() ?? 'well';
    const spoken = moodOutcome(mood, events, keep, isBad);
    if (spoken !== undefined) return spoken;
    const culprit = events.findIndex((event) => isBad(uidOf(event)));
    const refusedAll = mood === 'refuses_all';
    if (culprit === -1 && !refusedAll) {
      keep(events);
      return { kind: 'delivered', answer: answer(200) };
    }
    const at = refusedAll ? 0 : culprit;
    const uid = uidOf(events[at] ?? never());
    if (!log.refused.has(uid)) log.refused.set(uid, log.requests);
    if (!scene.withNumber) return { kind: 'poison', answer: answer(400, '6') };
    keep(events.slice(0, at));
    return { kind: 'partial', taken: at, culprit: at, cause: 'poison', answer: answer(400, '6') };
  };
}

function moodOutcome(
  mood: Mood,
  events: Parameters<Behaviour>[0],
  keep: Parameters<Behaviour>[1],
  isBad: (uid: string) => boolean,
): Outcome | undefined {
  switch (mood) {
    case 'throttled':
      return { kind: 'throttled', answer: answer(429), retryAfterMs: 2_000 };
    case 'transient':
      return { kind: 'transient', answer: answer(502) };
    case 'lost_without_answer':
      return { kind: 'ambiguous', answer: { message: 'reset', durationMs: 1 } };
    case 'taken_without_answer':
      if (events.some((event) => isBad(uidOf(event)))) return undefined;
      keep(events);
      return { kind: 'ambiguous', answer: { message: 'reset', durationMs: 1 } };
    case 'taken_in_part': {
      const good = events.slice(0, Math.floor(events.length / 2));
      if (good.some((event) => isBad(uidOf(event)))) return undefined;
      keep(good);
      return { kind: 'partial', taken: good.length, cause: 'throttled', answer: answer(503, '9') };
    }
    case 'configuration':
      return { kind: 'configuration', reason: 'token', advice: 'Set the token', answer: answer(403) };
    case 'too_big':
      return events.length > 1 ? { kind: 'too_big', answer: answer(413) } : undefined;
    case 'well':
    case 'refuses_all':
      return undefined;
    default:
      return mood satisfies never;
  }
}

function never(): never {
  throw new Error('A request is never empty');
}

/** Runs a scene to its end. A process that dies never hears another answer, whatever the receiver did with its request. */
async function play(scene: Scene): Promise<{ world: DeliveryWorld; log: Log; records: number }> {
  const world = new DeliveryWorld();
  const log: Log = { refused: new Map(), lastTakenAt: 0, requests: 0 };
  const receiver = world.destination(1, behaviourOf(scene, log));
  receiver.limits = { ...receiver.limits, maxEvents: scene.maxEvents };
  world.record(1, RECORDS);
  let generation = 0;
  const startNext = (): Delivery => {
    generation += 1;
    const own = generation;
    const connect = (): Connector => {
      const connector = receiver.connector({});
      const send: Connector['send'] = async (...args) => {
        const outcome = own === generation ? await connector.send(...args) : undefined;
        return outcome === undefined || own !== generation ? new Promise<Outcome>(() => {}) : outcome;
      };
      return { ...connector, send };
    };
    return world.start({ connect, limits: { pollMs: 5_000 } });
  };
  let delivery = startNext();
  for (const crashAt of [...scene.crashes].sort((a, b) => a - b)) {
    await world.clock.until(() => world.settled || log.requests >= crashAt, 24 * 3_600_000);
    if (world.settled) break;
    const dead = delivery;
    world.store = world.store.clone();
    delivery = startNext();
    void dead.stop(0);
  }
  // An event that is refused with its tombstone waits until the destination takes another: later ones must come.
  let records = RECORDS;
  for (const deadlineMs = world.clock.monotonicMs() + 24 * 3_600_000; !world.settled;) {
    assert.ok(world.clock.monotonicMs() < deadlineMs, 'every row is finished within a day');
    records += 1;
    world.record(records, records);
    await world.clock.advance(600_000);
  }
  await world.stop(delivery);
  return { world, log, records };
}

void test('whatever a receiver answers and whenever the process dies: no record is lost, no number is missing', async () => {
  await fc.assert(
    fc.asyncProperty(scenes, async (scene) => {
      const { world, log, records } = await play(scene);
      const receiver = world.receiver();
      const { deadLetters, receipts } = world.store.tables;
      const delivered = new Set(receiver.uids);
      const dead = new Map(deadLetters.map((letter) => [`e${letter.recordNo}`, letter]));

      for (let number = 1; number <= records; number += 1) {
        const uid = `e${number}`;
        assert.ok(delivered.has(uid) || dead.has(uid), `${uid} is delivered or dead`);
        if (!dead.has(uid)) continue;
        const refusedAt = log.refused.get(uid);
        assert.ok(refusedAt !== undefined, `${uid} went dead and was refused`);
        assert.ok(log.lastTakenAt > refusedAt, `after ${uid} was refused something was taken`);
      }

      const numbers = new Set(receiver.taken.map((event) => event.seq));
      for (const { draft } of receipts) {
        for (const { index, untaken } of draft.tombstones) {
          if (untaken === true) numbers.add(draft.firstSeq + index);
        }
      }
      assert.equal(numbers.size, Math.max(...numbers), 'numbers are without a gap from 1');

      const textOf = new Map<number, string>();
      for (const { seq, text, kind } of receiver.taken) {
        if (kind !== 'event') continue;
        assert.equal(textOf.get(seq) ?? text, text, `number ${seq} stands for one event`);
        textOf.set(seq, text);
      }

      const doubles = receiver.uids.length - delivered.size;
      const counted = Object.values(world.seen.duplicates).reduce((sum, events) => sum + events, 0);
      // A process that dies while it repeats a batch takes its count with it: at most the batches in flight.
      const uncounted = scene.crashes.length * MAX_IN_FLIGHT * scene.maxEvents;
      assert.ok(doubles <= counted + uncounted, `${doubles} doubles, ${counted} counted by cause`);
      const mayDouble = scene.moods.includes('taken_without_answer') || scene.crashes.length > 0;
      if (!mayDouble) assert.equal(doubles, 0, 'nothing is doubled without a cause');

      const receipted = receipts.flatMap(({ draft }) => draft.recordNos.filter((no) => no !== null));
      assert.equal(new Set(receipted).size, receipted.length, 'a record is finished once');
      assert.equal(receipted.length, records);
    }),
    { numRuns: 100 },
  );
});
