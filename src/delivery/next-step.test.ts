import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { answer } from '../../test/delivery/fake-receiver.ts';
import type { Outcome } from '../connectors/outcome.ts';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-limits.ts';
import { nextStep } from './next-step.ts';
import type { NextStep, SendSituation } from './next-step.ts';

const parts = { random: () => 0.5, limits: DEFAULT_DELIVERY_LIMITS };
const calm: SendSituation = {
  places: 8,
  tombstone: false,
  heldByRefusal: false,
  othersTakenSince: false,
  notAcknowledged: false,
  streak: 0,
  attempts: 1,
};

function step(outcome: Outcome, at: Partial<SendSituation> = {}): NextStep {
  return nextStep(outcome, { ...calm, ...at }, parts);
}

/** Any number, as a remote may send it. */
const anyNumber = fc.oneof(fc.integer({ min: -3, max: 20 }), fc.constantFrom(NaN, Infinity, 1.5, 1e12));

const outcomes: fc.Arbitrary<Outcome> = fc.oneof(
  fc.constant<Outcome>({ kind: 'delivered', answer: answer(200) }),
  fc.constant<Outcome>({ kind: 'accepted', ackId: 3, answer: answer(200) }),
  anyNumber.map((retryAfterMs): Outcome => ({ kind: 'throttled', retryAfterMs, answer: answer(429) })),
  anyNumber.map((retryAfterMs): Outcome => ({ kind: 'transient', retryAfterMs, answer: answer(503) })),
  fc.constant<Outcome>({ kind: 'ambiguous', answer: { message: 'reset', durationMs: 1 } }),
  fc.constant<Outcome>({ kind: 'configuration', reason: 'r', advice: 'a', answer: answer(403) }),
  fc.constant<Outcome>({ kind: 'too_big', answer: answer(413) }),
  fc.constant<Outcome>({ kind: 'poison', answer: answer(400) }),
  fc.constant<Outcome>({ kind: 'local_fault', reason: 'key_missing', answer: answer(0) }),
  fc
    .tuple(anyNumber, fc.option(anyNumber), fc.constantFrom('poison', 'throttled', 'transient'))
    .map(([taken, culprit, cause]): Outcome => ({
      kind: 'partial',
      taken,
      cause,
      answer: answer(400),
      ...(culprit === null ? {} : { culprit }),
    })),
);

const situations: fc.Arbitrary<SendSituation> = fc
  .record({
    places: fc.integer({ min: 1, max: 12 }),
    tombstone: fc.boolean(),
    heldByRefusal: fc.boolean(),
    othersTakenSince: fc.boolean(),
    notAcknowledged: fc.boolean(),
    streak: fc.integer({ min: 0, max: 1_000 }),
    attempts: fc.integer({ min: 1, max: 100 }),
  })
  .map((at) => ({ ...at, tombstone: at.tombstone && at.places === 1 }));

void test('every outcome in every situation has a step; the pieces of a divided batch cover what was not taken exactly', () => {
  fc.assert(
    fc.property(outcomes, situations, (outcome, at) => {
      const { batch, gate } = nextStep(outcome, at, parts);
      if (batch.do === 'divide') {
        let next = batch.taken;
        for (const piece of batch.pieces) {
          assert.equal(piece.from, next);
          assert.ok(piece.to > piece.from);
          if (piece.dead !== undefined) assert.equal(piece.to - piece.from, 1);
          next = piece.to;
        }
        assert.equal(next, at.places);
        const smaller = batch.pieces.every((piece) => piece.to - piece.from < at.places);
        const refused = batch.pieces.some((piece) => piece.dead !== undefined);
        assert.ok(smaller || refused, 'each division comes closer to an end');
      }
      if (gate.gate === 'waits') {
        assert.ok(gate.pauseMs >= DEFAULT_DELIVERY_LIMITS.backoffFloorMs);
        assert.ok(gate.pauseMs <= DEFAULT_DELIVERY_LIMITS.retryAfterMaxMs);
        assert.ok(gate.message !== '' && gate.reason !== '');
      }
    }),
    { numRuns: 2_000 },
  );
});

