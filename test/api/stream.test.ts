import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { MAX_STREAMS_OF_ACTOR } from '../../src/api/routes/stream-routes.ts';
import type { RunningService } from '../../src/service.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { callService } from './call-service.ts';
import { EventStream, type StreamEvent } from './event-stream.ts';
import { addSplunk, Installation, record, WORKSPACE } from './installation.ts';

const within = { timeout: 60_000 };

describe('the event stream', () => {
  const installation = new Installation();
  let splunk: FakeSplunk;
  let service: RunningService;
  let key: string;
  let destination: string;
  before(async () => {
    splunk = await startFakeSplunk({});
    service = await installation.start();
    key = installation.key();
    destination = await addSplunk(service.url, key, splunk);
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    installation.remove();
  });

  const verdictOf = ({ data }: StreamEvent): unknown =>
    (data['verdict'] as { readonly word: string } | undefined)?.word;

  test(
    'tells everything first, then what changes, and what was missed to a reader that comes back',
    within,
    async () => {
      const reader = await EventStream.open(service.url, key);
      assert.equal(reader.status, 200);
      const first = await reader.until(() => true);
      assert.equal(first.event, 'overview');
      const [only] = first.data['destinations'] as readonly { readonly destination_id: string }[];
      assert.equal(only?.destination_id, destination);
      await callService(service.url, key, 'POST', `/v1/siem/destinations/${destination}/pause`, {});
      const paused = await reader.until((event) => verdictOf(event) === 'paused');
      assert.equal(paused.event, 'destination');
      await reader.until((event) => event.event === 'summary' && event.data['waiting'] === 1);
      reader.close();

      const another = await EventStream.open(service.url, key);
      await another.until(({ event }) => event === 'overview');
      const late = await EventStream.open(service.url, key, another.events[0]?.id);
      await callService(service.url, key, 'POST', `/v1/siem/destinations/${destination}/resume`, {});
      const resumed = await late.until((event) => verdictOf(event) === 'unused');
      assert.deepEqual(
        [resumed.event, late.events[0]?.event],
        ['destination', 'destination'],
        'no overview again',
      );
      const later = await EventStream.open(service.url, key, another.events[0]?.id);
      assert.equal(verdictOf(await later.until(() => true)), 'unused', 'what it missed');
      const stranger = await EventStream.open(service.url, key, 'made-up-7');
      assert.equal((await stranger.until(() => true)).event, 'overview');
      for (const stream of [another, late, later, stranger]) stream.close();
    },
  );

  test('counts what is delivered', within, async () => {
    const reader = await EventStream.open(service.url, key);
    await record(service.url, key, 3, 20);
    const complete = await reader.until(
      ({ data }) => (data['delivered'] as { readonly last_hour: number } | undefined)?.last_hour === 20,
    );
    assert.ok(['complete', 'catching_up'].includes(String(verdictOf(complete))));
    reader.close();
  });

  test('shows a key its own workspace alone, and refuses one without the scope', within, async () => {
    const other = await callService(service.url, key, 'POST', '/v1/api-keys', {
      name: 'elsewhere',
      workspace_id: 'ws-elsewhere',
      scopes: ['destinations:read'],
    });
    const reader = await EventStream.open(service.url, other.body.key);
    assert.deepEqual((await reader.until(() => true)).data['destinations'], []);
    reader.close();
    const blind = await callService(service.url, key, 'POST', '/v1/api-keys', {
      name: 'blind',
      workspace_id: WORKSPACE,
      scopes: ['attestations:write'],
    });
    const refused = await callService(service.url, blind.body.key, 'GET', '/v1/siem/stream');
    assert.deepEqual([refused.status, refused.body.code], [403, 'missing_scope']);
  });

  test(
    'is bounded for each caller, gives the room back, and ends when the service stops',
    within,
    async () => {
      const readers: EventStream[] = [];
      for (let count = 0; count < MAX_STREAMS_OF_ACTOR; count += 1) {
        readers.push(await EventStream.open(service.url, key));
      }
      const refused = await callService(service.url, key, 'GET', '/v1/siem/stream');
      assert.deepEqual([refused.status, refused.body.code], [503, 'overloaded']);
      assert.ok(Number(refused.headers['retry-after']) > 0);
      readers.shift()?.close();
      let again = await EventStream.open(service.url, key);
      // The service hears of a closed connection a moment later.
      while (again.status === 503) again = await EventStream.open(service.url, key);
      await service.stop();
      await Promise.all([...readers, again].map(({ ended }) => ended));
      service = await installation.start();
    },
  );
});
