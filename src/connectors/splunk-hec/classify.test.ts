import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Outcome } from '../outcome.ts';
import { classifyHecReply } from './classify.ts';
import { type HecReply, readHecReply } from './reply.ts';

const ANSWER = { message: 'said', durationMs: 1 };

function classify(
  reply: Partial<HecReply>,
  {
    eventCount = 10,
    ack = false,
    retryAfterMs,
  }: { eventCount?: number; ack?: boolean; retryAfterMs?: number } = {},
): Outcome {
  return classifyHecReply(
    { status: 200, text: '', cut: false, ...reply },
    { eventCount, indexerAcknowledgement: ack, retryAfterMs, answer: ANSWER },
  );
}

describe('classifyHecReply', () => {
  it('takes 0, 24 and 25 for delivered with status 200 only, and 24 and 25 for a sign to slow down', () => {
    assert.deepEqual(classify({ code: 0 }), { kind: 'delivered', answer: ANSWER });
    for (const code of [24, 25])
      assert.deepEqual(classify({ code }), { kind: 'delivered', answer: ANSWER, slowDown: true });
    assert.equal(classify({ status: 500, code: 0 }).kind, 'transient');
    assert.equal(classify({ status: 400, code: 0 }).kind, 'configuration');
  });

  it('waits for an acknowledgement only where it is on and an id came', () => {
    assert.deepEqual(classify({ code: 0, ackId: 3 }, { ack: true }), {
      kind: 'accepted',
      ackId: 3,
      answer: ANSWER,
    });
    assert.equal(classify({ code: 0, ackId: 3 }).kind, 'delivered');
    assert.equal(classify({ code: 0 }, { ack: true }).kind, 'delivered');
  });

  for (const code of [6, 7, 12, 13, 15]) {
    it(`trusts the number of code ${code} where it lies in the request`, () => {
      const refused = (number: number | undefined, more = {}): Outcome =>
        classify(
          { status: 400, code, ...(number === undefined ? {} : { invalidEventNumber: number }) },
          more,
        );
      const partial = { kind: 'partial', cause: 'poison', answer: ANSWER };
      assert.deepEqual(refused(4), { ...partial, taken: 4, culprit: 4 });
      assert.deepEqual(refused(0), { ...partial, taken: 0, culprit: 0 });
      assert.deepEqual(refused(9), { ...partial, taken: 9, culprit: 9 });
      assert.equal(refused(10).kind, 'poison');
      assert.equal(refused(undefined).kind, 'poison');
      assert.equal(refused(0, { eventCount: 1 }).kind, 'poison');
      // Nothing before the culprit can be confirmed: there is no id to ask for.
      assert.deepEqual(refused(4, { ack: true }), { ...partial, taken: 0, culprit: 4 });
    });
  }

  it('takes the number of code 9 for the first event that was not taken', () => {
    const busy = (number: number, ack = false): Outcome =>
      classify({ status: 503, code: 9, invalidEventNumber: number }, { ack, retryAfterMs: 2_000 });
    assert.deepEqual(busy(4), {
      kind: 'partial',
      taken: 4,
      cause: 'throttled',
      answer: ANSWER,
      retryAfterMs: 2_000,
    });
    for (const outcome of [busy(0), busy(10), busy(4, true)])
      assert.deepEqual(outcome, { kind: 'throttled', answer: ANSWER, retryAfterMs: 2_000 });
  });

  it('is ambiguous about a success that was cut off', () => {
    assert.equal(classify({ cut: true }).kind, 'ambiguous');
    assert.equal(classify({ status: 502, cut: true }).kind, 'transient');
  });

  it('gives every hold a reason and says who must change what', () => {
    for (const reply of [
      ...[1, 2, 3, 4, 10, 11, 14, 16, 21, 22].map((code) => ({ status: 403, code })),
      ...[204, 301, 401, 403, 404, 405, 410, 415, 418, 451, 501].map((status) => ({ status })),
    ]) {
      const outcome = classify(reply);
      assert.ok(outcome.kind === 'configuration', JSON.stringify(reply));
      assert.match(outcome.reason, /^[a-z_]+$/);
      assert.ok(outcome.advice.length > 40, outcome.advice);
    }
  });

  const REPLIES = fc.record({
    status: fc.integer({ min: 100, max: 599 }),
    code: fc.option(fc.integer({ min: -5, max: 1_000 }), { nil: undefined }),
    ackId: fc.option(fc.nat(), { nil: undefined }),
    invalidEventNumber: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
    cut: fc.boolean(),
  });
  const SITUATIONS = fc.record({
    eventCount: fc.integer({ min: 1, max: 20 }),
    ack: fc.boolean(),
    retryAfterMs: fc.nat(),
  });

  it('has an outcome for every reply, and counts an event as in only where Splunk says so', () => {
    fc.assert(
      fc.property(REPLIES, SITUATIONS, (drawn, situation) => {
        // Absent members are left out, as the reader of replies does.
        const reply = JSON.parse(JSON.stringify(drawn)) as Partial<HecReply>;
        const outcome = classify(reply, situation);
        if (outcome.kind === 'delivered' || outcome.kind === 'accepted') {
          assert.equal(reply.status, 200);
          assert.ok(reply.code === 0 || reply.code === 24 || reply.code === 25);
        }
        if (outcome.kind !== 'partial') return;
        assert.ok(outcome.taken >= 0 && outcome.taken < situation.eventCount);
        assert.ok(outcome.taken === 0 || outcome.taken === reply.invalidEventNumber);
        if (outcome.culprit !== undefined)
          assert.ok(outcome.culprit >= outcome.taken && outcome.culprit < situation.eventCount);
        if (situation.ack) assert.equal(outcome.taken, 0);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('readHecReply', () => {
  function read(text: string | Uint8Array): HecReply {
    return readHecReply({
      status: 200,
      body: typeof text === 'string' ? Buffer.from(text) : text,
      bodyCut: false,
    });
  }

  it('reads numbers also where they are digits in a text, and nothing else as a number', () => {
    const reply = read('{"text":"x","code":6,"ackId":"12","invalid-event-number":3}');
    assert.deepEqual(reply, {
      status: 200,
      code: 6,
      text: 'x',
      ackId: 12,
      invalidEventNumber: 3,
      cut: false,
    });
    for (const odd of ['-1', '1.5', '"1e3"', '""', 'null', 'true', '[1]', '9007199254740993', '"0x1"']) {
      assert.equal(read(`{"code":0,"ackId":${odd}}`).ackId, undefined, odd);
      assert.equal(read(`{"code":0,"ackId":${odd}}`).code, 0, 'an odd id spoils no code');
    }
    assert.equal(read('{"code":"0"}').code, undefined);
  });

  it('makes no reply of HEC out of anything else, and never throws', () => {
    for (const text of ['', 'null', '[]', '"code"', '<html>', '{"code":', '{"code":null}']) {
      assert.equal(read(text).code, undefined, text);
    }
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        read(bytes);
      }),
    );
  });
});