void test('no event is given up while the destination may be the one at fault', () => {
  fc.assert(
    fc.property(outcomes, situations, (outcome, at) => {
      const { batch } = nextStep(outcome, at, parts);
      if (batch.do === 'give_up') assert.ok(at.tombstone && at.othersTakenSince);
      if (batch.do === 'divide' && at.heldByRefusal && at.places === 1) {
        assert.ok(batch.pieces.every((piece) => piece.dead === undefined));
      }
    }),
    { numRuns: 2_000 },
  );
});

void test('one refused event becomes a tombstone; a refused tombstone gives the event its place back and holds', () => {
  const refused: Outcome = { kind: 'poison', answer: answer(400, '6', 'Invalid data format') };
  const first = step(refused, { places: 1 });
  assert.equal(first.batch.do === 'divide' && first.batch.pieces[0]?.dead?.code, 'refused_by_destination');
  const second = step(refused, { places: 1, tombstone: true });
  assert.equal(second.batch.do, 'restore');
  assert.equal(second.gate.gate === 'waits' && second.gate.health, 'held');
  assert.equal(step(refused, { places: 1, tombstone: true, othersTakenSince: true }).batch.do, 'give_up');
});

void test('a destination that refuses everything is not searched for a culprit', () => {
  const refused: Outcome = { kind: 'poison', answer: answer(400) };
  const byNumber: Outcome = {
    kind: 'partial',
    taken: 0,
    culprit: 0,
    cause: 'poison',
    answer: answer(400),
  };
  for (const outcome of [refused, byNumber, { kind: 'too_big', answer: answer(413) } as const]) {
    assert.equal(step(outcome).batch.do, 'divide');
    assert.equal(step(outcome, { heldByRefusal: true }).batch.do, 'set_aside');
  }
});

void test('the places before a culprit that are not safe go again and may be doubled', () => {
  const { batch, mayDouble } = step({
    kind: 'partial',
    taken: 0,
    culprit: 3,
    cause: 'poison',
    answer: answer(400),
  });
  assert.ok(batch.do === 'divide');
  assert.deepEqual(
    batch.pieces.map(({ from, to }) => [from, to]),
    [
      [0, 3],
      [3, 4],
      [4, 8],
    ],
  );
  assert.equal(mayDouble, 'partial');
});

void test('a batch that fails several times lets another be tried; one that is only to wait keeps its turn', () => {
  const failures: Outcome[] = [
    { kind: 'transient', answer: answer(500) },
    { kind: 'ambiguous', answer: answer(0) },
  ];
  const last = DEFAULT_DELIVERY_LIMITS.failuresBeforeAside;
  for (const outcome of failures) {
    assert.equal(step(outcome, { attempts: last - 1 }).batch.do, 'send_again');
    assert.equal(step(outcome, { attempts: last }).batch.do, 'set_aside');
  }
  assert.equal(step({ kind: 'throttled', answer: answer(429) }, { attempts: 99 }).batch.do, 'send_again');
});

void test('what was taken before a busy answer ends the row of failures', () => {
  const { gate } = step(
    { kind: 'partial', taken: 2, cause: 'throttled', answer: answer(503, '9') },
    { streak: 9 },
  );
  assert.equal(gate.gate === 'waits' && gate.streak, 1);
});

void test('to be accepted opens the gate only where acknowledgements do come', () => {
  const accepted: Outcome = { kind: 'accepted', ackId: 7, answer: answer(200) };
  assert.deepEqual(step(accepted, {}).gate, { gate: 'opens', slowDown: false });
  assert.deepEqual(step(accepted, { notAcknowledged: true }), {
    batch: { do: 'await_ack', ackId: 7 },
    gate: { gate: 'stays' },
  });
});
