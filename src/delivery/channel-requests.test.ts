import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelRequests, UNHEARD_KEPT_MS } from './channel-requests.ts';

const NOW_MS = 1_800_000_000_000;
const NOTHING = { requests: 0, atMs: 0 };

function send(requests: ChannelRequests, isAnswered = true): number {
  requests.begin();
  requests.end(isAnswered, NOW_MS);
  return requests.handled;
}

void test('while every request is answered a confirmation is that of its own batch', () => {
  const requests = new ChannelRequests(NOTHING, 0, NOW_MS);
  const handled = send(requests);
  for (let count = 0; count < 50; count += 1) send(requests);
  assert.equal(requests.mayBeAnothers(0, handled), false);
});

void test('after an answer that was lost the id may have been given again, where so many requests came since', () => {
  const requests = new ChannelRequests(NOTHING, 0, NOW_MS);
  const handled = send(requests);
  send(requests, false);
  assert.equal(requests.mayBeAnothers(0, handled), true, 'one request since: it can have id 0');
  assert.equal(requests.mayBeAnothers(1, handled), false, 'and not id 1');
});

void test('requests in flight when the id came may be handled later', () => {
  const requests = new ChannelRequests(NOTHING, 0, NOW_MS);
  requests.begin();
  const handled = send(requests);
  requests.end(false, NOW_MS);
  assert.equal(requests.mayBeAnothers(0, handled), true);
});

void test('requests whose answers were lost earlier may be handled later', () => {
  const requests = new ChannelRequests(NOTHING, 0, NOW_MS);
  send(requests, false);
  const handled = send(requests);
  assert.equal(requests.mayBeAnothers(0, handled), true);
});

void test('what an earlier owner sent without an answer counts', () => {
  const requests = new ChannelRequests({ requests: 1, atMs: NOW_MS - UNHEARD_KEPT_MS }, 1, NOW_MS);
  const { handled } = requests;
  assert.equal(requests.mayBeAnothers(1, handled), true);
  assert.equal(requests.mayBeAnothers(2, handled), false);
});

void test('what was never heard of is to be kept before more is sent, and is forgotten after a day', () => {
  const requests = new ChannelRequests(NOTHING, 0, NOW_MS);
  assert.equal(requests.isKept, true);
  send(requests, false);
  assert.equal(requests.isKept, false);
  requests.kept(requests.unheard);
  assert.equal(requests.isKept, true);
  const next = new ChannelRequests(requests.unheard, 0, NOW_MS + UNHEARD_KEPT_MS + 1);
  assert.equal(next.unheard.requests, 0);
  assert.equal(new ChannelRequests(requests.unheard, 0, NOW_MS).unheard.requests, 1);
});
