import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { sendEvents } from '../../../test/support/send-events.ts';
import {
  type FakeSplunk,
  type FakeSplunkOptions,
  startFakeSplunk,
} from '../../../test/fake-splunk/fake-splunk.ts';
import { HEC_TEXTS } from '../../../test/fake-splunk/hec-reply.ts';
import { generateAttestations } from '../../../test/support/generate-attestations.ts';
import { parseAttestation } from '../../attestation/parse-attestation.ts';
import { createAddressPolicy } from '../../egress/address-policy.ts';
import { createEgress } from '../../egress/create-egress.ts';
import type { Egress } from '../../egress/egress.ts';
import type { JsonObject } from '../../json.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { attestationToOcsf2001 } from '../../ocsf/map-attestation.ts';
import { stamp } from '../../ocsf/stamp.ts';
import { toWireEvent } from '../../ocsf/wire-event.ts';
import type { Outcome } from '../outcome.ts';
import { parseSplunkHecConfig } from './config.ts';
import { SplunkHecConnector } from './connector.ts';

const CHANNEL = '0b5c0000-0000-4000-8000-000000000001';
const never = new AbortController().signal;

function wireEvents(count: number): WireEvent[] {
  return [...generateAttestations({ seed: 3, count })].map((text, index) => {
    const parsed = parseAttestation(text);
    assert.ok(parsed.ok);
    const place = { streamId: 's-1', epoch: 'e-1', seq: index + 1, kind: 'event' } as const;
    return toWireEvent(stamp(attestationToOcsf2001(parsed.attestation), place));
  });
}

function uidOf(event: WireEvent['event'] | undefined): unknown {
  return (event?.['metadata'] as JsonObject | undefined)?.['uid'];
}

