/** Many destinations that fail at the same moment: what comes back must be spread, not a herd. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { answer } from '../../test/delivery/fake-receiver.ts';
import { seededRandom } from '../../test/support/seeded-random.ts';
import type { Outcome } from '../connectors/outcome.ts';
import { DEFAULT_DELIVERY_LIMITS } from './delivery-limits.ts';
import { nextStep } from './next-step.ts';

const DESTINATIONS = 1_000;
const HOUR_MS = 3_600_000;
/** From then on nothing of the common beginning may be left. Even, it were 17 a second with a try each minute. */
const LOOK_FROM_MS = 300_000;
const MAX_IN_A_SECOND = 60;

const FAILURES: Readonly<Record<string, Outcome>> = {
  'an outage': { kind: 'transient', answer: answer(503) },
  'replies that were lost': { kind: 'ambiguous', answer: { message: 'reset', durationMs: 1 } },
  'a refusal that holds them': {
    kind: 'configuration',
    reason: 'invalid_token',
    advice: 'Set the token again',
    answer: answer(403, '4'),
  },
  'a wait of a minute that the remote asks for': {
    kind: 'throttled',
    retryAfterMs: 60_000,
    answer: answer(429),
  },
};

describe(`${DESTINATIONS} destinations that fail at the same moment`, () => {
  for (const [what, outcome] of Object.entries(FAILURES)) {
    test(`do not come back together after ${what}`, (t) => {
      const tries = triesOf(outcome);
      const first = tries.filter((atMs) => atMs > 0 && atMs < LOOK_FROM_MS);
      const later = mostInASecond(tries.filter((atMs) => atMs >= LOOK_FROM_MS));
      t.diagnostic(`in a second at most ${mostInASecond(first)} at first, ${later} after five minutes`);
      assert.ok(later > 0, 'they are tried again');
      assert.ok(later <= MAX_IN_A_SECOND, `${later} in one second`);
    });
  }
});

/** When each of them is tried within an hour, though all failed at 0: by what the engine decides after each failure. */
function triesOf(outcome: Outcome): readonly number[] {
  const parts = { random: seededRandom(1), limits: DEFAULT_DELIVERY_LIMITS };
  return Array.from({ length: DESTINATIONS }).flatMap(() => {
    const tries: number[] = [];
    let streak = 0;
    for (let atMs = 0; atMs < HOUR_MS;) {
      tries.push(atMs);
      const { gate } = nextStep(outcome, { ...ONE_BATCH, streak, attempts: tries.length }, parts);
      assert.ok(gate.gate === 'waits' && gate.pauseMs > 0);
      atMs += gate.pauseMs;
      ({ streak } = gate);
    }
    return tries;
  });
}

const ONE_BATCH = {
  places: 8,
  tombstone: false,
  heldByRefusal: false,
  othersTakenSince: false,
  notAcknowledged: false,
};

function mostInASecond(tries: readonly number[]): number {
  const perSecond = new Map<number, number>();
  for (const atMs of tries) {
    const second = Math.floor(atMs / 1_000);
    perSecond.set(second, (perSecond.get(second) ?? 0) + 1);
  }
  return Math.max(0, ...perSecond.values());
}
