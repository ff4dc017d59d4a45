/** Answers that no SIEM gives, and what stands before one may: each connector has an outcome for every one of them. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { OutcomeKind } from '../../src/connectors/outcome.ts';
import { createAddressPolicy } from '../../src/egress/address-policy.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { Egress } from '../../src/egress/egress.ts';
import { type FakeAzure, startFakeAzure } from '../fake-azure/fake-azure.ts';
import { LoopbackServers } from '../fake-splunk/loopback-servers.ts';
import { sendByEach } from './three-connectors.ts';

const PAGE = '<!doctype html><html><body>Sign in</body></html>';
/** What never comes to its end is waited for as long as this. */
const DEADLINE_MS = 400;

type Kinds = readonly [splunk: OutcomeKind, logsIngestion: OutcomeKind, dataCollector: OutcomeKind];

interface OddAnswer {
  readonly name: string;
  /** Written as it is once the request is in. */
  readonly raw: string | ((socket: Socket) => void);
  /** The connection is ended after it. */
  readonly thenEnd?: boolean;
  readonly kinds: Kinds;
  /** Code of the answer that is kept, where it says more than the kind. */
  readonly code?: string;
}

function all(kind: OutcomeKind): Kinds {
  return [kind, kind, kind];
}

function reply(status: string, body: string, headers = ''): string {
  return `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n${body}`;
}

function endless(head: string): (socket: Socket) => void {
  return (socket) => {
    const chunk = `400\r\n${' '.repeat(0x400)}\r\n`;
    const pour = (): void => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pour);
    socket.write(`${head}\r\ntransfer-encoding: chunked\r\n\r\n`);
    pour();
  };
}

const ODD_ANSWERS: readonly OddAnswer[] = [
  { name: 'a page with 200', raw: reply('200 OK', PAGE), kinds: all('configuration') },
  {
    name: 'a page that begins with blanks',
    raw: reply('200 OK', `\r\n\t ${PAGE}`),
    kinds: all('configuration'),
  },
  {
    name: 'plain words with 200',
    raw: reply('200 OK', 'Please sign in to use this network'),
    kinds: all('configuration'),
  },
  { name: '200 with nothing', raw: reply('200 OK', ''), kinds: ['configuration', 'delivered', 'delivered'] },
  {
    name: '204',
    raw: 'HTTP/1.1 204 No Content\r\n\r\n',
    kinds: ['configuration', 'delivered', 'configuration'],
  },
  { name: '205', raw: reply('205 Reset Content', ''), kinds: all('configuration') },
  {
    name: '200 that is cut off',
    raw: 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"text":"Succ',
    thenEnd: true,
    kinds: all('ambiguous'),
  },
  {
    name: '500 that is cut off',
    raw: 'HTTP/1.1 500 Oops\r\ncontent-length: 500\r\n\r\n{"te',
    thenEnd: true,
    kinds: all('transient'),
  },
  { name: 'a head that is cut off', raw: 'HTTP/1.1 200 OK\r\nconte', thenEnd: true, kinds: all('ambiguous') },
  { name: 'nothing, and the end', raw: '', thenEnd: true, kinds: all('ambiguous') },
  { name: '200 without end', raw: endless('HTTP/1.1 200 OK'), kinds: all('ambiguous') },
  { name: '503 without end', raw: endless('HTTP/1.1 503 Busy'), kinds: all('transient') },
  {
    name: 'a head without end',
    raw: `HTTP/1.1 200 OK\r\nx: ${'y'.repeat(100_000)}`,
    kinds: all('ambiguous'),
  },
  {
    name: 'what is no HTTP',
    raw: 'SSH-2.0-OpenSSH_9.2\r\n',
    kinds: all('ambiguous'),
    code: 'not_http',
  },
  {
    name: '100 and 103 before a success',
    raw: `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${reply('200 OK', '{"text":"Success","code":0}')}`,
    kinds: all('delivered'),
  },
  { name: '100 and nothing more', raw: 'HTTP/1.1 100 Continue\r\n\r\n', kinds: all('ambiguous') },
  {
    name: '101, another protocol',
    raw: 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
    kinds: all('ambiguous'),
    code: 'protocol_switched',
  },
  ...[300, 301, 302, 303, 304, 305, 307, 308, 399].map((status): OddAnswer => ({
    name: `${status}`,
    raw: `HTTP/1.1 ${status} Elsewhere\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n`,
    kinds: all('configuration'),
  })),
  {
    name: 'a status that nobody knows',
    raw: reply('799 Odd', ''),
    kinds: all('transient'),
  },
];

describe('an odd answer', () => {
  const servers = new LoopbackServers();
  const real = createEgress({ policy: createAddressPolicy('http+127.0.0.1/32:1024-65535') });
  const hasty: Egress = {
    request: (request) => real.request({ ...request, timeoutMs: DEADLINE_MS }),
    close: () => real.close(),
  };
  let azure: FakeAzure;
  before(async () => {
    azure = await startFakeAzure();
  });
  after(async () => {
    await real.close();
    await azure.close();
    await servers[Symbol.asyncDispose]();
  });

  for (const { name, raw, thenEnd, kinds, code } of ODD_ANSWERS) {
    it(`has an outcome for each connector: ${name} is ${[...new Set(kinds)].join(', ')}`, async () => {
      let requests = 0;
      const port = await servers.http((request, response) => {
        requests += 1;
        request.resume();
        request.on('end', () => {
          const { socket } = response;
          if (socket === null) return;
          if (typeof raw === 'string') socket.write(raw);
          else raw(socket);
          if (thenEnd === true) socket.end();
        });
      });
      const outcomes = await sendByEach({ address: `http://127.0.0.1:${port}`, egress: hasty, azure });
      assert.deepEqual(
        Object.values(outcomes).map(({ kind }) => kind),
        kinds,
      );
      for (const outcome of Object.values(outcomes)) {
        assert.notEqual(outcome.answer.message, '');
        if (code !== undefined) assert.equal(outcome.answer.code, code);
        if (outcome.kind === 'configuration') assert.match(outcome.advice, /\.$/);
      }
      // A redirect is not followed, and nobody sends again by himself what may be in.
      assert.equal(requests, 3);
    });
  }
});
