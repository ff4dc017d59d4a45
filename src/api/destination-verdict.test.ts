import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DestinationVerdict, LATE_AFTER_MS, VERDICT_WORDS, verdictOf } from './destination-verdict.ts';

const NOW_MS = 1_795_500_000_000;
const QUIET = { openRows: 0, countedUpTo: 10_000, deadLetters: 0, lastDeliveredAtMs: NOW_MS - 1_000 };
const HEALTHY = { state: 'healthy', sinceMs: 0 } as const;

interface Case {
  readonly state?: 'active' | 'paused' | 'disabled';
  readonly health?: Parameters<typeof verdictOf>[0]['health'];
  readonly progress?: Partial<Parameters<typeof verdictOf>[1]>;
  readonly overdue?: boolean;
  readonly says: RegExp;
}

const CASES: Readonly<Record<(typeof VERDICT_WORDS)[number], Case>> = {
  complete: { says: /has everything/ },
  catching_up: { progress: { openRows: 1, oldestOpenRecordedAtMs: NOW_MS - 10 }, says: /1 event waits/ },
  late: {
    progress: { openRows: 1_234, oldestOpenRecordedAtMs: NOW_MS - LATE_AFTER_MS - 1 },
    says: /1,234 events wait/,
  },
  dead_letters: { progress: { deadLetters: 1 }, says: /but for 1 dead letter\./ },
  throttled: { health: { state: 'throttled', sinceMs: 0 }, says: /slow down; nothing waits/ },
  failing: {
    health: { state: 'failing', reason: 'connect_refused', sinceMs: 0 },
    progress: { openRows: 10_000, deadLetters: 3 },
    says: /connect_refused\): 10,000 or more events wait, none is lost/,
  },
  held: {
    health: { state: 'held', reason: 'token_refused', message: 'Give a new token', sinceMs: 0 },
    says: /Held \(token_refused\)/,
  },
  unproven: { overdue: true, says: /checkpoint is overdue/ },
  paused: { state: 'paused', health: { state: 'held', sinceMs: 0 }, says: /Paused by a person/ },
  disabled: { state: 'disabled', says: /gets no events/ },
  unused: { progress: { lastDeliveredAtMs: undefined as unknown as number }, says: /Nothing was sent/ },
};

const verdict = ({
  state = 'active',
  health = HEALTHY,
  progress = {},
  overdue = false,
}: Case): DestinationVerdict => verdictOf({ state, health }, { ...QUIET, ...progress }, overdue, NOW_MS);

for (const word of VERDICT_WORDS) {
  test(`says "${word}" in a sentence, with a next step unless all is well`, () => {
    const found = verdict(CASES[word]);
    assert.equal(found.word, word);
    assert.match(found.text, CASES[word].says);
    const well = word === 'complete' || word === 'catching_up';
    assert.equal(found.nextStep === undefined, well);
    assert.equal(found.tone === 'good', well);
  });
}

test('the advice of a held destination is the one that its SIEM gave rise to', () => {
  assert.equal(verdict(CASES.held).nextStep, 'Give a new token');
});
