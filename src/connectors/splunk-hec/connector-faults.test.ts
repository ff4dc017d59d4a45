import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { sendEvents } from '../../../test/support/send-events.ts';
import {
  type FakeSplunk,
  type FakeSplunkOptions,
  startFakeSplunk,
} from '../../../test/fake-splunk/fake-splunk.ts';
import { issueCertificate, makeAuthority } from '../../../test/fake-splunk/test-certificates.ts';
import { createAddressPolicy } from '../../egress/address-policy.ts';
import { createEgress } from '../../egress/create-egress.ts';
import type { Egress } from '../../egress/egress.ts';
import type { JsonObject } from '../../json.ts';
import type { WireEvent } from '../../ocsf/ocsf-event.ts';
import { MAX_ANSWER_CHARS, type Outcome } from '../outcome.ts';
import { parseSplunkHecConfig } from './config.ts';
import { SplunkHecConnector } from './connector.ts';

const CHANNEL = '0b5c0000-0000-4000-8000-000000000001';
const NAME = 'splunk.example.com';
const never = new AbortController().signal;

function wire(message: string): WireEvent {
  const event = { time: 1_795_521_600_123, message, metadata: { uid: `uid-${message.slice(0, 9)}` } };
  const text = JSON.stringify(event);
  return { event, text, bytes: Buffer.byteLength(text) };
}

/** More than the buffers of a connection hold: its upload is under way when it is cut off. */
const LARGE = wire('x'.repeat(16 * 1024 * 1024));

