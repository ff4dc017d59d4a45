/** Notices through the whole service: a real webhook receiver that checks the signature, and a real mail server. */
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { SMTPServer } from 'smtp-server';
import { createOutbound } from '../src/outbound.ts';
import { startNotices } from '../src/service-notices.ts';
import { openStore } from '../src/store/open-store.ts';
import { addSplunk, Installation, record, startErrorOf } from './api/installation.ts';
import { type FakeSplunk, startFakeSplunk } from './fake-splunk/fake-splunk.ts';

interface Post {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

const secret = randomBytes(32);
const posts: Post[] = [];
const mails: string[] = [];
const arrivals = new EventTarget();
let refusals = 0;
const receiver = createServer((request, response) => {
  let body = '';
  request.setEncoding('utf8').on('data', (text: string) => (body += text));
  request.on('end', () => {
    const refused = refusals > 0;
    refusals -= refused ? 1 : 0;
    if (!refused) posts.push({ headers: request.headers, body });
    response.writeHead(refused ? 500 : 204).end();
    arrivals.dispatchEvent(new Event('arrival'));
  });
});
const mailServer = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onData: (stream, _session, done) => {
    let text = '';
    stream.setEncoding('utf8').on('data', (part: string) => (text += part));
    stream.on('end', () => {
      mails.push(text);
      arrivals.dispatchEvent(new Event('arrival'));
      done();
    });
  },
});

const installation = new Installation();
let splunk: FakeSplunk;
before(async () => {
  receiver.listen(0, '127.0.0.1');
  mailServer.listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  if (mailServer.server.address() === null) await once(mailServer.server, 'listening');
  splunk = await startFakeSplunk();
  writeFileSync(installation.file('secret'), `whsec_${secret.toString('base64')}\n`, { mode: 0o600 });
});
after(async () => {
  receiver.closeAllConnections();
  receiver.close();
  await new Promise<void>((resolve) => mailServer.close(() => resolve()));
  await splunk.close();
  installation.remove();
});

async function until(holds: () => boolean): Promise<void> {
  const late = AbortSignal.timeout(20_000);
  while (!holds()) await once(arrivals, 'arrival', { signal: late });
}

function settings() {
  const mailPort = (mailServer.server.address() as AddressInfo).port;
  return installation.settings({
    AEGIS_SIEM_NOTICE_WEBHOOK_URL: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`,
    AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE: installation.file('secret'),
    AEGIS_SIEM_NOTICE_SMTP_URL: `smtp://127.0.0.1:${mailPort}`,
    AEGIS_SIEM_NOTICE_MAIL_FROM: 'aegis@example.com',
    AEGIS_SIEM_NOTICE_MAIL_TO: 'ops@example.com, soc@example.com',
  });
}

test('a destination with dead letters is told of by webhook and mail, signed, once for each degree', async () => {
  const service = await installation.start();
  const id = await addSplunk(service.url, installation.key(), splunk);
  await record(service.url, installation.key(), 1, 1);
  await splunk.waitFor(1);
  const store = await openStore(`sqlite:${installation.file('aegis.db')}`);
  let deadLetters = 3;
  const certificateEnds = new Map([[id, Date.now() + 86_400_000]]);
  const outbound = createOutbound(settings());
  const ending = new AbortController();
  const sent: string[] = [];
  const running = await startNotices(
    {
      settings: settings(),
      store: {
        proof: store.proof,
        notices: store.notices,
        // The store's own answers, with letters that the test makes and takes away.
        admin: Object.assign(Object.create(store.admin) as typeof store.admin, {
          listDestinations: store.admin.listDestinations.bind(store.admin),
          readProgress: async (no: number) => ({ ...(await store.admin.readProgress(no)), deadLetters }),
        }),
      },
      egress: outbound.egress,
      certificateEnds: () => certificateEnds,
      onSent: (channel, result) => sent.push(`${channel} ${result}`),
      logger: pino({ level: 'silent' }),
      nowMs: () => Date.now(),
      lookEveryMs: 20,
      gatherMs: 0,
    },
    ending.signal,
  );
  await until(() => posts.length === 1 && mails.length === 1);
  const [post] = posts;
  const {
    'webhook-id': webhookId,
    'webhook-timestamp': stamp,
    'webhook-signature': signature,
  } = post?.headers ?? {};
  const signed = createHmac('sha256', secret)
    .update(`${String(webhookId)}.${String(stamp)}.${post?.body}`)
    .digest('base64');
  assert.equal(signature, `v1,${signed}`);
  const { data } = JSON.parse(post?.body ?? '') as { data: { notices: { kind: string; what: string }[] } };
  assert.deepEqual(data.notices.map(({ kind }) => kind).toSorted(), ['certificate_ending', 'dead_letters']);
  assert.match(mails[0] ?? '', /^Subject: aegis-siem: 2 new \(splunk\)/m);
  assert.match(mails[0] ?? '', /docs\/operations\/poison-event\.md/);
  assert.ok(!`${post?.body}${mails[0]}`.includes(splunk.token));

  // More of the same is not said again; a further ten is.
  deadLetters = 9;
  await sleep(100);
  assert.equal(posts.length, 1);
  deadLetters = 12;
  await until(() => posts.length === 2);
  ending.abort();
  await Promise.all(running);
  assert.deepEqual([...new Set(sent)].toSorted(), ['mail sent', 'webhook sent']);
  await outbound.close();
  await store.close();
  await service.stop();
});

test('what cannot be signed or addressed stops the start with one line', async () => {
  await assert.rejects(
    installation.start({ AEGIS_SIEM_NOTICE_WEBHOOK_URL: 'https://hooks.example.com/x' }),
    startErrorOf('notices_unusable', /AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE must be set/),
  );
  writeFileSync(installation.file('short'), 'whsec_c2hvcnQ=');
  await assert.rejects(
    installation.start({
      AEGIS_SIEM_NOTICE_WEBHOOK_URL: 'https://hooks.example.com/x',
      AEGIS_SIEM_NOTICE_WEBHOOK_SECRET_FILE: installation.file('short'),
    }),
    startErrorOf('notices_unusable', /at least 24 bytes/),
  );
  await assert.rejects(
    installation.start({ AEGIS_SIEM_NOTICE_SMTP_URL: 'smtp://mail.example.com' }),
    startErrorOf('notices_unusable', /AEGIS_SIEM_NOTICE_MAIL_FROM and AEGIS_SIEM_NOTICE_MAIL_TO/),
  );
});

test('a password in the address of the mail server is refused without repeating it', () => {
  assert.throws(
    () => installation.settings({ AEGIS_SIEM_NOTICE_SMTP_URL: 'smtp://u:hunter2@mail.example.com' }),
    (error) =>
      error instanceof Error && /holds a password/.test(error.message) && !error.message.includes('hunter2'),
  );
});