describe('SplunkHecConnector', () => {
  let egress: Egress;
  let splunk: FakeSplunk;
  const events = wireEvents(20);

  before(() => {
    egress = createEgress({ policy: createAddressPolicy('http+127.0.0.1/32:1024-65535') });
  });
  after(async () => {
    await egress.close();
    await splunk.close();
  });
  beforeEach(async () => {
    await restart({});
  });

  async function restart(options: FakeSplunkOptions): Promise<void> {
    await splunk?.close();
    splunk = await startFakeSplunk(options);
  }

  function connector(config: JsonObject = {}): SplunkHecConnector {
    return new SplunkHecConnector({
      config: parseSplunkHecConfig({ url: splunk.url, index: 'aegis', ...config }),
      egress,
      channel: CHANNEL,
      nowMs: () => Date.UTC(2026, 10, 24),
    });
  }

  function send(config: JsonObject = {}, batch = events, token = splunk.token): Promise<Outcome> {
    return sendEvents(connector(config), batch, { token }, never);
  }

  it('delivers events byte for byte in one gzip request with time in seconds, flat fields and the right headers', async () => {
    const outcome = await send({ host: 'aegis-1' });
    assert.equal(outcome.kind, 'delivered');
    const [request] = splunk.requests();
    assert.equal(request?.path, '/services/collector/event');
    assert.equal(request?.headers['content-encoding'], 'gzip');
    assert.equal(request?.headers['content-type'], 'application/json');
    assert.equal(request?.headers['user-agent'], 'aegis-siem');
    assert.equal(request?.headers['x-splunk-request-channel'], CHANNEL);
    assert.equal(request?.headers['expect'], undefined);
    assert.ok((request?.wireBytes ?? 0) < (request?.bodyBytes ?? 0) / 2);
    const taken = splunk.events();
    assert.deepEqual(
      taken.map(({ eventText }) => eventText),
      events.map(({ text }) => text),
    );
    for (const [index, { envelope }] of taken.entries()) {
      const event = events[index]?.event;
      assert.equal(envelope['time'], (event?.['time'] as number) / 1_000);
      assert.equal(envelope['sourcetype'], 'ocsf:aegis');
      assert.equal(envelope['source'], 'aegis-siem');
      assert.equal(envelope['index'], 'aegis');
      assert.equal(envelope['host'], 'aegis-1');
      assert.deepEqual(envelope['fields'], {
        metadata_uid: uidOf(event),
        aegis_stream: 's-1',
        aegis_epoch: 'e-1',
        aegis_seq: index + 1,
      });
    }
  });

  it('sends plain bodies when gzip is off, with the bytes that its encoding promises', async () => {
    const sender = connector({ gzip: false });
    assert.equal((await sendEvents(sender, events, { token: splunk.token }, never)).kind, 'delivered');
    const promised = events.reduce((sum, event) => sum + sender.encode(event).bytes, 0);
    assert.equal(splunk.requests()[0]?.bodyBytes, promised);
    assert.equal(splunk.requests()[0]?.headers['content-encoding'], undefined);
  });

  it('goes once more without gzip after 415, and stays without it', async () => {
    splunk.plan({ kind: 'answer', status: 415, body: '<html>415</html>' });
    const sender = connector();
    assert.equal((await sendEvents(sender, events, { token: splunk.token }, never)).kind, 'delivered');
    assert.equal((await sendEvents(sender, events, { token: splunk.token }, never)).kind, 'delivered');
    assert.deepEqual(
      splunk.requests().map(({ headers }) => headers['content-encoding']),
      ['gzip', undefined, undefined],
    );
  });

  it('accepts any base address of a collector', async () => {
    for (const path of [
      '',
      '/',
      '/services/collector',
      '/services/collector/event',
      '/services/collector/event/1.0',
      '/proxy/splunk/',
    ]) {
      assert.equal((await send({ url: `${splunk.url}${path}` })).kind, 'delivered', path);
    }
  });

  it('uses one connection for requests after one another', async () => {
    const sender = connector();
    for (let round = 0; round < 5; round += 1)
      await sendEvents(sender, events, { token: splunk.token }, never);
    assert.equal(new Set(splunk.requests().map(({ remotePort }) => remotePort)).size, 1);
  });

  it('holds on a wrong token without ever repeating it', async () => {
    const token = 'wrong-token-that-must-not-appear';
    const outcome = await send({}, events, token);
    assert.equal(outcome.kind, 'configuration');
    assert.ok(outcome.kind === 'configuration' && outcome.reason === 'invalid_token');
    splunk.plan({ kind: 'answer', status: 403, body: JSON.stringify({ text: `bad ${token}`, code: 4 }) });
    assert.doesNotMatch(JSON.stringify([outcome, await send({}, events, token)]), new RegExp(token));
  });

  const KINDS: Readonly<Record<number, string>> = {
    0: 'delivered',
    1: 'configuration',
    2: 'configuration',
    3: 'configuration',
    4: 'configuration',
    5: 'local_fault',
    6: 'poison',
    7: 'poison',
    8: 'transient',
    9: 'throttled',
    10: 'configuration',
    11: 'configuration',
    12: 'poison',
    13: 'poison',
    14: 'configuration',
    15: 'poison',
    16: 'configuration',
    17: 'transient',
    18: 'transient',
    19: 'transient',
    20: 'transient',
    21: 'configuration',
    22: 'configuration',
    23: 'transient',
    24: 'delivered',
    25: 'delivered',
    26: 'throttled',
    27: 'throttled',
  };
  for (const [code, [status, text]] of Object.entries(HEC_TEXTS)) {
    it(`takes code ${code} (${text}) for ${KINDS[Number(code)]}`, async () => {
      splunk.plan({ kind: 'answer', status, code: Number(code) });
      const outcome = await send();
      assert.equal(outcome.kind, KINDS[Number(code)]);
      assert.equal(outcome.answer.status, status);
      if (outcome.kind === 'delivered') assert.equal(outcome.slowDown, code === '0' ? undefined : true);
    });
  }

  const ANSWERS: readonly (readonly [number, string, string])[] = [
    [200, '<html>Sign in</html>', 'configuration'],
    [200, '', 'configuration'],
    [200, 'null', 'configuration'],
    [200, '{"text":"?","code":999}', 'transient'],
    [200, '{"text":"Invalid token","code":4}', 'configuration'],
    [204, '', 'configuration'],
    [301, '', 'configuration'],
    [307, '', 'configuration'],
    [400, '<html>Bad request</html>', 'configuration'],
    [400, '{"text":"?","code":99}', 'configuration'],
    [404, '{"text":"not found","code":404}', 'configuration'],
    [405, '', 'configuration'],
    [408, '', 'throttled'],
    [410, '', 'configuration'],
    [413, '<html>413</html>', 'too_big'],
    [425, '', 'throttled'],
    [429, '', 'throttled'],
    [451, '', 'configuration'],
    [500, '<html>oops</html>', 'transient'],
    [501, '', 'configuration'],
    [502, '<html>bad gateway</html>', 'transient'],
    [503, '', 'transient'],
    [504, '', 'transient'],
    [599, '', 'transient'],
  ];
  for (const [status, body, kind] of ANSWERS) {
    it(`takes HTTP ${status} with ${body === '' ? 'no body' : body} for ${kind}`, async () => {
      splunk.plan({ kind: 'answer', status, body, headers: { location: 'http://127.0.0.1:9/' } });
      assert.equal((await send()).kind, kind);
      assert.equal(splunk.requests().length, 1);
    });
  }

  it('tells how long to wait, and throttles for 503 that says so', async () => {
    splunk.plan({ kind: 'answer', status: 503, body: '', headers: { 'retry-after': '7' } });
    const outcome = await send();
    assert.equal(outcome.kind, 'throttled');
    assert.equal(outcome.kind === 'throttled' && outcome.retryAfterMs, 7_000);
  });

  it('names the refused event by its number: those before it are in, those after it go again', async () => {
    const uid = uidOf(events[7]?.event);
    splunk.refuse({
      matches: (event) => (event['metadata'] as JsonObject)['uid'] === uid,
      code: 6,
      withNumber: true,
    });
    const outcome = await send();
    assert.deepEqual(
      outcome.kind === 'partial' && { taken: outcome.taken, culprit: outcome.culprit, cause: outcome.cause },
      { taken: 7, culprit: 7, cause: 'poison' },
    );
    assert.equal(splunk.events().length, 7);
  });

  it('takes a number outside of the request for no number', async () => {
    splunk.plan({ kind: 'answer', status: 400, body: '{"text":"x","code":6,"invalid-event-number":20}' });
    assert.equal((await send()).kind, 'poison');
  });

  it('sends only the rest after a busy answer that says what was taken', async () => {
    splunk.plan({ kind: 'busy_after', take: 5 });
    const outcome = await send();
    assert.deepEqual(outcome.kind === 'partial' && [outcome.taken, outcome.culprit, outcome.cause], [
      5,
      undefined,
      'throttled',
    ]);
  });

  it('is ambiguous when the request went out and no answer came', async () => {
    splunk.plan({ kind: 'take_then_reset' });
    assert.equal((await send()).kind, 'ambiguous');
  });

  it('is transient when nothing listens there', async () => {
    const { url } = splunk;
    await splunk.close();
    assert.equal((await send({ url })).kind, 'transient');
    await restart({});
  });

  it('holds, and dials nothing, when the address is not allowed', async () => {
    const outcome = await send({ url: 'https://10.1.2.3:8088' });
    assert.ok(outcome.kind === 'configuration');
    assert.equal(outcome.reason, 'address_blocked');
  });

  it('waits for indexers to acknowledge, where that is on', async () => {
    await restart({ acknowledgement: true });
    const sender = connector({ indexer_acknowledgement: true });
    const credentials = { token: splunk.token };
    const ids: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      const outcome = await sendEvents(sender, events, credentials, never);
      assert.ok(outcome.kind === 'accepted');
      ids.push(outcome.ackId);
    }
    assert.deepEqual(ids, [0, 1, 2]);
    assert.deepEqual((await sender.confirm(ids, credentials, never)).confirmed, [0, 1, 2]);
    assert.deepEqual(
      (await sender.confirm(ids, credentials, never)).confirmed,
      [],
      'an id is confirmed once only',
    );
  });

  it('counts a 200 without an id as delivered when the token has no acknowledgement', async () => {
    assert.equal((await send({ indexer_acknowledgement: true })).kind, 'delivered');
  });

  it('passes the rules of Fluent Bit’s in_splunk, plain and gzip', async () => {
    await restart({ rules: 'in_splunk' });
    assert.equal((await send({ gzip: true })).kind, 'delivered');
    assert.equal((await send({ gzip: false })).kind, 'delivered');
    assert.equal(splunk.events().length, 40);
  });
});
