import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { BatchMemory } from './batch-memory.ts';
import type { EncodedPlace, ReadyEvent } from './ready-event.ts';

const EVENTS = 10;
const LARGE_BYTES = 20_000;

function places(letter: string, bytes: number): EncodedPlace[] {
  return Array.from({ length: EVENTS }, () => ({
    encoded: { pieces: [letter.repeat(bytes)], bytes },
    metadataUid: undefined,
    timeMs: undefined,
  }));
}

function textOf(events: readonly ReadyEvent[]): string {
  return Buffer.concat(events.map(({ bytes }) => bytes)).toString();
}

function memoryOf(events: readonly ReadyEvent[]): ArrayBufferLike | undefined {
  return events[0]?.bytes.buffer;
}

describe('the memory of a lane', () => {
  it('is used again for the next batch once one is given back', () => {
    const memory = new BatchMemory();
    const first = memory.ready(places('a', LARGE_BYTES));
    const second = memory.ready(places('b', LARGE_BYTES));
    assert.notEqual(memoryOf(first), memoryOf(second));
    assert.equal(textOf(first), 'a'.repeat(EVENTS * LARGE_BYTES), 'a batch that is open is left alone');
    memory.giveBack(first);
    const third = memory.ready(places('c', LARGE_BYTES - 1));
    assert.equal(memoryOf(third), memoryOf(first));
    assert.equal(textOf(third), 'c'.repeat(EVENTS * (LARGE_BYTES - 1)));
    assert.equal(textOf(second), 'b'.repeat(EVENTS * LARGE_BYTES));
  });

  it('is given to one batch only, though it is given back twice', () => {
    const memory = new BatchMemory();
    const first = memory.ready(places('a', LARGE_BYTES));
    memory.giveBack(first);
    memory.giveBack(first);
    const [second, third] = [memory.ready(places('b', LARGE_BYTES)), memory.ready(places('c', LARGE_BYTES))];
    assert.notEqual(memoryOf(second), memoryOf(third));
  });

  it('is kept from others by the pieces of a divided batch', () => {
    const memory = new BatchMemory();
    const whole = memory.ready(places('a', LARGE_BYTES));
    const rest = whole.slice(1);
    memory.giveBack(whole.slice(0, 1));
    memory.ready(places('b', LARGE_BYTES));
    assert.equal(textOf(rest), 'a'.repeat((EVENTS - 1) * LARGE_BYTES));
  });

  it('is too small for a larger batch', () => {
    const memory = new BatchMemory();
    memory.giveBack(memory.ready(places('a', LARGE_BYTES)));
    const larger = memory.ready(places('b', 10 * LARGE_BYTES));
    assert.equal(textOf(larger), 'b'.repeat(10 * EVENTS * LARGE_BYTES));
  });

  it('is let go when no large batch is expected, and never kept for small ones', () => {
    const memory = new BatchMemory();
    const first = memory.ready(places('a', LARGE_BYTES));
    memory.giveBack(first);
    memory.letGo();
    assert.notEqual(memoryOf(memory.ready(places('b', LARGE_BYTES))), memoryOf(first));
    const small = memory.ready(places('c', 10));
    memory.giveBack(small);
    assert.notEqual(memoryOf(memory.ready(places('d', 10))), memoryOf(small));
  });
});
