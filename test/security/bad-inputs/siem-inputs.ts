import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { until } from '../until.ts';
import type { BadInput } from './bad-input.ts';
import type { BadInputWorld } from './bad-input-world.ts';

type Reply = string | Uint8Array | ((socket: Socket) => void);

const SUCCESS = '{"text":"Success","code":0}';
/** Never the state of a delivery that a bad answer brought about: neither taken for delivered, nor given up. */
const STILL_THERE: ReadonlySet<string> = new Set(['pending', 'in_flight']);

function reply(status: string, body: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

function hec(code: unknown, status = '200 OK'): string {
  return reply(status, JSON.stringify({ text: 'x', code }));
}

interface Behaviour {
  readonly answer: Reply;
  /** The connection ends after the answer. */
  readonly thenEnd?: boolean;
  readonly verdict: string | RegExp;
}

/**
 * A destination that answers so: what the connection test says of it, and that its event is neither counted as delivered nor
 * given up (unless the verdict is a success). Answers the destination's id and its secret.
 */
async function behaves(world: BadInputWorld, { answer, thenEnd, verdict }: Behaviour): Promise<string> {
  const port = await world.servers.http((request, response) => {
    request.resume();
    request.on('end', () => {
      const { socket } = response;
      if (socket === null) return;
      socket.on('error', () => undefined);
      if (typeof answer === 'function') answer(socket);
      else socket.write(answer);
      if (thenEnd === true) socket.end();
    });
  });
  return judge(world, `http://127.0.0.1:${port}`, verdict);
}

async function judge(world: BadInputWorld, url: string, verdict: string | RegExp): Promise<string> {
  const made = await world.create({ url }, { credentials: { token: `token-${randomUUID()}` } });
  assert.equal(made.status, 201, made.text);
  const id = made.body.destination_id;
  const at = `/v1/siem/destinations/${id}`;
  const tested = await world.call('POST', `${at}/test`, {});
  if (typeof verdict === 'string') assert.equal(tested.body.verdict, verdict, tested.text);
  else assert.match(tested.body.verdict, verdict, tested.text);
  const text = world.record();
  await world.takes(text);
  const attestationId = (JSON.parse(text) as { attestation_id: string }).attestation_id;
  const wanted = verdict === 'delivered' ? new Set(['delivered']) : STILL_THERE;
  await until(
    async () => (await world.call('GET', `/v1/attestations/${attestationId}`)).body.deliveries,
    (deliveries) => wanted.has(deliveries.find((row) => row.destination_id === id)?.status ?? ''),
  );
  assert.equal((await world.call('POST', `${at}/pause`)).status, 200);
  return id;
}

async function each(
  world: BadInputWorld,
  verdict: Behaviour['verdict'],
  answers: readonly Reply[],
): Promise<void> {
  for (const answer of answers) await behaves(world, { answer, verdict });
}

function endless(head: string, piece: string): (socket: Socket) => void {
  return (socket) => {
    const pour = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on('drain', pour);
    socket.write(head);
    pour();
  };
}

/** B070 to B106: what a SIEM, or what stands before it, may answer. */
export const SIEM_INPUTS: readonly BadInput[] = [
  {
    id: 'B070',
    input: 'DNS without an answer, late, or failing',
    expected: 'passes by itself; asked anew',
    alsoShownBy: [
      ['src/egress/create-egress.test.ts', 'names what failed before anything was sent'],
      [
        'src/egress/egress-connections.test.ts',
        'dials nothing once the exchange has ended, when a name is answered late',
      ],
    ],
  },
  {
    id: 'B071',
    input: 'refused, reset at once, in the request, in the reply',
    expected: 'transient before the request is out, ambiguous after',
    run: async (world) => {
      await judge(world, 'http://127.0.0.1:1025', 'transient');
      await behaves(world, { answer: (socket) => void socket.resetAndDestroy(), verdict: 'ambiguous' });
      await behaves(world, { answer: 'HTTP/1.1 200 OK\r\nconte', thenEnd: true, verdict: 'ambiguous' });
      await behaves(world, { answer: '', thenEnd: true, verdict: 'ambiguous' });
    },
  },
  {
    id: 'B072',
    input: 'a path that swallows everything',
    expected: 'our deadline, not the system’s',
    alsoShownBy: [['test/e2e/fault-matrix.slow.test.ts', 'loses nothing through ${one.name}']],
  },
  {
    id: 'B073',
    input: 'certificates that are wrong',
    expected: 'held, each in its own words',
    alsoShownBy: [['test/security/certificates.security.test.ts', 'nothing is sent and nothing is lost']],
  },
  {
    id: 'B074',
    input: 'a certificate or authority that is replaced',
    expected: 'no connection of the old identity is used',
    alsoShownBy: [['src/egress/egress-tls.test.ts', 'lends no connection of one TLS identity to another']],
  },
  {
    id: 'B075',
    input: 'a byte at a time, for ever',
    expected: 'one deadline over the whole exchange',
    alsoShownBy: [
      ['src/egress/create-egress.test.ts', 'ends an exchange at its deadline even while bytes drip'],
      ['src/egress/egress-connections.test.ts', 'in headers that never end'],
    ],
  },
  {
    id: 'B076',
    input: 'headers without end, 3,000 of them, one of 1 MB',
    expected: 'cut off; ambiguous',
    run: (world) =>
      each(world, 'ambiguous', [
        endless('HTTP/1.1 200 OK\r\n', `x-a: ${'b'.repeat(1_000)}\r\n`),
        `HTTP/1.1 200 OK\r\n${'x-a: bbbbbbbbbbbb\r\n'.repeat(3_000)}content-length: 0\r\n\r\n`,
        `HTTP/1.1 200 OK\r\nx-a: ${'b'.repeat(1_000_000)}\r\ncontent-length: 0\r\n\r\n`,
      ]),
  },
  {
    id: 'B077',
    input: 'a body without end',
    expected: 'cut at the cap; judged by its status',
    run: async (world) => {
      const piece = `400\r\n${' '.repeat(0x400)}\r\n`;
      await each(world, 'ambiguous', [
        endless('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n', piece),
      ]);
      await each(world, 'transient', [
        endless('HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n', piece),
      ]);
    },
  },
  {
    id: 'B078',
    input: 'a compressed bomb, encodings upon encodings',
    expected: 'never inflated',
    run: async (world) => {
      const bomb = gzipSync(Buffer.alloc(8 * 1024 * 1024));
      const before = process.memoryUsage().rss;
      for (const encoding of ['gzip', 'br', Array(200).fill('gzip').join(', ')]) {
        const head = `HTTP/1.1 200 OK\r\ncontent-encoding: ${encoding}\r\ncontent-length: ${bomb.length}\r\n\r\n`;
        await behaves(world, { answer: Buffer.concat([Buffer.from(head), bomb]), verdict: /^(?!delivered)/ });
      }
      assert.ok(process.memoryUsage().rss - before < 64 * 1024 * 1024, 'memory stays flat');
    },
  },
  {
    id: 'B079',
    input: 'lengths that lie, a length and chunks, a bad chunk',
    expected: 'ambiguous without the whole word of the collector; the connection is not used again',
    run: async (world) => {
      for (const answer of [
        `HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n${SUCCESS.slice(0, -1)}`,
        `HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 27\r\n\r\n${SUCCESS}`,
        `HTTP/1.1 200 OK\r\ncontent-length: 27\r\ntransfer-encoding: chunked\r\n\r\n1b\r\n${SUCCESS}\r\n0\r\n\r\n`,
        `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n${SUCCESS}\r\n`,
      ])
        await behaves(world, { answer, thenEnd: true, verdict: 'ambiguous' });
    },
    alsoShownBy: [
      [
        'src/egress/egress-connections.test.ts',
        'refuses an answer with two lengths, a bad chunk or HTTP/0.9',
      ],
    ],
  },
  {
    id: 'B080',
    input: 'no status line, HTTP/0.9, HTTP/2, 1xx without end, two replies to one request',
    expected: 'ambiguous; an answer that nobody asked for is given to nobody',
    run: async (world) => {
      for (const answer of [
        'hello\r\n\r\n',
        SUCCESS,
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        'HTTP/9.9 200 OK\r\n\r\n',
      ])
        await behaves(world, { answer, thenEnd: true, verdict: 'ambiguous' });
    },
    alsoShownBy: [
      ['src/egress/egress-connections.test.ts', 'gives an answer that nobody asked for to no later request'],
      ['src/egress/egress-connections.test.ts', 'ends at the deadline in a flood of preliminary answers'],
    ],
  },
  {
    id: 'B081',
    input: '200 with a page to sign in',
    expected: 'held: not the collector',
    run: (world) =>
      each(world, 'not_a_collector', [
        reply('200 OK', '<!doctype html><html><body>Sign in</body></html>', 'content-type: text/html\r\n'),
        reply('200 OK', 'Please accept the terms of this network'),
      ]),
  },
  {
    id: 'B082',
    input: '200 with a code of refusal, or one that nobody knows',
    expected: 'by the table; unknown is never a success',
    run: async (world) => {
      await each(world, 'invalid_token', [hec(4)]);
      await each(world, 'poison', [hec(7)]);
      await each(world, 'throttled', [hec(9)]);
      await each(world, 'channel_missing', [hec(10)]);
      await each(world, /^(?!delivered)/, [hec(999), hec(-1), hec(0.5)]);
    },
  },
  {
    id: 'B083',
    input: '200 with nothing, null, a list, the code as text',
    expected: 'never a success',
    run: async (world) => {
      await each(world, /^(?!delivered)/, [
        reply('200 OK', ''),
        reply('200 OK', 'null'),
        reply('200 OK', '[]'),
        reply('200 OK', '[{"code":0}]'),
        reply('200 OK', '{}'),
        reply('204 No Content', ''),
        hec('0'),
      ]);
    },
  },
  {
    id: 'B084',
    input: 'a success of a wrong content type',
    expected: 'delivered',
    run: (world) => each(world, 'delivered', [reply('200 OK', SUCCESS, 'content-type: image/png\r\n')]),
  },
  {
    id: 'B085',
    input: '201, 202, 206, 299',
    expected: 'no success of the collector',
    run: (world) =>
      each(
        world,
        /^(?!delivered)/,
        ['201 Created', '202 Accepted', '206 Partial', '299 Odd'].map((status) => reply(status, SUCCESS)),
      ),
  },
  {
    id: 'B086',
    input: 'redirects to the same host, another, the metadata address, without end, of 8 KB',
    expected: 'never followed',
    run: async (world) => {
      let followed = 0;
      const other = await world.servers.http((_request, response) => {
        followed += 1;
        response.end(SUCCESS);
      });
      for (const status of [301, 302, 303, 307, 308])
        for (const location of [
          '/services/collector/event',
          `http://127.0.0.1:${other}/`,
          'http://169.254.169.254/',
          '',
          `http://x/${'a'.repeat(8_000)}`,
        ]) {
          if (status !== 307 && location !== `http://127.0.0.1:${other}/`) continue;
          await behaves(world, {
            answer: reply(`${status} Elsewhere`, '', `location: ${location}\r\n`),
            verdict: /^(?!delivered|transient)/,
          });
        }
      assert.equal(followed, 0);
    },
  },
  {
    id: 'B087',
    input: '400 for one event of many',
    expected: 'that one goes dead, the others arrive',
    run: (world) =>
      each(
        world,
        'poison',
        [6, 12, 13, 15].map((code) => hec(code, '400 Bad Request')),
      ),
    alsoShownBy: [
      ['test/e2e/sinks/splunk-misbehaviours.ts', 'some bad format, no number'],
      ['test/e2e/sinks/splunk-misbehaviours.ts', 'partial acceptance with invalid-event-number'],
    ],
  },
  {
    id: 'B088',
    input: '400 for index, channel, acknowledgement',
    expected: 'held with the setting to change',
    run: async (world) => {
      await each(world, 'channel_missing', [hec(10, '400 Bad Request')]);
      await each(world, 'channel_invalid', [hec(11, '400 Bad Request')]);
      await each(world, 'acknowledgement_disabled', [hec(14, '400 Bad Request')]);
    },
  },
  {
    id: 'B089',
    input: '401 and 403',
    expected: 'held; no event is charged',
    run: async (world) => {
      await each(world, 'token_disabled', [hec(1, '403 Forbidden')]);
      await each(world, 'invalid_token', [hec(4, '403 Forbidden')]);
      await each(world, 'invalid_authorization', [hec(3, '401 Unauthorized')]);
    },
    alsoShownBy: [
      [
        'src/connectors/sentinel-logs-ingestion/connector.test.ts',
        'a second 401 in a row holds the destination',
      ],
    ],
  },
  {
    id: 'B090',
    input: '404, 405, 415, 501',
    expected: 'held, or tried again; nothing lost',
    run: (world) =>
      each(
        world,
        /^(?!delivered|poison)/,
        ['404 Not Found', '405 Not Allowed', '415 Unsupported', '501 Not Implemented'].map((status) =>
          reply(status, ''),
        ),
      ),
  },
  {
    id: 'B091',
    input: '408, 425, 429 with every Retry-After',
    expected: 'throttled, bounded',
    run: async (world) => {
      for (const wait of [
        '0',
        '5',
        '-1',
        '1000000000',
        'soon',
        'Thu, 01 Jan 1970 00:00:00 GMT',
        'Fri, 31 Dec 2199 23:59:59 GMT',
        '5\r\nretry-after: 7',
        '1.5',
      ])
        await behaves(world, {
          answer: reply('429 Too Many', '', `retry-after: ${wait}\r\n`),
          verdict: 'throttled',
        });
      await each(world, /^(?:throttled|transient)$/, [
        reply('408 Timeout', ''),
        reply('425 Too Early', ''),
        reply('429 Too Many', ''),
      ]);
    },
    alsoShownBy: [['src/delivery/backoff.test.ts', 'a remote that says when to come back is obeyed']],
  },
  {
    id: 'B092',
    input: '410',
    expected: 'held; rows stay',
    run: (world) => each(world, /^(?!delivered|transient|poison)/, [reply('410 Gone', '')]),
  },
  {
    id: 'B093',
    input: '413 for one event, for many',
    expected: 'halved; one alone is cut or goes dead',
    run: (world) => each(world, 'too_big', [reply('413 Too Large', '')]),
    alsoShownBy: [['test/e2e/sinks/splunk-misbehaviours.ts', 'body limit 600 kB']],
  },
  {
    id: 'B094',
    input: '500, 502, 503, 504, 520 to 527',
    expected: 'tried again, with pauses',
    run: (world) =>
      each(
        world,
        'transient',
        [500, 502, 504, 520, 521, 522, 523, 524, 525, 526, 527].map((status) => reply(`${status} Oops`, '')),
      ),
  },
  {
    id: 'B095',
    input: 'busy for weeks',
    expected: 'nothing goes dead',
    run: (world) => each(world, 'throttled', [hec(9, '503 Busy')]),
    alsoShownBy: [['test/simulator/outage.slow.test.ts', 'refuses its token']],
  },
  {
    id: 'B096',
    input: 'acknowledgements that never come',
    expected: 'sent again, bounded, and said',
    alsoShownBy: [['test/e2e/sinks/splunk-misbehaviours.ts', 'acknowledgements that never come, then do']],
  },
  {
    id: 'B097',
    input: 'an answer after our deadline',
    expected: 'ignored; doubles are counted',
    alsoShownBy: [['test/e2e/sinks/splunk-misbehaviours.ts', 'lost replies']],
  },
  {
    id: 'B098',
    input: 'slow, and steady',
    expected: 'others are not delayed',
    alsoShownBy: [['test/e2e/sinks/splunk-misbehaviours.ts', 'stalls']],
  },
  {
    id: 'B099',
    input: 'a limit by rate at one destination',
    expected: 'the other has no part in it',
    run: (world) => each(world, 'throttled', [reply('429 Too Many', '', 'retry-after: 3600\r\n')]),
  },
  {
    id: 'B100',
    input: 'a sign-in service that fails in every way',
    expected: 'bounded; one flight',
    alsoShownBy: [
      [
        'src/connectors/entra/token-reply.test.ts',
        'every status has an outcome, and only 200 brings a token',
      ],
      ['src/connectors/entra/entra-tokens.test.ts', 'however many batches wait, one request is made'],
    ],
  },
  {
    id: 'B101',
    input: 'a token that ends, a secret that is changed, in the middle',
    expected: 'tried once more with the new one',
    alsoShownBy: [
      [
        'src/connectors/sentinel-logs-ingestion/connector.test.ts',
        'a revoked token costs one refused request, and the batch arrives',
      ],
      [
        'src/connectors/sentinel-logs-ingestion/connector.test.ts',
        'a rotated secret is used at the next send',
      ],
    ],
  },
  {
    id: 'B102',
    input: 'a rule whose columns were changed',
    expected: 'rows with nothing dropped, or refused; the limit is documented',
    alsoShownBy: [
      [
        'src/connectors/sentinel-logs-ingestion/connector.test.ts',
        'events arrive as rows with nothing dropped, cut or of a wrong type',
      ],
    ],
  },
  {
    id: 'B103',
    input: 'a reply that repeats our headers',
    expected: 'the token is in no answer, log or attempt',
    run: async (world) => {
      const token = `echoed-${randomUUID()}`;
      const port = await world.servers.http((request, response) => {
        response
          .writeHead(400)
          .end(JSON.stringify({ text: `You sent ${request.headers.authorization}`, code: 6 }));
      });
      const made = await world.create({ url: `http://127.0.0.1:${port}` }, { credentials: { token } });
      const at = `/v1/siem/destinations/${made.body.destination_id}`;
      const tested = await world.call('POST', `${at}/test`, {});
      await world.neighbour();
      const attempts = await until(
        () => world.call('GET', `${at}/attempts`),
        ({ body }) => body.items.length > 0,
      );
      const health = await world.call('GET', `${at}/health`);
      for (const text of [tested.text, attempts.text, health.text, world.installation.logs])
        assert.ok(!text.includes(token), 'the token is repeated');
      await world.call('POST', `${at}/pause`);
    },
  },
  {
    id: 'B104',
    input: 'a reply of escapes, scripts, NUL and broken UTF-8',
    expected: 'shown as visible text',
    run: async (world) => {
      const body = Buffer.concat([
        Buffer.from('{"text":"\u001b[31mred\\u0000\\u001b[0m<script>\u202e'),
        Buffer.from([0xff, 0xfe, 0xc0]),
        Buffer.from('","code":8}'),
      ]);
      const head = `HTTP/1.1 500 \u001b[31mOops\r\ncontent-length: ${body.length}\r\n\r\n`;
      const id = await behaves(world, {
        answer: Buffer.concat([Buffer.from(head), body]),
        verdict: /^(?:transient|ambiguous)$/,
      });
      const attempts = await world.call('GET', `/v1/siem/destinations/${id}/attempts`);
      const strings: string[] = [];
      JSON.parse(attempts.text, (_key, value: unknown) => {
        if (typeof value === 'string') strings.push(value);
        return value;
      });
      for (const text of strings)
        assert.doesNotMatch(text, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/, JSON.stringify(text));
    },
  },
  {
    id: 'B105',
    input: 'a kept connection that ends as we write',
    expected: 'sent again where nothing can have arrived',
    alsoShownBy: [
      [
        'src/egress/create-egress.test.ts',
        'sends again over a new connection when a kept one breaks before the request is out',
      ],
      ['src/egress/create-egress.test.ts', 'leaves it to the caller to repeat a request that was out'],
    ],
  },
  {
    id: 'B106',
    input: 'a Date that is hours off',
    expected: 'named; no timer follows it',
    run: (world) =>
      each(world, 'delivered', [reply('200 OK', SUCCESS, 'date: Thu, 01 Jan 1970 00:00:00 GMT\r\n')]),
    alsoShownBy: [
      [
        'src/connectors/sentinel-data-collector/connector.test.ts',
        'a clock that is off is named with how far',
      ],
    ],
  },
];
