import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Arrival } from './arrival-book.ts';
import { judge, type TortureEvidence } from './judge.ts';
import type { StoreFacts } from './store-facts.ts';

const IDS = ['a', 'b', 'c'];

function place(uid: string, seq: number, more: Partial<Arrival> = {}): Arrival {
  return {
    streamId: 's',
    epoch: 'e',
    seq,
    kind: 'event',
    uid,
    hash: uid,
    requests: [1],
    contradicted: false,
    ...more,
  };
}

function storeWith(more: Partial<StoreFacts> = {}): StoreFacts {
  return {
    recorded: IDS,
    waiting: {},
    dead: {},
    openBatches: 0,
    lanes: [{ destination: 'siem', epochNo: 1, epoch: 'e', nextSeq: 4 }],
    integrity: 'ok',
    version: 'SQLite 3',
    ...more,
  };
}

function evidence(more: Partial<TortureEvidence> = {}): TortureEvidence {
  return {
    sent: new Set(IDS),
    accepted: new Set(IDS),
    unexpectedAnswers: [],
    store: storeWith(),
    arrivals: { siem: IDS.map((id, index) => place(id, index + 1)) },
    maxRepeatedRequests: { siem: 1 },
    ...more,
  };
}

const arrivals = (...siem: Arrival[]): Partial<TortureEvidence> => ({ arrivals: { siem } });

describe('the judge of a torture run', () => {
  it('has nothing to say when everything that was accepted arrived once', () => {
    assert.deepEqual(judge(evidence()), {
      violations: [],
      destinations: [
        {
          destination: 'siem',
          received: 3,
          waiting: 0,
          dead: 0,
          checkpoints: 0,
          repeatedEvents: 0,
          repeatedRequests: 0,
        },
      ],
    });
  });

  it('allows repeats of the requests that were in flight, and counts them', () => {
    const twice = { requests: [1, 2] };
    const verdict = judge(evidence(arrivals(place('a', 1, twice), place('b', 2, twice), place('c', 3))));
    assert.deepEqual(verdict.violations, []);
    assert.equal(verdict.destinations[0]?.repeatedRequests, 1);
    assert.equal(verdict.destinations[0].repeatedEvents, 2);
  });

  it('takes checkpoints for places of the stream, and for no records', () => {
    const ours = IDS.map((id, index) => place(id, index + 1));
    const store = storeWith({ lanes: [{ destination: 'siem', epochNo: 1, epoch: 'e', nextSeq: 5 }] });
    const more = arrivals(...ours, place('c-1', 4, { kind: 'checkpoint' }));
    const verdict = judge(evidence({ ...more, store }));
    assert.deepEqual(verdict.violations, []);
    assert.deepEqual([verdict.destinations[0]?.received, verdict.destinations[0]?.checkpoints], [3, 1]);
  });

  const cases: readonly (readonly [string, Partial<TortureEvidence>, RegExp])[] = [
    [
      'an event that never arrived',
      arrivals(place('a', 1), place('c', 3)),
      /siem: 1 accepted and lost, such as b/,
    ],
    [
      'a number without an event',
      arrivals(place('a', 1), place('c', 3)),
      /siem: 1 numbers without an event, such as 2/,
    ],
    [
      'an answer for a record that the store does not have',
      { store: storeWith({ recorded: ['a', 'b'] }) },
      /1 accepted and not in the store, such as c/,
    ],
    [
      'a record without an answer that never arrived',
      { accepted: new Set(['a']), ...arrivals(place('a', 1), place('b', 2)) },
      /siem: 1 recorded and lost, such as c/,
    ],
    [
      'an event that was sent before its commit',
      { ...arrivals(place('a', 1), place('b', 2), place('c', 3), place('d', 4)) },
      /siem: 1 received and not recorded, such as d/,
    ],
    [
      'a number beyond those given out',
      arrivals(place('a', 1), place('b', 2), place('c', 3), place('c', 9)),
      /number 9 was sent, the store gave out 3/,
    ],
    [
      'one event under two numbers',
      arrivals(place('a', 1), place('b', 2), place('c', 3), place('a', 4)),
      /1 events came under two numbers/,
    ],
    [
      'two texts under one number',
      arrivals(place('a', 1, { contradicted: true })),
      /1 numbers came with two different texts/,
    ],
    ['a second epoch', arrivals(place('a', 1), place('b', 2), place('c', 3, { epoch: 'f' })), /2 epochs/],
    [
      'more repeats than were in flight',
      arrivals(place('a', 1, { requests: [1, 2] }), place('b', 2, { requests: [1, 3] }), place('c', 3)),
      /2 requests were repeated, at most 1/,
    ],
    ['rows that still wait', { store: storeWith({ waiting: { siem: ['b'] } }) }, /siem: 1 rows still wait/],
    ['dead letters', { store: storeWith({ dead: { siem: ['b'] } }) }, /siem: 1 dead letters/],
    [
      'tombstones',
      arrivals(place('a', 1), place('b', 2), place('c', 3), place('t', 4, { kind: 'tombstone' })),
      /siem: 1 tombstones/,
    ],
    ['open batches', { store: storeWith({ openBatches: 2 }) }, /2 batches are still open/],
    ['a damaged store', { store: storeWith({ integrity: 'row 7 missing' }) }, /damaged: row 7 missing/],
    [
      'an answer that nothing explains',
      { unexpectedAnswers: ['status 418'] },
      /unexpected answer: status 418/,
    ],
    ['a record that nobody sent', { sent: new Set(['a', 'b']) }, /1 in the store and never sent, such as c/],
  ];
  for (const [what, more, says] of cases) {
    it(`finds ${what}`, () => {
      const { violations } = judge(evidence(more));
      assert.ok(
        violations.some((sentence) => says.test(sentence)),
        violations.join('\n'),
      );
    });
  }
});
