import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { RunningService } from '../../src/service.ts';
import { type FakeSplunk, startFakeSplunk } from '../fake-splunk/fake-splunk.ts';
import { callService } from './call-service.ts';
import { addSplunk, Installation, record, WORKSPACE } from './installation.ts';

interface Sent {
  readonly proof: string;
  readonly event_text: string | null;
  readonly stream: { readonly seq: number };
  readonly receipt: { readonly delivered_at: string } | null;
}

describe('looking for deliveries', () => {
  const installation = new Installation();
  let splunk: FakeSplunk;
  let service: RunningService;
  let key: string;
  let destination: string;
  let ids: readonly string[];
  before(async () => {
    splunk = await startFakeSplunk({});
    service = await installation.start();
    key = installation.key();
    destination = await addSplunk(service.url, key, splunk);
    ids = await record(service.url, key, 5, 30);
    await splunk.waitFor(30);
    await untilDelivered();
  });
  after(async () => {
    await service.stop();
    await splunk.close();
    installation.remove();
  });

  const get = async (path: string, as = key) => callService(service.url, as, 'GET', path);

  /** The SIEM has an event a moment before its receipt is written. */
  async function untilDelivered(): Promise<void> {
    const deadline = performance.now() + 30_000;
    for (;;) {
      const open = await get('/v1/siem/outbox');
      if (open.body.items.length === 0) return;
      assert.ok(performance.now() < deadline, 'everything is delivered');
    }
  }

  async function viewerKey(): Promise<string> {
    const made = await callService(service.url, key, 'POST', '/v1/api-keys', {
      name: 'viewer',
      workspace_id: WORKSPACE,
      scopes: ['deliveries:read', 'destinations:read'],
    });
    return made.body.key;
  }

  test('pages through all of them, and finds one by its id', async () => {
    const seen: (string | null)[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const reply = await get(`/v1/siem/deliveries?limit=7${cursor === '' ? '' : `&cursor=${cursor}`}`);
      assert.equal(reply.status, 200, reply.text);
      seen.push(...reply.body.items.map((item) => item.attestation_id));
      cursor = reply.body.next_cursor;
    }
    assert.deepEqual(new Set(seen), new Set(ids));
    assert.equal(seen.length, ids.length);
    const one = await get(`/v1/siem/deliveries?attestation=${ids[4]?.toUpperCase()}`);
    assert.deepEqual(
      one.body.items.map((item) => [item.attestation_id, item.status]),
      [[ids[4], 'delivered']],
    );
    for (const none of ['status=dead', 'attestation=nothing', 'destination=nothing', 'tool=no.such']) {
      const reply = await get(`/v1/siem/deliveries?${none}`);
      assert.deepEqual([reply.status, reply.body.items], [200, []], none);
    }
    const bad = await get('/v1/siem/deliveries?from=yesterday');
    assert.deepEqual([bad.status, bad.body.code], [400, 'bad_parameter']);
    const old = await get('/v1/siem/deliveries?cursor=nonsense');
    assert.equal(old.status, 400);
  });

  test('shows the event byte for byte as the SIEM has it, and proves it by the hash', async () => {
    for (const id of ids.slice(0, 5)) {
      const reply = await get(`/v1/attestations/${id}/sent`);
      const [sent, ...more] = reply.body.items as unknown as readonly Sent[];
      assert.deepEqual(more, []);
      assert.equal(sent?.proof, 'same_bytes');
      const taken = splunk.events().find(({ event }) => (event['metadata'] as { uid: string }).uid === id);
      assert.equal(sent.event_text, taken?.eventText, 'byte for byte');
      assert.ok(taken !== undefined && sent.receipt !== null);
      assert.equal((taken.event['metadata'] as { sequence: number }).sequence, sent.stream.seq);
    }
  });

  test('an event that was made under earlier settings is still shown as it was sent', async () => {
    const id = ids[0] ?? '';
    const at = `/v1/siem/destinations/${destination}`;
    const changed = await callService(service.url, key, 'PATCH', at, {
      ocsf: { class_uid: 6003, version: '1.9.0' },
    });
    assert.equal(changed.status, 200, changed.text);
    const reply = await get(`/v1/attestations/${id}/sent`);
    const [sent] = reply.body.items as unknown as readonly Sent[];
    assert.equal(sent?.proof, 'same_bytes');
    assert.equal((JSON.parse(sent.event_text ?? '') as { class_uid: number }).class_uid, 2001);
  });

  test('a key that may not see payloads sees deliveries without a word of the record', async () => {
    const viewer = await viewerKey();
    const list = await get('/v1/siem/deliveries?limit=1', viewer);
    const [item] = list.body.items as unknown as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual([item?.['verdict'], item?.['tool_name'], item?.['agent_id']], [null, null, null]);
    assert.equal(item?.['status'], 'delivered');
    const guess = await get('/v1/siem/deliveries?tool=crm.*', viewer);
    assert.deepEqual([guess.status, guess.body.code], [403, 'missing_scope'], 'no guessing by filter');
    const sent = await get(`/v1/attestations/${ids[0]}/sent`, viewer);
    const [place] = sent.body.items as unknown as readonly Sent[];
    assert.deepEqual([place?.proof, place?.event_text], ['hidden', null]);
    assert.ok((place?.stream.seq ?? 0) > 0);
  });

  test('the history counts them, bucket by bucket, and refuses more than a chart has room for', async () => {
    const at = `/v1/siem/destinations/${destination}/history`;
    const reply = await get(`${at}?bucket_seconds=3600`);
    const { buckets } = reply.body as unknown as {
      readonly buckets: readonly { readonly delivered: number; readonly delay_max_seconds: number | null }[];
    };
    assert.equal(
      buckets.reduce((sum, { delivered }) => sum + delivered, 0),
      30,
    );
    assert.ok((buckets.at(-1)?.delay_max_seconds ?? -1) >= 0);
    for (const [query, says] of [
      ['bucket_seconds=90', /multiple of 60/],
      ['from=2020-01-01T00:00:00Z', /1500 buckets/],
      ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', /before to/],
    ] as const) {
      const bad = await get(`${at}?${query}`);
      assert.equal(bad.status, 400);
      assert.match(bad.text, says);
    }
  });
});
