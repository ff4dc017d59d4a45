import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endPause, gateAtStart, moveGate } from './lane-gate.ts';
import type { GateTimes, LaneGate } from './lane-gate.ts';
import type { GateStep } from './next-step.ts';

const open = gateAtStart({ state: 'healthy', sinceMs: 1 }, 0, 0, 100);

function at(
  sendNo: number,
  latestSendNo: number,
  monotonicMs = 1_000,
  sentBy: GateTimes['sentBy'] = 'present',
): GateTimes {
  return { sentBy, sendNo, latestSendNo, monotonicMs, nowMs: 50_000 + monotonicMs, slowDownMs: 5_000 };
}

function waits(given: Partial<Extract<GateStep, { gate: 'waits' }>> = {}): GateStep {
  return {
    gate: 'waits',
    health: 'throttled',
    reason: 'busy',
    message: 'busy',
    pauseMs: 10_000,
    streak: 1,
    byRefusal: false,
    ...given,
  };
}

const opens: GateStep = { gate: 'opens', slowDown: false };

void test('requests that fail together count as one failure, and the longest wait that was asked for holds', () => {
  let gate: LaneGate = moveGate(open, waits(), at(1, 4));
  assert.equal(gate.pausedUntilMs, 11_000);
  gate = moveGate(gate, waits({ streak: 2, pauseMs: 60_000 }), at(2, 4));
  assert.equal(gate.streak, 1);
  assert.equal(gate.pausedUntilMs, 61_000);
  assert.equal(gate.health.nextTryMs, 111_000);
  gate = moveGate(gate, waits({ health: 'failing', streak: 2, pauseMs: 90_000 }), at(3, 4));
  assert.equal(gate.pausedUntilMs, 61_000, 'our own backoff does not add up');
});

void test('a success of a request that started before the pause does not end it', () => {
  const waiting = moveGate(open, waits(), at(1, 4));
  assert.equal(moveGate(waiting, opens, at(3, 4)), waiting);
  const opened = moveGate(waiting, opens, at(5, 5, 12_000));
  assert.equal(opened.health.state, 'healthy');
  assert.equal(opened.probing, false);
  assert.equal(opened.streak, 0);
});

void test('since says when this state and reason began, not when it was last met', () => {
  const first = moveGate(open, waits(), at(1, 1, 1_000));
  const again = moveGate(first, waits({ streak: 2 }), at(2, 2, 20_000));
  assert.equal(again.health.sinceMs, first.health.sinceMs);
  const other = moveGate(again, waits({ reason: 'other' }), at(3, 3, 40_000));
  assert.equal(other.health.sinceMs, 90_000);
});

void test('a lane that was not healthy begins with one request at a time', () => {
  assert.equal(gateAtStart({ state: 'failing', sinceMs: 0 }, 3, 0, 100).probing, true);
  assert.equal(gateAtStart({ state: 'healthy', sinceMs: 0 }, 0, 500, 100).pausedUntilMs, 600);
  const refusing = gateAtStart({ state: 'held', reason: 'refuses_events', sinceMs: 0 }, 3, 0, 100);
  assert.equal(refusing.heldByRefusal, true);
});

void test('the end of a pause leaves the state until a request succeeds, and makes older requests old news', () => {
  const held = moveGate(open, waits({ health: 'held' }), at(1, 1));
  const ended = endPause(held, 4, 2_000);
  assert.equal(ended.pausedUntilMs, 2_000);
  assert.equal(ended.health.state, 'held');
  assert.equal(moveGate(ended, waits({ health: 'held', streak: 5 }), at(4, 4)), ended);
});

void test('a wait that the remote asked for holds for settings that were adopted meanwhile, unless they go elsewhere', () => {
  const adopted = endPause(open, 4, 2_000);
  const waiting = moveGate(adopted, waits(), at(3, 4, 2_000, 'former'));
  assert.equal(waiting.pausedUntilMs, 12_000);
  assert.equal(waiting.health.state, 'throttled');
  assert.equal(moveGate(waiting, waits(), at(4, 4, 2_500, 'former')).streak, waiting.streak, 'one incident');
  assert.equal(moveGate(adopted, waits({ health: 'failing' }), at(3, 4, 2_000, 'former')), adopted);
  assert.equal(moveGate(adopted, waits(), at(3, 4, 2_000, 'elsewhere')), adopted);
  const held = endPause(moveGate(open, waits({ health: 'held' }), at(1, 1)), 4, 2_000);
  assert.equal(moveGate(held, waits({ pauseMs: 60_000 }), at(4, 4, 2_000, 'elsewhere')), held);
});
