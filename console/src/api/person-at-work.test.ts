import assert from 'node:assert/strict';
import { it } from 'node:test';
import { PersonAtWork } from './person-at-work.ts';

it('a person is there for a minute after each touch of the page, and not for longer', () => {
  let nowMs = 0;
  const page = new EventTarget();
  const person = new PersonAtWork(() => nowMs);
  person.watch(page);
  assert.equal(person.isThere, true, 'the page was opened');
  nowMs = 60_001;
  assert.equal(person.isThere, false);
  page.dispatchEvent(new Event('keydown'));
  assert.equal(person.isThere, true);
  nowMs += 60_000;
  assert.equal(person.isThere, true);
  nowMs += 1;
  assert.equal(person.isThere, false);
});
