import assert from 'node:assert/strict';
import { createHash, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { gzipSync } from 'node:zlib';
import { DEFAULT_ATTESTATION_LIMITS } from '../../../src/attestation/attestation-limits.ts';
import { parseAttestation } from '../../../src/attestation/parse-attestation.ts';
import { visibleText } from '../../../src/ocsf/visible-text.ts';
import { WORKSPACE } from '../../api/installation.ts';
import type { BadInput } from './bad-input.ts';
import { type BadInputWorld, isRefused } from './bad-input-world.ts';
import { until } from '../until.ts';
import { sendRaw } from './send-raw.ts';
import { writePastTheParser } from './write-past-the-parser.ts';

const JSON_TYPE = 'application/json';

/** A record with one raw member behind it, for what `JSON.stringify` cannot write. */
function withRaw(world: BadInputWorld, member: string): string {
  return `${world.record().slice(0, -1)},${member}}`;
}

function nested(depth: number): string {
  return '['.repeat(depth) + ']'.repeat(depth);
}

/** Text that some reader further on could take for code, and that must come out as it went in. */
async function inert(world: BadInputWorld, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const record = world.record({ constraints: [{ id: 'c1', name: text, outcome: 'failed', reason: text }] });
    const event = await world.takes(record);
    assert.ok(event.includes(JSON.stringify(text).slice(1, -1)), `${text} is sent as it is`);
  }
}

/** What must not reach a terminal or a log as it is. */
const RAW_CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

async function visible(world: BadInputWorld, texts: readonly string[]): Promise<void> {
  for (const text of texts) {
    const event = await world.takes(world.record({ tool_name: `a.${text}x`, agent: { name: text } }));
    const strings: string[] = [];
    JSON.parse(event, (_key, value: unknown) => {
      if (typeof value === 'string') strings.push(value);
      return value;
    });
    for (const sent of strings) assert.doesNotMatch(sent, RAW_CONTROLS, JSON.stringify(sent));
    assert.ok(strings.includes(visibleText(text)), `${JSON.stringify(text)} is there in visible letters`);
  }
}