describe('SplunkHecConnector on a bad day', () => {
  const egress = createEgress({
    policy: createAddressPolicy('http+127.0.0.1/32:1024-65535'),
    resolve: () => Promise.resolve(['127.0.0.1']),
  });
  const events = [wire('a'), wire('b'), wire('c')];
  let splunk: FakeSplunk;
  afterEach(async () => {
    await splunk.close();
  });
  after(async () => {
    await egress.close();
  });

  async function start(options: FakeSplunkOptions = {}): Promise<void> {
    splunk = await startFakeSplunk(options);
  }

  function connector(config: JsonObject = {}, way: Egress = egress): SplunkHecConnector {
    return new SplunkHecConnector({
      config: parseSplunkHecConfig({ url: splunk.url, ...config }),
      egress: way,
      channel: CHANNEL,
      nowMs: () => Date.UTC(2026, 10, 24),
    });
  }

  function send(config: JsonObject = {}, batch: readonly WireEvent[] = events): Promise<Outcome> {
    return sendEvents(connector(config), batch, { token: splunk.token }, never);
  }

  it('delivers where Splunk warns of its queue, and slows down', async () => {
    await start();
    splunk.plan({ kind: 'take_then_warn', code: 24 });
    const outcome = await send();
    assert.ok(outcome.kind === 'delivered' && outcome.slowDown === true);
    assert.equal(splunk.events().length, 3);
  });

  it('asks for a smaller body when uploads are cut off again and again, and gives no single event up for it', async () => {
    await start();
    splunk.plan({ kind: 'cut_upload' }, 20);
    const credentials = { token: splunk.token };
    const several = connector({ gzip: false });
    const kinds: string[] = [];
    for (let round = 0; round < 4; round += 1)
      kinds.push((await sendEvents(several, [LARGE, wire('b')], credentials, never)).kind);
    assert.deepEqual(kinds, ['transient', 'transient', 'too_big', 'transient']);
    const alone = connector({ gzip: false });
    for (let round = 0; round < 4; round += 1)
      assert.equal((await sendEvents(alone, [LARGE], credentials, never)).kind, 'transient');
  });

  it('takes two cut uploads and an answer between them for what they are', async () => {
    await start();
    const sender = connector({ gzip: false });
    const credentials = { token: splunk.token };
    splunk.plan({ kind: 'cut_upload' }, 2);
    splunk.plan({ kind: 'answer', status: 503, code: 9 });
    // One more: the answer left a connection to use again, and what breaks there is repeated at once.
    splunk.plan({ kind: 'cut_upload' }, 3);
    const kinds: string[] = [];
    for (let round = 0; round < 5; round += 1)
      kinds.push((await sendEvents(sender, [LARGE, wire('b')], credentials, never)).kind);
    assert.deepEqual(kinds, ['transient', 'transient', 'throttled', 'transient', 'transient']);
  });

  it('sends nothing without a token, or with one that no header can hold', async () => {
    await start();
    const missing = await sendEvents(connector(), events, {}, never);
    assert.ok(missing.kind === 'local_fault' && missing.reason === 'credential_missing');
    for (const token of ['two words', 's3cret\r\nx-evil: 1', 'tökén', ' ']) {
      const outcome = await sendEvents(connector(), events, { token }, never);
      assert.ok(outcome.kind === 'configuration' && outcome.reason === 'token_malformed', token);
      assert.doesNotMatch(JSON.stringify(outcome), /s3cret/);
      const asked = await connector().confirm([1], { token }, never);
      assert.equal(asked.failure?.kind, 'configuration');
    }
    assert.equal(splunk.requests().length, 0);
  });

  it('never sends an empty request', async () => {
    await start();
    assert.equal((await send({}, [])).kind, 'local_fault');
    assert.equal(splunk.requests().length, 0);
  });

  it('holds when gzip is refused and the plain body too', async () => {
    await start();
    splunk.plan({ kind: 'answer', status: 415, body: '<html>' }, 2);
    const outcome = await send();
    assert.ok(outcome.kind === 'configuration' && outcome.reason === 'encoding_refused');
    assert.equal(splunk.requests().length, 2);
  });

  it('keeps an answer printable and short, and our token out of it however it is repeated', async () => {
    await start();
    const { token } = splunk;
    const noise = `\u001b[31m\u0000\u202e ${token} ${encodeURIComponent(token)} <script> ${'x'.repeat(5_000)}`;
    splunk.plan({ kind: 'answer', status: 503, body: JSON.stringify({ text: noise, code: 9 }) });
    const { answer } = await send();
    assert.ok(answer.message.length <= MAX_ANSWER_CHARS);
    // eslint-disable-next-line no-control-regex
    assert.doesNotMatch(answer.message, /[\u0000-\u001f\u007f-\u009f\u202e]/);
    assert.ok(!answer.message.includes(token));
  });

  it('names the index that Splunk refuses without naming it', async () => {
    await start({ indexes: ['main'] });
    assert.match((await send({ index: 'aegis' })).answer.message, /code 7: .*the index is "aegis"/);
  });

  it('says that it counts without acknowledgement when the token has none', async () => {
    await start();
    const outcome = await send({ indexer_acknowledgement: true });
    assert.equal(outcome.kind, 'delivered');
    assert.match(outcome.answer.message, /no acknowledgement id came/);
  });

  it('says what fills a channel that nobody asks about', async () => {
    await start({ acknowledgement: true, maxPendingAcks: 1 });
    assert.equal((await send()).kind, 'delivered');
    const full = await send();
    assert.equal(full.kind, 'throttled');
    assert.match(full.answer.message, /the token has indexer acknowledgement on/);
  });

  it('asks the indexer that took the events, behind a balancer too', async () => {
    await start({ acknowledgement: true, balancerCookie: 'AWSALB=one' });
    const sender = connector({ indexer_acknowledgement: true });
    const credentials = { token: splunk.token };
    const outcome = await sendEvents(sender, events, credentials, never);
    assert.ok(outcome.kind === 'accepted');
    assert.deepEqual((await sender.confirm([outcome.ackId], credentials, never)).confirmed, [outcome.ackId]);
    const stranger = connector({ indexer_acknowledgement: true });
    const second = await sendEvents(sender, events, credentials, never);
    assert.ok(second.kind === 'accepted');
    assert.deepEqual((await stranger.confirm([second.ackId], credentials, never)).confirmed, []);
  });

  it('confirms nothing that it did not ask for, and says what went wrong with a question', async () => {
    await start({ acknowledgement: true });
    const credentials = { token: splunk.token };
    const forged: Egress = {
      request: (request) =>
        request.url.pathname.endsWith('/ack')
          ? Promise.resolve({
              kind: 'response',
              status: 200,
              headers: {},
              setCookies: [],
              body: Buffer.from('{"acks":{"1":true,"2":true,"x":true}}'),
              bodyCut: false,
              durationMs: 1,
            })
          : egress.request(request),
      close: () => Promise.resolve(),
    };
    assert.deepEqual(await connector({}, forged).confirm([2, 3], credentials, never), { confirmed: [2] });
    splunk.changeToken('another');
    const refused = await connector().confirm([0], credentials, never);
    assert.ok(refused.failure?.kind === 'configuration' && refused.failure.reason === 'invalid_token');
    await splunk.close();
    const gone = await connector().confirm([0], credentials, never);
    assert.deepEqual([gone.confirmed, gone.failure?.kind], [[], 'transient']);
  });

  it('is ambiguous when no answer comes in time, and when we stop waiting', async () => {
    await start();
    const hasty: Egress = {
      request: (request) => egress.request({ ...request, timeoutMs: 200 }),
      close: () => Promise.resolve(),
    };
    splunk.plan({ kind: 'hang' }, 2);
    const late = await sendEvents(connector({}, hasty), events, { token: splunk.token }, never);
    assert.ok(late.kind === 'ambiguous' && late.answer.code === 'timeout');
    const stopping = new AbortController();
    const sending = sendEvents(connector(), events, { token: splunk.token }, stopping.signal);
    while (splunk.requests().length < 2) await new Promise((resolve) => setImmediate(resolve));
    stopping.abort();
    assert.equal((await sending).kind, 'ambiguous');
    const before = await sendEvents(connector(), events, { token: splunk.token }, AbortSignal.abort());
    assert.ok(before.kind === 'local_fault' && before.reason === 'shutdown');
  });

  describe('over TLS', () => {
    const authority = makeAuthority('Test Authority');
    const { certificatePem, privateKeyPem } = issueCertificate(authority, { dnsName: NAME });
    const tls = { cert: certificatePem, key: privateKeyPem };

    it('trusts the authority of the destination, and says where to name it', async () => {
      await start({ tls });
      const url = splunk.url.replace('127.0.0.1', NAME);
      const unknown = await send({ url });
      assert.ok(unknown.kind === 'configuration' && unknown.reason === 'certificate_untrusted');
      assert.match(unknown.advice, /tls\.ca_pem/);
      assert.equal((await send({ url, tls: { ca_pem: authority.certificatePem } })).kind, 'delivered');
      const other = splunk.url.replace('127.0.0.1', 'other.example.com');
      const wrong = await send({ url: other, tls: { ca_pem: authority.certificatePem } });
      assert.ok(wrong.kind === 'configuration' && wrong.reason === 'certificate_name_mismatch');
      assert.equal(splunk.requests().length, 1);
    });

    it('holds when the collector speaks plain http', async () => {
      await start();
      const outcome = await send({ url: splunk.url.replace('http:', 'https:') });
      assert.ok(outcome.kind === 'configuration' && outcome.reason === 'tls_protocol_absent');
      assert.match(outcome.advice, /speaks no TLS/);
    });
  });
});
