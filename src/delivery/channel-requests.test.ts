import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChannelRequests } from './channel-requests.ts';

function send(requests: ChannelRequests, isAnswered = true): number {
  requests.begin();
  requests.end(isAnswered);
  return requests.handled;
}

void test('while every request is answered a confirmation is that of its own batch', () => {
  const requests = new ChannelRequests(0);
  const handled = send(requests);
  for (let count = 0; count < 50; count += 1) send(requests);
  assert.equal(requests.mayBeAnothers(0, handled), false);
});

void test('after an answer that was lost the id may have been given again, where so many requests came since', () => {
  const requests = new ChannelRequests(0);
  const handled = send(requests);
  send(requests, false);
  assert.equal(requests.mayBeAnothers(0, handled), true, 'one request since: it can have id 0');
  assert.equal(requests.mayBeAnothers(1, handled), false, 'and not id 1');
});

void test('requests in flight when the id came may be handled later', () => {
  const requests = new ChannelRequests(0);
  requests.begin();
  const handled = send(requests);
  requests.end(false);
  assert.equal(requests.mayBeAnothers(0, handled), true);
});

void test('requests whose answers were lost earlier may be handled later', () => {
  const requests = new ChannelRequests(0);
  send(requests, false);
  const handled = send(requests);
  assert.equal(requests.mayBeAnothers(0, handled), true);
});

void test('what an earlier owner sent without an answer counts', () => {
  const requests = new ChannelRequests(2);
  const { handled } = requests;
  assert.equal(requests.mayBeAnothers(1, handled), true);
  assert.equal(requests.mayBeAnothers(2, handled), false);
});