/** B001 to B044: what comes in by `POST /v1/attestations`. */
export const INGEST_INPUTS: readonly BadInput[] = [
  {
    id: 'B001',
    input: 'an empty body',
    expected: '400 empty_body',
    run: (world) => world.refuses('', { status: 400, code: 'empty_body' }),
  },
  {
    id: 'B002',
    input: 'no JSON, HTML, XML',
    expected: '400 with the place',
    run: async (world) => {
      for (const body of [
        'hello',
        '<html></html>',
        '<?xml version="1.0"?><a/>',
        "{'a':1}",
        '{"a":1,}',
        'NaN',
      ]) {
        const reply = await world.post(body, JSON_TYPE);
        isRefused(reply, { status: 400, code: 'not_json' });
        assert.match(reply.text, /at (?:position|character|byte) \d+|line \d+/, reply.text);
      }
    },
  },
  {
    id: 'B003',
    input: 'a byte order mark, UTF-16, bytes that are no UTF-8',
    expected: '400',
    run: async (world) => {
      const utf8 = Buffer.from(world.record());
      const bad: readonly Uint8Array[] = [
        Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), utf8]),
        Buffer.from(world.record(), 'utf16le'),
        Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(world.record(), 'utf16le')]),
        Buffer.concat([utf8.subarray(0, -1), Buffer.from(',"x":"\u00e9"}', 'latin1')]),
        Buffer.concat([
          utf8.subarray(0, -1),
          Buffer.from([0x2c, 0x22, 0x78, 0x22, 0x3a, 0x22, 0xc0, 0x80, 0x22, 0x7d]),
        ]),
      ];
      for (const bytes of bad) {
        const reply = await world.post(bytes, JSON_TYPE);
        assert.equal(reply.status, 400, reply.text);
        assert.ok(['invalid_utf8', 'byte_order_mark', 'not_json'].includes(reply.body.code), reply.text);
      }
    },
  },
  {
    id: 'B004',
    input: 'a text that is cut; a client that goes away in the middle',
    expected: '400; nothing stored',
    run: async (world) => {
      await world.refuses(world.record().slice(0, -20), { status: 400, code: 'not_json' });
      const id = randomUUID();
      const text = world.record({ attestation_id: id });
      const socket = connect(Number(new URL(world.service.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      const head = `POST /v1/attestations HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${world.installation.key()}\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n`;
      await new Promise<void>((resolve) => socket.write(`${head}${text.slice(0, -1)}`, () => resolve()));
      socket.destroy();
      await world.neighbour();
      assert.equal((await world.call('GET', `/v1/attestations/${id}`)).status, 404);
    },
  },
  {
    id: 'B005',
    input: 'a body of 100 MB; a length that lies; chunks without end',
    expected: '413 unread, memory flat',
    run: async (world) => {
      const before = process.memoryUsage().rss;
      const announced = await sendRaw(world.service.url, {
        method: 'POST',
        path: '/v1/attestations',
        headers: {
          authorization: `Bearer ${world.installation.key()}`,
          'content-type': JSON_TYPE,
          'content-length': '104857600',
        },
        body: '{',
      });
      isRefused(announced, { status: 413, code: 'body_too_large' });
      await world.refuses(' '.repeat(1024 * 1024 + 1), { status: 413, code: 'body_too_large' });
      assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024, 'memory stays flat');
    },
    alsoShownBy: [
      ['test/api/limits.test.ts', 'an endless chunked body is cut off at the limit'],
      ['test/security/request-edge.security.test.ts', 'a length beyond the limit'],
    ],
  },
  {
    id: 'B006',
    input: 'nesting of 100, 1,000, 100,000 and 5,000,000',
    expected: '422 too_deep within 50 ms of the thread; a longer one by its bytes',
    run: async (world) => {
      for (const depth of [100, 1_000, 100_000]) {
        const text = withRaw(world, `"x":${nested(depth)}`);
        await world.refuses(text, { status: 422, code: 'too_deep' });
        const before = process.threadCpuUsage();
        assert.equal(parseAttestation(text).ok, false);
        const { user, system } = process.threadCpuUsage(before);
        assert.ok(user + system < 50_000, `depth ${depth}: ${user + system} microseconds`);
      }
      await world.refuses(withRaw(world, `"x":${nested(5_000_000)}`), {
        status: 413,
        code: 'body_too_large',
      });
      await world.refuses(withRaw(world, `"x":${nested(400_000)}`), {
        status: 413,
        code: 'record_too_large',
      });
    },
  },
  {
    id: 'B007',
    input: 'very many keys; a key of 1 MB',
    expected: '422 by the named limit',
    run: async (world) => {
      const keys = Array.from({ length: 20_000 }, (_, index) => `"k${index}":1`).join();
      await world.refuses(withRaw(world, keys), { status: 422, code: 'too_many_keys' });
      await world.refuses(withRaw(world, `"${'k'.repeat(200_000)}":1`), {
        status: 422,
        code: 'key_too_long',
      });
      // As many and as long as in the list: by their bytes, before they are looked at.
      const million = Array.from({ length: 1_000_000 }, (_, index) => `"k${index}":1`).join();
      for (const members of [million, `"${'k'.repeat(1_048_576)}":1`])
        await world.refuses(withRaw(world, members), { status: 413, code: 'body_too_large' });
    },
  },
  {
    id: 'B008',
    input: 'too many records; one bad of 500',
    expected: '413; the 499 good ones are stored',
    run: async (world) => {
      await world.refuses(`[${Array(1_001).fill('1').join()}]`, { status: 413, code: 'too_many_items' });
      const million = `[${Array(1_000_000).fill('1').join()}]`;
      await world.refuses(million, { status: 413, code: 'body_too_large' });
      const records = Array.from({ length: 500 }, (_, index) =>
        world.record(index === 250 ? { verdict: 'perhaps' } : {}),
      );
      const before = world.splunk.events().length;
      const reply = await world.post(`[${records.join()}]`, JSON_TYPE);
      assert.equal(reply.status, 207, reply.text.slice(0, 300));
      assert.deepEqual(
        reply.body.results.flatMap(({ status }, index) => (status === 'recorded' ? [] : [index])),
        [250],
      );
      await world.splunk.waitFor(before + 499);
    },
  },
  {
    id: 'B009',
    input: 'a key twice',
    expected: '422 duplicate_key',
    run: async (world) => {
      await world.refuses(withRaw(world, '"verdict":"allow"'), { status: 422, code: 'duplicate_key' });
      await world.refuses(withRaw(world, '"x":{"a":1,"\\u0061":2}'), { status: 422, code: 'duplicate_key' });
    },
  },
  {
    id: 'B010',
    input: 'keys such as __proto__ at any depth',
    expected: 'kept as data; nothing else changes',
    run: async (world) => {
      const keys = [
        '__proto__',
        'constructor',
        'prototype',
        'toString',
        'hasOwnProperty',
        '__defineGetter__',
      ];
      const inner = keys.map((key) => `"${key}":{"polluted":"yes"}`).join();
      const event = await world.takes(withRaw(world, `${inner},"deep":{${inner}}`));
      for (const key of keys)
        assert.ok(event.includes(`"${key}":{"polluted":"yes"}`), `${key} is kept as data`);
      await world.takes(withRaw(world, `"impact":{"severity":"low",${inner}}`));
      assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
      const settings = await world.call(
        'POST',
        '/v1/siem/destinations',
        `{"name":"x","workspace_id":"${WORKSPACE}","type":"splunk_hec","config":{"url":"https://splunk.example.com:8088","__proto__":{"gzip":false}},"credentials":{"token":"${'a'.repeat(36)}"}}`,
      );
      assert.equal(settings.status, 422, settings.text);
    },
  },
  {
    id: 'B011',
    input: 'numbers that JavaScript cannot hold',
    expected: 'exact, or refused in known fields',
    run: async (world) => {
      const event = await world.takes(
        withRaw(world, '"big":9007199254740993,"zero":-0,"far":1e400,"near":1e-400'),
      );
      assert.match(event, /9007199254740993/);
      assert.doesNotMatch(event, /9007199254740992\b/);
      const { unknown } = (JSON.parse(event) as { unmapped: { aegis: { unknown: Record<string, unknown> } } })
        .unmapped.aegis;
      assert.deepEqual(
        ['big', 'zero', 'far', 'near'].map((name) => String(unknown[name])),
        ['9007199254740993', '-0', '1e400', '1e-400'],
        JSON.stringify(unknown),
      );
      await world.refuses(withRaw(world, '"latency_ms":9007199254740993'), {
        status: 422,
        code: 'number_out_of_range',
      });
      await world.refuses(withRaw(world, '"latency_ms":NaN'), { status: 400, code: 'not_json' });
    },
  },
  {
    id: 'B012',
    input: 'U+0000 in a value and in a key',
    expected: '422 in both stores',
    run: async (world) => {
      await world.refuses(withRaw(world, '"x":"a\\u0000b"'), { status: 422, code: 'nul_character' });
      await world.refuses(withRaw(world, '"a\\u0000b":1'), { status: 422, code: 'nul_character' });
    },
  },
  {
    id: 'B013',
    input: 'lone surrogates',
    expected: '422 in both stores',
    run: async (world) => {
      await world.refuses(withRaw(world, '"x":"\\ud800"'), { status: 422, code: 'lone_surrogate' });
      await world.refuses(withRaw(world, '"\\udc00x":1'), { status: 422, code: 'lone_surrogate' });
    },
  },
  {
    id: 'B014',
    input: 'fields of 64 KB and more, with letters of four bytes where they are cut',
    expected: 'cut at a letter, said so; or refused by the limit',
    run: async (world) => {
      const text = '\u{1f600}'.repeat(60_000);
      const event = await world.takes(
        world.record({ constraints: [{ id: 'c', outcome: 'failed', reason: text }] }),
      );
      assert.ok(event.isWellFormed() && !event.includes('\\ud83d"'));
      assert.ok(Buffer.byteLength(event) < 1_000_000);
      const sha256 = createHash('sha256').update(text).digest('hex');
      assert.ok(
        event.includes(`"chars":${text.length},"sha256":"${sha256}"`),
        'its length and hash are told',
      );
      for (const chars of [65_537, 1_000_000])
        await world.refuses(world.record({ constraints: [{ id: 'c', reason: 'x'.repeat(chars) }] }), {
          status: chars > 200_000 ? 413 : 422,
          code: chars > 200_000 ? 'record_too_large' : 'text_too_long',
        });
      await world.refuses(world.record({ constraints: [{ id: 'c', reason: 'x'.repeat(70_000) }] }), {
        status: 422,
        code: 'text_too_long',
      });
    },
    alsoShownBy: [['src/ocsf/cut-to-fit.test.ts', 'lists a text once, with its own length and hash']],
  },
  {
    id: 'B015',
    input: 'ANSI, BEL, backspace, line breaks, U+2028, C1',
    expected: 'sent as visible escapes',
    run: (world) =>
      visible(world, [
        '\u001b[31mred\u001b[0m',
        '\u0007',
        'a\bb',
        'a\r\nb',
        'a\u2028b\u2029',
        '\u009b31m\u0085',
      ]),
  },
  {
    id: 'B016',
    input: 'bidi overrides, zero width, look-alikes, NFC and NFD',
    expected: 'overrides visible; ids are compared byte by byte',
    run: async (world) => {
      await visible(world, ['\u202egnp.exe', '\u2066x\u2069', 'pay\u200bments']);
      await inert(world, ['p\u0430yments', 'e\u0301', '\u00e9']);
    },
  },
  {
    id: 'B017',
    input: 'texts that a spreadsheet takes for a formula',
    expected: 'sent as they are; no CSV is written with them raw',
    run: (world) => inert(world, ["=cmd|' /C calc'!A0", '@SUM(1)', '+1+1', '-2+3']),
  },
  {
    id: 'B018',
    input: 'markup and scripts',
    expected: 'text',
    run: async (world) => {
      await inert(world, [
        '<script>alert(1)</script>',
        '<img src=x onerror=alert(1)>',
        'javascript:alert(1)',
        '[x](javascript:1)',
      ]);
      const reply = await world.call('GET', '/v1/audit');
      assert.match(String(reply.headers['content-type']), /^application\/json/);
    },
    alsoShownBy: [
      ['test/console/journeys.ts', 'event: markup in a record is text everywhere, and none of it runs'],
    ],
  },
  {
    id: 'B019',
    input: 'texts that look like a search',
    expected: 'inert',
    run: (world) => inert(world, ['x" | delete', "' or 1=1 --", '`| rest /services`', 'T | project *']),
  },
  {
    id: 'B020',
    input: 'texts that look like a template',
    expected: 'inert',
    run: (world) => inert(world, ['{{7*7}}', '${7*7}', '%s%n', '{0}', '#{x}', '<%= 1 %>']),
  },
  {
    id: 'B021',
    input: 'times that are none',
    expected: '422; never another time',
    run: async (world) => {
      for (const timestamp of [
        '0001-01-01T00:00:00Z',
        '9999-12-31T23:59:59Z',
        '-2026-01-01T00:00:00Z',
        '2026-11-20T09:15:30+26:00',
        '2026-12-31T23:59:60Z',
        '2026-11-20T09:15:30',
        '2026-11-20',
        '2026-02-30T00:00:00Z',
        '1970-01-01T00:00:00Z',
        '2286-11-20T17:46:40Z',
        '2026-13-01T00:00:00Z',
        '2026-11-20T25:00:00Z',
        '20261120T091530Z',
        '',
      ])
        isRefused(await world.post(world.record({ timestamp }), JSON_TYPE), {
          status: 422,
          code: /^(?:0001|9999|1970|2286)/.test(timestamp) ? 'timestamp_out_of_range' : 'bad_timestamp',
          pointer: '/timestamp',
        });
      for (const timestamp of [1_763_630_130, 1_763_630_130_412, null])
        assert.equal((await world.post(world.record({ timestamp }), JSON_TYPE)).status, 422);
      await world.takes(world.record({ timestamp: '2026-11-20T09:15:30.412345678Z' }));
    },
  },
  {
    id: 'B022',
    input: 'a decision of three days ago; one of the day after tomorrow',
    expected: 'recorded with its own time',
    run: async (world) => {
      for (const days of [-3, 2]) {
        const time = new Date(Date.now() + days * 86_400_000).toISOString();
        const event = await world.takes(world.record({ timestamp: time }));
        assert.ok(event.includes(String(Date.parse(time))), event.slice(0, 300));
      }
    },
    alsoShownBy: [
      [
        'src/connectors/sentinel-logs-ingestion/connector.test.ts',
        'late events keep their true time in EventTime',
      ],
    ],
  },
  {
    id: 'B023',
    input: 'the same id again: with the same bytes, with others',
    expected: '200; 409 and a security event',
    run: async (world) => {
      const id = randomUUID();
      const text = world.record({ attestation_id: id });
      await world.takes(text);
      const again = await world.post(text, JSON_TYPE);
      assert.equal(again.status, 200, again.text);
      const changed = await world.post(world.record({ attestation_id: id, verdict: 'allow' }), JSON_TYPE);
      isRefused(changed, { status: 409, code: 'id_conflict' });
      assert.match(world.installation.logs, /conflict/);
    },
    alsoShownBy: [
      [
        'test/api/attestations.test.ts',
        'a record that comes again with other bytes is refused, logged and audited once',
      ],
    ],
  },
  {
    id: 'B024',
    input: 'one id 10,000 times at once',
    expected: 'one record',
    run: async (world) => {
      const text = world.record();
      const before = world.splunk.events().length;
      // 500 requests with one and 19 with 500 of them, all at once.
      const bodies = Array.from({ length: 519 }, (_, index) =>
        index < 500 ? text : `[${Array<string>(500).fill(text).join()}]`,
      );
      const replies = await Promise.all(bodies.map((body) => world.post(body, JSON_TYPE)));
      assert.deepEqual(
        replies.filter(({ status }) => status !== 200 && status !== 201),
        [],
      );
      const outcomes = replies.flatMap(({ body }) => body.results.map(({ status }) => status));
      assert.equal(outcomes.length, 10_000);
      assert.equal(outcomes.filter((status) => status === 'recorded').length, 1);
      await world.neighbour();
      assert.equal(world.splunk.events().length, before + 2);
    },
  },
  {
    id: 'B025',
    input: 'ids that are empty, of 10 KB, paths, with line breaks',
    expected: '422',
    run: async (world) => {
      for (const id of [
        '',
        'x'.repeat(10_240),
        '../../etc/passwd',
        'a/b',
        'a\nb',
        '\u{1f600}',
        `${randomUUID()}\n`,
      ]) {
        const reply = await world.post(world.record({ attestation_id: id }), JSON_TYPE);
        assert.equal(reply.status, 422, reply.text);
        const path = `/v1/attestations/${encodeURIComponent(id)}`;
        assert.ok([400, 404].includes((await world.call('GET', path)).status), id.slice(0, 20));
      }
    },
  },
  {
    id: 'B026',
    input: 'an unknown word, another version, fields that nobody knows',
    expected: '422; 422; kept in unmapped',
    run: async (world) => {
      await world.refuses(world.record({ verdict: 'maybe' }), { status: 422, code: 'unknown_verdict' });
      await world.refuses(world.record({ schema_version: 2 }), {
        status: 422,
        code: 'unsupported_schema_version',
      });
      assert.match(await world.takes(world.record({ colour: 'green' })), /"unmapped":\{.*"colour":"green"/);
    },
  },
  {
    id: 'B027',
    input: 'a field that is missing, null, or of another type',
    expected: '422 with its pointer',
    run: async (world) => {
      for (const field of ['attestation_id', 'workspace_id', 'timestamp', 'verdict', 'tool_name', 'agent_id'])
        for (const value of [undefined, null, 7, true, {}, []]) {
          const reply = await world.post(world.record({ [field]: value }), JSON_TYPE);
          assert.deepEqual([reply.status, reply.body.pointer], [422, `/${field}`], reply.text);
        }
      const text = await world.post(world.record({ latency_ms: '7' }), JSON_TYPE);
      assert.deepEqual([text.status, text.body.pointer], [422, '/latency_ms'], text.text);
    },
  },
  {
    id: 'B028',
    input: 'a signature that is wrong, or of an algorithm called none',
    expected: 'kept, and never called verified',
    run: async (world) => {
      for (const algorithm of ['ed25519', 'none']) {
        const signature = { version: 'v5', algorithm, key_id: 'k', value: 'AAAA' };
        const event = await world.takes(world.record({ signature }));
        assert.doesNotMatch(event, /"(?:signature_)?verified":true|"verification":"verified"/);
      }
    },
    alsoShownBy: [['test/api/decision-signature.test.ts', 'the signature of a decision over REST']],
  },
  {
    id: 'B029',
    input: 'the workspace of another tenant',
    expected: '403; nothing stored',
    run: async (world) => {
      const made = await world.call('POST', '/v1/api-keys', {
        name: 'bound',
        workspace_id: 'ws-other',
        scopes: ['attestations:write'],
      });
      const text = world.record();
      const reply = await sendRaw(world.service.url, {
        method: 'POST',
        path: '/v1/attestations',
        headers: { authorization: `Bearer ${made.body.key}`, 'content-type': JSON_TYPE },
        body: text,
      });
      isRefused(reply, { status: 403, code: 'workspace_forbidden' });
      const id = (JSON.parse(text) as { attestation_id: string }).attestation_id;
      assert.equal((await world.call('GET', `/v1/attestations/${id}`)).status, 404);
    },
  },
  {
    id: 'B030',
    input: 'records of a chain that do not fit each other',
    expected: 'recorded as received',
    run: async (world) => {
      for (const sequence of [7, 7, 3])
        await world.takes(world.record({ sequence, previous_hash: 'f'.repeat(64) }));
    },
  },
  {
    id: 'B031',
    input: 'a record whose event would be too large',
    expected: 'cut by rule and said so, whole by its hash; never an endless 413',
    run: async (world) => {
      // One byte in the record, seven in the event: uncut it would have 5 MB.
      const reason = '\u007f'.repeat(60_000);
      const constraints = ['a', 'b', 'c', 'd'].map((id) => ({ id, outcome: 'failed', reason }));
      const event = await world.takes(world.record({ constraints }));
      assert.ok(Buffer.byteLength(event) < 1_000_000, `${Buffer.byteLength(event)} bytes`);
      const { aegis } = (JSON.parse(event) as { unmapped: { aegis: { truncated: readonly object[] } } })
        .unmapped;
      const cut = { chars: reason.length, sha256: createHash('sha256').update(reason).digest('hex') };
      const paths = constraints.map((_, index) => `finding.supporting_data.constraints[${index}].reason`);
      for (const path of paths)
        assert.ok(
          aegis.truncated.some((one) => isDeepStrictEqual(one, { path, ...cut })),
          JSON.stringify(aegis.truncated),
        );
      assert.equal(world.splunk.requests().filter(({ status }) => status === 413).length, 0);
      // What is larger still is no record.
      const larger = world.record({ x: 'x'.repeat(DEFAULT_ATTESTATION_LIMITS.maxRecordBytes) });
      await world.refuses(larger, { status: 413, code: 'record_too_large' });
    },
    alsoShownBy: [
      ['src/ocsf/cut-to-fit.test.ts', 'gives a valid event within 32 KB and 64 KB'],
      ['test/e2e/sinks/splunk-misbehaviours.ts', 'body limit 600 kB'],
    ],
  },
  {
    id: 'B032',
    input: 'an event that cannot be rendered',
    expected: 'that one goes dead; the others flow',
    run: async (world) => {
      // Written past the parser, as by somebody with SQL.
      const id = await writePastTheParser(world);
      const before = world.splunk.events().length;
      await world.neighbour();
      await world.neighbour();
      const dead = await until(
        () => world.call('GET', `/v1/siem/dead-letters?destination=${world.destinationId}&status=dead`),
        ({ body }) => body.items.some((item) => item.attestation_id === id),
      );
      const letter = dead.body.items.find((item) => item.attestation_id === id);
      assert.ok(letter !== undefined);
      assert.equal(letter.code, 'wrong_type', 'why it cannot be rendered');
      // Its place in the stream is told to the SIEM, and all after it flows.
      const place = await until(
        () =>
          world.splunk
            .events()
            .slice(before)
            .map(({ eventText }) => eventText),
        (texts) => texts.some((text) => text.includes('"unrenderable"')),
      );
      assert.ok(place.length >= 3, 'two neighbours and a tombstone');
      const skipped = await world.call('POST', '/v1/siem/dead-letters/skip', {
        ids: [letter.dead_letter_id],
        reason: 'test',
      });
      assert.equal(skipped.status, 200, skipped.text);
    },
    alsoShownBy: [
      [
        'src/ocsf/render-record.test.ts',
        'says why a record that was written past the parser cannot be an event',
      ],
    ],
  },
  {
    id: 'B033',
    input: 'a redaction rule that takes a required attribute away',
    expected: 'events stay valid, or the rule is refused',
    alsoShownBy: [
      ['test/api/redaction.test.ts', 'refuses ${what}, and says where'],
      ['src/ocsf/redaction/redactor.test.ts', 'keeps every class at every version valid under any rules'],
    ],
  },
  {
    id: 'B034',
    input: 'a filter like (a+)+$ on a long text',
    expected: 'no regular expression; bounded',
    run: async (world) => {
      const url = world.splunk.url;
      const made = await world.create({ url }, { filter: { tools: ['(a+)+$', `${'a*'.repeat(50)}b`] } });
      const startedMs = performance.now();
      if (made.status === 201) {
        await world.takes(world.record({ tool_name: `${'a'.repeat(200)}.c` }));
        await world.call('POST', `/v1/siem/destinations/${made.body.destination_id}/pause`);
      } else assert.equal(made.status, 422, made.text);
      assert.ok(performance.now() - startedMs < 5_000);
    },
    alsoShownBy: [['src/ocsf/event-filter.test.ts', 'takes no longer than text times pattern']],
  },
  {
    id: 'B035',
    input: 'a compressed body, a bomb',
    expected: '415 unread',
    run: async (world) => {
      for (const encoding of ['gzip', 'br', 'deflate', 'gzip, gzip']) {
        const reply = await sendRaw(world.service.url, {
          method: 'POST',
          path: '/v1/attestations',
          headers: {
            authorization: `Bearer ${world.installation.key()}`,
            'content-type': JSON_TYPE,
            'content-encoding': encoding,
          },
          body: gzipSync(Buffer.alloc(16 * 1024 * 1024)),
        });
        isRefused(reply, { status: 415, code: 'unsupported_media_type' });
      }
    },
  },
  {
    id: 'B036',
    input: 'a Content-Type that is absent, wrong, or of another charset',
    expected: '415',
    run: async (world) => {
      for (const type of [
        undefined,
        'text/plain',
        'application/xml',
        'application/json; charset=utf-7',
        'application/jsonx',
        'multipart/form-data',
      ])
        isRefused(await world.post(world.record(), type), { status: 415, code: 'unsupported_media_type' });
    },
  },
  {
    id: 'B037',
    input: 'a client that sends a byte at a time',
    expected: '408; others are served',
    alsoShownBy: [
      ['test/security/request-edge.security.test.ts', 'cuts off a client that sends a byte at a time'],
    ],
  },
  {
    id: 'B038',
    input: 'two lengths, lengths and chunks, folded headers, line feeds alone, headers of 1 MB',
    expected: '400 or 431, once, and the connection ends',
    alsoShownBy: [['test/security/request-edge.security.test.ts', 'a length and chunks (CL.TE)']],
  },
  {
    id: 'B039',
    input: 'other methods; odd paths',
    expected: '401 or 404; no way around the key',
    run: async (world) => {
      for (const path of [
        '//v1/audit',
        '/v1//audit',
        '/v1/%2e%2e/v1/audit',
        '/v1/audit;a=b',
        '/v1/audit%00',
        '/V1/AUDIT',
        '/v1/audit/',
        '/./v1/audit',
        '/docs/../v1/audit',
        '/docs/%2e%2e/v1/audit',
      ])
        for (const method of ['GET', 'PUT', 'OPTIONS', 'HEAD', 'TRACE']) {
          const reply = await sendRaw(world.service.url, { method, path, headers: {} });
          assert.ok([400, 401, 404, 405].includes(reply.status), `${method} ${path}: ${reply.status}`);
        }
      for (const method of ['PUT', 'PATCH', 'DELETE', 'GET'])
        assert.equal((await world.call(method, '/v1/attestations')).status, 404, method);
    },
  },
  {
    id: 'B040',
    input: 'a parameter twice, or as a list',
    expected: '400',
    run: async (world) => {
      for (const query of ['limit=1&limit=2', 'limit[]=1', 'limit[a]=1', 'unknown=1'])
        isRefused(await world.call('GET', `/v1/audit?${query}`), { status: 400, code: 'bad_parameter' });
    },
  },
  {
    id: 'B041',
    input: 'a cursor or limit that was changed',
    expected: '400',
    run: async (world) => {
      for (const query of [
        'limit=-1',
        'limit=0',
        'limit=1e9',
        'limit=abc',
        'cursor=abc',
        `cursor=${'a'.repeat(5_000)}`,
        'cursor=%00',
        'cursor=eyJhIjoxfQ',
      ])
        assert.equal((await world.call('GET', `/v1/audit?${query}`)).status, 400, query);
    },
    alsoShownBy: [['test/api/isolation.test.ts', 'lists nothing of another workspace']],
  },
  {
    id: 'B042',
    input: 'a clock that goes back',
    expected: 'the order is by number, not by time',
    run: async (world) => {
      const late = await world.takes(world.record({ timestamp: '2026-11-20T10:00:00Z' }));
      const early = await world.takes(world.record({ timestamp: '2026-11-20T09:00:00Z' }));
      assert.ok(seqOf(early) > seqOf(late));
    },
    alsoShownBy: [
      ['test/simulator/fault-class.ts', 'wall_clock_back'],
      ['test/store-contract/replay-section.ts', 'a clock that is set back does not stop them'],
    ],
  },
  {
    id: 'B043',
    input: 'a full disk, a locked or lost database',
    expected: '503 with Retry-After; nothing acknowledged is lost',
    alsoShownBy: [
      ['test/api/service.test.ts', 'with the disk full but for its reserve'],
      ['src/store/sqlite/sqlite-faults.test.ts', 'SQLite that cannot write at all'],
      [
        'src/store/postgres/postgres-faults.test.ts',
        'waits no longer than its bound when another session keeps',
      ],
    ],
  },
  {
    id: 'B044',
    input: 'a process killed between commit and answer',
    expected: 'the client sends again, and nothing is doubled',
    alsoShownBy: [['test/e2e/kill.long.test.ts', 'kill -9 in the middle of']],
  },
];

function seqOf(event: string): number {
  return (JSON.parse(event) as { unmapped: { aegis: { stream: { seq: number } } } }).unmapped.aegis.stream
    .seq;
}
