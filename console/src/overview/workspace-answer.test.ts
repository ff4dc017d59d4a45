import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastKnown, workspaceAnswer } from './workspace-answer.ts';

type Looked = Parameters<typeof workspaceAnswer>[0][number];

function destination(name: string, change: Partial<Looked> = {}): Looked {
  return {
    name,
    state: 'active',
    verdict: { word: 'complete', tone: 'good', text: '', next_step: null, runbook: null },
    waiting: { count: 0, at_least: false, oldest_at: null, oldest_age_seconds: null, open_batches: 0 },
    complete_until: '2026-11-24T10:00:00Z',
    checkpoint: null,
    ...change,
  };
}

const checkpoint = (made_at: string): NonNullable<Looked['checkpoint']> => ({
  epoch: 'e',
  seq: 10,
  covers_to_seq: 9,
  made_at,
  next_due: null,
  overdue: false,
});

test('a workspace is complete until the time of its slowest destination, and proved until its oldest checkpoint', () => {
  const answer = workspaceAnswer([
    destination('a', {
      complete_until: '2026-11-24T10:00:05Z',
      checkpoint: checkpoint('2026-11-24T09:58:00Z'),
    }),
    destination('b', { checkpoint: checkpoint('2026-11-24T09:55:00Z') }),
  ]);
  assert.equal(answer.title, 'Complete');
  assert.equal(answer.text, 'All 2 SIEMs have everything.');
  assert.equal(answer.completeUntil, '2026-11-24T10:00:00Z');
  assert.equal(answer.provedUntil, '2026-11-24T09:55:00Z');
});

test('nothing is called proved while one destination has no checkpoint', () => {
  const answer = workspaceAnswer([
    destination('a', { checkpoint: checkpoint('2026-11-24T09:58:00Z') }),
    destination('b'),
  ]);
  assert.equal(answer.provedUntil, undefined);
});

test('what needs a person comes before what only waits, and is named', () => {
  const bad = { word: 'held', tone: 'bad', text: '', next_step: 'x', runbook: null } as const;
  const wait = { word: 'paused', tone: 'wait', text: '', next_step: null, runbook: null } as const;
  const waiting = { count: 1_200, at_least: true, oldest_at: null, oldest_age_seconds: 3, open_batches: 0 };
  const answer = workspaceAnswer([
    destination('lab', { verdict: wait }),
    destination('prod', { verdict: bad, waiting }),
    destination('dr', { verdict: bad }),
  ]);
  assert.equal(answer.tone, 'bad');
  assert.equal(answer.text, 'Look at prod and dr. At least 1,200 deliveries wait; none is lost.');
});

test('a disabled destination neither spoils nor makes an answer', () => {
  const disabled = destination('old', { state: 'disabled', complete_until: '2020-01-01T00:00:00Z' });
  assert.equal(workspaceAnswer([disabled]).title, 'Nothing is sent');
  const answer = workspaceAnswer([disabled, destination('a')]);
  assert.equal(answer.title, 'Complete');
  assert.equal(answer.completeUntil, '2026-11-24T10:00:00Z');
});

test('a long list of names is cut with its number', () => {
  const bad = { word: 'held', tone: 'bad', text: '', next_step: null, runbook: null } as const;
  const many = ['a', 'b', 'c', 'd', 'e'].map((name) => destination(name, { verdict: bad }));
  assert.equal(workspaceAnswer(many).text, 'Look at a, b, c and 2 more.');
});

test('a service that answers no more leaves its last answer, which is not said to be true now', () => {
  const last = lastKnown(workspaceAnswer([]));
  assert.equal(last.tone, 'wait');
  assert.equal(
    `${last.title}. ${last.text}`,
    'Not known now. At the last answer: nothing is sent. No destination is enabled.',
  );
});
