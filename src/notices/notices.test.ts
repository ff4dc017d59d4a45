import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Condition, conditionsOf, type DestinationFacts } from './condition.ts';
import { NoticeBook } from './notice-book.ts';
import { NoticePost } from './notice-post.ts';
import { subjectOf, textOf } from './notice-text.ts';

const NOW = Date.parse('2026-11-24T12:00:00Z');
const MINUTE_MS = 60_000;

function facts(health: object, progress: object = {}, more: object = {}): DestinationFacts {
  // Only what conditions are made of.
  return {
    destination: {
      destinationId: 'd1',
      name: 'splunk',
      state: 'active',
      health: { state: 'healthy', sinceMs: NOW, ...health },
      ...more,
    },
    progress: { deadLetters: 0, limitLevels: { age: 0, rows: 0, bytes: 0 }, openRows: 0, ...progress },
    lastCheckpointMs: NOW,
    certificateEndsMs: undefined,
  } as unknown as DestinationFacts;
}

function kinds(given: DestinationFacts): readonly string[] {
  return conditionsOf(given, 300_000, NOW).map(({ kind }) => kind);
}

test('a healthy destination has no condition, and each trouble has its own', () => {
  assert.deepEqual(kinds(facts({})), []);
  assert.deepEqual(kinds(facts({ state: 'held', reason: 'invalid_token' })), ['held']);
  assert.deepEqual(kinds(facts({ state: 'failing' })), ['failing']);
  assert.deepEqual(kinds(facts({}, { deadLetters: 3 })), ['dead_letters']);
  assert.deepEqual(kinds(facts({}, { limitLevels: { age: 0, rows: 70, bytes: 0 } })), ['backlog']);
  assert.deepEqual(kinds(facts({}, { oldestOpenRecordedAtMs: NOW - 31 * MINUTE_MS })), ['backlog']);
  assert.deepEqual(kinds({ ...facts({}), lastCheckpointMs: NOW - 601_000 }), ['checkpoint_overdue']);
  assert.deepEqual(kinds({ ...facts({}), certificateEndsMs: NOW + 13 * 86_400_000 }), ['certificate_ending']);
  assert.deepEqual(kinds(facts({}, {}, { credentialNotes: { expiresAtMs: NOW - 1 } })), [
    'credentials_ending',
  ]);
});

test('nobody is told of a destination that was switched off', () => {
  assert.deepEqual(kinds(facts({ state: 'held' }, {}, { state: 'disabled' })), []);
  assert.deepEqual(kinds({ ...facts({}, {}, { state: 'paused' }), lastCheckpointMs: 0 }), []);
});

const HELD: Condition = {
  key: 'd1 held x',
  kind: 'held',
  destination: 'splunk',
  message: 'splunk refuses what is sent',
  runbook: 'token-expired',
  afterMs: MINUTE_MS,
};

/** What the book says, look by look: conditions that hold at each minute. */
function said(looks: readonly (readonly Condition[])[], book = new NoticeBook()): readonly string[] {
  return looks.flatMap((conditions, minute) =>
    book.look(conditions, NOW + minute * MINUTE_MS).map(({ what }) => `${minute} ${what}`),
  );
}

test('a trouble is said once, after its time, and once when it is over', () => {
  assert.deepEqual(said([[HELD], [HELD], [HELD], [HELD], [], [], [], []]), ['1 raised', '5 recovered']);
});

test('what passes before its time is never said, and gets no all-clear', () => {
  assert.deepEqual(said([[HELD], [], [], [HELD], [], [], []]), []);
});

test('what comes and goes is said once', () => {
  const flapping = Array.from({ length: 60 }, (_, minute) => (minute % 2 === 0 || minute < 3 ? [HELD] : []));
  assert.deepEqual(said(flapping), ['1 raised']);
});

test('what holds for days is said again once a day', () => {
  const minutes = 3 * 1_440 + 5;
  assert.deepEqual(said(Array.from({ length: minutes }, () => [HELD])), [
    '1 raised',
    '1441 reminded',
    '2881 reminded',
    '4321 reminded',
  ]);
});

test('a further degree of the same trouble is new, and no recovery', () => {
  const half = { ...HELD, key: 'd1 backlog 50', kind: 'backlog' as const, afterMs: 0 };
  const more = { ...half, key: 'd1 backlog 70' };
  assert.deepEqual(said([[half], [more], [more], [more], [], [], []]), [
    '0 raised',
    '1 raised',
    '5 recovered',
  ]);
});

test('a thousand destinations that fail at once are one message, and no more than so many go in an hour', () => {
  const post = new NoticePost({
    messagesAnHour: 2,
    gatherMs: 30_000,
    maxNoticesAMessage: 50,
    maxWaiting: 500,
  });
  const notice = { what: 'raised' as const, condition: HELD, sinceMs: NOW, atMs: NOW };
  post.add(
    Array.from({ length: 1_000 }, () => notice),
    NOW,
  );
  assert.equal(post.take(NOW + 29_999), undefined, 'others may follow');
  const first = post.take(NOW + 30_000);
  assert.deepEqual([first?.notices.length, first?.leftOut], [50, 500]);
  assert.equal(post.take(NOW + 60_000)?.notices.length, 50);
  let sent = 0;
  for (let ms = 90_000; ms < 3_600_000; ms += 15_000) if (post.take(NOW + ms) !== undefined) sent += 1;
  assert.equal(sent, 0);
  assert.equal(post.take(NOW + 3_700_000)?.notices.length, 50);
});

test('the text names the page, says what was left out, and makes control characters visible', () => {
  const condition = { ...HELD, destination: 'a\nBcc: x', message: 'a\u001b[2J refuses' };
  const message = { notices: [{ what: 'raised' as const, condition, sinceMs: NOW, atMs: NOW }], leftOut: 7 };
  assert.ok(!subjectOf(message).includes('\n'));
  assert.match(textOf(message), /NEW {3}a.*refuses\n {6}docs\/operations\/token-expired\.md\nand 7 more/);
  assert.ok(!textOf(message).includes('\u001b'));
});
