import assert from 'node:assert/strict';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { afterEach, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { type FakeSplunk, type FakeSplunkOptions, startFakeSplunk } from './fake-splunk.ts';
import { makeAuthority } from './test-certificates.ts';

const CHANNEL = '0b5c0000-0000-4000-8000-000000000001';
const EVENT_PATH = '/services/collector/event';

interface Said {
  readonly status: number;
  readonly text: string;
  /** Of the JSON body, where there is one. */
  readonly code: unknown;
  readonly json: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** A plain client: what is sent is what is written here. */
function post(
  splunk: FakeSplunk,
  body: string | Buffer,
  { path = EVENT_PATH, method = 'POST', headers = {} }: Partial<PostOptions> = {},
): Promise<Said> {
  const { promise, resolve, reject } = Promise.withResolvers<Said>();
  const all = {
    authorization: `Splunk ${splunk.token}`,
    'content-type': 'application/json',
    'user-agent': 'test',
    ...headers,
  };
  const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
  const ask = splunk.url.startsWith('https:') ? requestHttps : requestHttp;
  const outgoing = ask(`${splunk.url}${path}`, { method, headers: sent, rejectUnauthorized: false });
  outgoing.on('error', reject);
  outgoing.on('response', (incoming) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    incoming.on('end', () => {
      const json = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : {};
      resolve({
        status: incoming.statusCode ?? 0,
        text,
        code: json['code'],
        json,
        headers: incoming.headers,
      });
    });
  });
  outgoing.end(body);
  return promise;
}

interface PostOptions {
  readonly path: string;
  readonly method: string;
  /** An empty text leaves the header out. */
  readonly headers: Readonly<Record<string, string>>;
}

describe('the fake collector', () => {
  let splunk: FakeSplunk;
  afterEach(async () => {
    await splunk.close();
  });

  async function start(options: FakeSplunkOptions = {}): Promise<void> {
    splunk = await startFakeSplunk(options);
  }

  function texts(): string[] {
    return splunk.events().map(({ eventText }) => eventText);
  }

  describe('with the rules of Splunk', () => {
    const HEADERS: readonly (readonly [
      what: string,
      headers: Record<string, string>,
      status: number,
      code: number,
    ])[] = [
      ['no Authorization', { authorization: '' }, 401, 2],
      ['another scheme', { authorization: 'Bearer x' }, 401, 3],
      ['another token', { authorization: 'Splunk x' }, 403, 4],
      ['the token in capitals', { authorization: 'Splunk FA4E0000-0000-4000-8000-00000000C0DE' }, 403, 4],
      ['a channel that is no GUID', { 'x-splunk-request-channel': 'x' }, 400, 11],
    ];
    for (const [what, headers, status, code] of HEADERS) {
      it(`answers ${status} with code ${code} to ${what}`, async () => {
        await start();
        const said = await post(splunk, '{"event":1}', { headers });
        assert.deepEqual([said.status, said.code, splunk.events().length], [status, code, 0]);
      });
    }

    const BODIES: readonly (readonly [
      body: string,
      code: number,
      number: number | undefined,
      taken: number,
    ])[] = [
      ['{"event":1}', 0, undefined, 1],
      ['{"event":1}{"event":"x"} \r\n{"event":{"a":"}{"}}', 0, undefined, 3],
      ['{"time":1.5,"event":1}{"time":"1795521600.123","event":1}', 0, undefined, 2],
      ['{"event":1,"fields":{"a":"x","b":[1,"y"]}}', 0, undefined, 1],
      ['', 5, undefined, 0],
      [' \n', 5, undefined, 0],
      ['{"event":1}{"event":', 6, 1, 1],
      ['{"event":1},{"event":2}', 6, 1, 1],
      ['[{"event":1}]', 6, 0, 0],
      ['{"event":1}garbage', 6, 1, 1],
      ['{"event":1,"other":1}', 6, 0, 0],
      ['{"event":1}{"time":1795521600123,"event":1}', 6, 1, 1],
      ['{"time":1}', 12, 0, 0],
      ['{"event":1}{"event":1}{"event":""}', 13, 2, 2],
      ['{"event":1,"fields":{"a":{"b":1}}}', 15, 0, 0],
      ['{"event":1,"fields":[1]}', 15, 0, 0],
    ];
    for (const [body, code, number, taken] of BODIES) {
      it(`answers code ${code} to ${JSON.stringify(body)}, and takes ${taken}`, async () => {
        await start();
        const said = await post(splunk, body);
        assert.deepEqual(
          [said.code, said.json['invalid-event-number'], splunk.events().length],
          [code, number, taken],
        );
      });
    }

    it('unpacks gzip, and answers other encodings with a page', async () => {
      await start();
      const gzip = { 'content-encoding': 'gzip' };
      assert.equal((await post(splunk, gzipSync('{"event":1}'), { headers: gzip })).code, 0);
      const brotli = await post(splunk, 'x', { headers: { 'content-encoding': 'br' } });
      assert.deepEqual([brotli.status, brotli.text.startsWith('<!doctype')], [415, true]);
      assert.equal((await post(splunk, '{"event":1}', { headers: gzip })).status, 415);
    });

    it('refuses bodies and indexes that it was told to refuse', async () => {
      await start({ maxBodyBytes: 20, indexes: ['aegis'] });
      assert.equal((await post(splunk, `{"event":"${'x'.repeat(20)}"}`)).status, 413);
      assert.equal((await post(splunk, '{"event":1}')).code, 0);
      await splunk.close();
      await start({ indexes: ['aegis'] });
      const said = await post(splunk, '{"event":1,"index":"aegis"}{"event":2,"index":"main"}{"event":3}');
      assert.deepEqual([said.code, said.json['invalid-event-number'], texts()], [7, 1, ['1']]);
    });

    it('never takes a token from the query', async () => {
      await start();
      const said = await post(splunk, '{"event":1}', { path: `${EVENT_PATH}?token=${splunk.token}` });
      assert.equal(said.code, 16);
    });

    it('knows its paths and methods, and tells its health to anybody', async () => {
      await start();
      assert.equal((await post(splunk, '{"event":1}', { path: '/services/collector/raw' })).code, 404);
      assert.equal((await post(splunk, '', { method: 'PUT' })).code, 405);
      const health = { path: '/services/collector/health', method: 'GET', headers: { authorization: '' } };
      assert.equal((await post(splunk, '', health)).code, 17);
      assert.equal((await post(splunk, '', { path: '/services/collector/ack' })).code, 14);
    });

    it('keeps no connection for a sender without a name', async () => {
      await start();
      const unnamed = await post(splunk, '{"event":1}', { headers: { 'user-agent': '' } });
      assert.equal(unnamed.headers['connection'], 'close');
    });
  });

  describe('with acknowledgement', () => {
    const headers = { 'x-splunk-request-channel': CHANNEL };

    async function ask(ids: readonly number[], more: Record<string, string> = {}): Promise<unknown> {
      const said = await post(splunk, JSON.stringify({ acks: ids }), {
        path: '/services/collector/ack',
        headers: { ...headers, ...more },
      });
      return said.json['acks'];
    }

    it('wants a channel, counts ids in it, and tells each id once', async () => {
      await start({ acknowledgement: true });
      assert.equal((await post(splunk, '{"event":1}')).code, 10);
      assert.equal((await post(splunk, '{"event":1}', { headers })).json['ackId'], 0);
      assert.equal((await post(splunk, '{"event":1}', { headers })).json['ackId'], 1);
      const other = { 'x-splunk-request-channel': CHANNEL.replace(/1$/, '2') };
      assert.equal((await post(splunk, '{"event":1}', { headers: other })).json['ackId'], 0);
      assert.deepEqual(await ask([0, 7]), { 0: true, 7: false });
      assert.deepEqual(await ask([0, 1]), { 0: false, 1: true });
    });

    it('is full when nobody asks', async () => {
      await start({ acknowledgement: true, maxPendingAcks: 1 });
      assert.equal((await post(splunk, '{"event":1}', { headers })).code, 0);
      assert.equal((await post(splunk, '{"event":1}', { headers })).code, 27);
      await ask([0]);
      assert.equal((await post(splunk, '{"event":1}', { headers })).code, 0);
    });

    it('forgets ids at a restart, and acknowledges nothing once told so', async () => {
      await start({ acknowledgement: true });
      await post(splunk, '{"event":1}', { headers });
      splunk.forgetAcknowledgements();
      assert.deepEqual(await ask([0]), { 0: false });
      assert.equal((await post(splunk, '{"event":1}', { headers })).json['ackId'], 0);
      splunk.acknowledgeAll(false);
      assert.deepEqual(await ask([0]), { 0: false });
    });

    it('leads a question without the balancer’s cookie to another indexer', async () => {
      await start({ acknowledgement: true, balancerCookie: 'AWSALB=one' });
      const said = await post(splunk, '{"event":1}', { headers });
      assert.deepEqual(said.headers['set-cookie'], ['AWSALB=one; Path=/; HttpOnly']);
      assert.deepEqual(await ask([0]), { 0: false });
      assert.deepEqual(await ask([0], { cookie: 'AWSALB=one' }), { 0: true });
    });
  });

  describe('with faults', () => {
    it('meets them in their order, each as often as planned', async () => {
      await start();
      splunk.plan({ kind: 'answer', status: 503, code: 9, headers: { 'retry-after': '2' } }, 2);
      splunk.plan({ kind: 'busy_after', take: 1 });
      splunk.plan({ kind: 'take_then_warn', code: 24 });
      const codes = [];
      for (let round = 0; round < 5; round += 1)
        codes.push((await post(splunk, '{"event":1}{"event":2}')).code);
      assert.deepEqual(codes, [9, 9, 9, 24, 0]);
      assert.deepEqual(texts(), ['1', '1', '2', '1', '2']);
      assert.deepEqual(
        splunk.requests().map(({ taken }) => taken),
        [0, 0, 1, 2, 2],
      );
    });

    it('cuts connections before it takes anything, or after', async () => {
      await start();
      splunk.plan({ kind: 'reset' });
      await assert.rejects(post(splunk, '{"event":1}'), { code: 'ECONNRESET' });
      splunk.plan({ kind: 'cut_upload' });
      await assert.rejects(post(splunk, '{"event":1}'), { code: 'ECONNRESET' });
      assert.equal(splunk.events().length, 0);
      splunk.plan({ kind: 'take_then_reset' });
      await assert.rejects(post(splunk, '{"event":1}'), { code: 'ECONNRESET' });
      assert.deepEqual([texts(), splunk.requests().at(-1)?.taken], [['1'], 1]);
    });

    it('refuses matching events with their number, or takes nothing and says none', async () => {
      await start();
      const matches = (event: Readonly<Record<string, unknown>>): boolean => event['bad'] === true;
      splunk.refuse({ matches, code: 6, withNumber: true });
      const named = await post(splunk, '{"event":{"a":1}}{"event":{"bad":true}}{"event":{"a":2}}');
      assert.deepEqual([named.json['invalid-event-number'], texts()], [1, ['{"a":1}']]);
      splunk.refuse({ matches, code: 6, withNumber: false });
      const unnamed = await post(splunk, '{"event":{"a":3}}{"event":{"bad":true}}');
      assert.deepEqual([unnamed.json['invalid-event-number'], splunk.events().length], [undefined, 1]);
      splunk.refuse(undefined);
      assert.equal((await post(splunk, '{"event":{"bad":true}}')).code, 0);
    });

    it('answers always the same until told otherwise, and knows a new token at once', async () => {
      await start();
      splunk.answerAlways(1);
      assert.equal((await post(splunk, '{"event":1}')).code, 1);
      splunk.answerAlways(undefined);
      splunk.changeToken('other');
      assert.equal((await post(splunk, '{"event":1}')).code, 0);
    });

    it('tells a waiter when enough came, and how many when they did not', async () => {
      await start();
      const waiting = splunk.waitFor(2);
      await post(splunk, '{"event":1}{"event":2}');
      await waiting;
      await assert.rejects(splunk.waitFor(3, 10), /2 of 3 events were taken in 10 ms/);
    });
  });

  describe('with the rules of Fluent Bit’s in_splunk', () => {
    const CASES: readonly (readonly [body: string, status: number, code: number, taken: number])[] = [
      ['{"event":1}{"event":2}', 200, 0, 2],
      ['{"no":"event"}', 200, 0, 1],
      ['{"event":1,"fields":{"a":{"b":1}}}', 200, 0, 1],
      ['{"event":1}{"event":', 200, 0, 1],
      ['{"event":1}garbage{"event":2}', 400, 6, 0],
      ['{"event":1}{event:2}', 400, 6, 0],
      ['{"event":1}5 {"event":2}', 400, 6, 1],
      ['{"event":1}"text"', 400, 6, 1],
      ['[{"event":1},{"event":2}]', 200, 0, 2],
    ];
    for (const [body, status, code, taken] of CASES) {
      it(`answers ${status} to ${JSON.stringify(body)}, and takes ${taken}`, async () => {
        await start({ rules: 'in_splunk' });
        const said = await post(splunk, body);
        assert.deepEqual([said.status, said.code, splunk.events().length], [status, code, taken]);
        assert.equal(said.json['invalid-event-number'], undefined);
      });
    }

    it('compares tokens without regard to capitals, and takes no other scheme', async () => {
      await start({ rules: 'in_splunk' });
      const capitals = { authorization: `Splunk ${splunk.token.toUpperCase()}` };
      assert.equal((await post(splunk, '{"event":1}', { headers: capitals })).code, 0);
      assert.equal((await post(splunk, '{"event":1}', { headers: { authorization: '' } })).code, 2);
      const basic = { authorization: `Basic ${Buffer.from(`x:${splunk.token}`).toString('base64')}` };
      assert.equal((await post(splunk, '{"event":1}', { headers: basic })).code, 3);
      assert.equal((await post(splunk, '{"event":1}', { headers: { authorization: 'Splunk x' } })).code, 4);
    });

    it('has no acknowledgement and takes an unlabelled text for one record', async () => {
      await start({ rules: 'in_splunk' });
      assert.equal((await post(splunk, '{}', { path: '/services/collector/ack' })).status, 400);
      await post(splunk, 'a line\nanother', { headers: { 'content-type': '' } });
      assert.deepEqual(texts(), ['a line\nanother']);
    });

    it('refuses a large body without a word, and cuts the connection over TLS', async () => {
      const large = Buffer.alloc(4 * 1024 * 1024 + 1, 0x20);
      await start({ rules: 'in_splunk' });
      const said = await post(splunk, large);
      assert.deepEqual([said.status, said.text], [413, '']);
      await splunk.close();
      const { certificatePem, privateKeyPem } = makeAuthority('splunk.example.com');
      await start({ rules: 'in_splunk', tls: { cert: certificatePem, key: privateKeyPem } });
      await assert.rejects(post(splunk, large), { code: 'ECONNRESET' });
    });
  });
});
