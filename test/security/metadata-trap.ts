/**
 * Runs inside of a network namespace of its own, started by metadata-trap.security.test.ts: the metadata addresses of the
 * clouds are addresses of this namespace's loopback, each with a trap, and every name is answered by a stub name server that
 * the system's own resolver asks. Writes what it saw as one line of JSON.
 */
import { createServer as createHttpServer } from 'node:http';
import { connect, createServer as createTcpServer, type Server } from 'node:net';
import { createAddressPolicy } from '../../src/egress/address-policy.ts';
import { createEgress } from '../../src/egress/create-egress.ts';
import type { Egress, EgressResult } from '../../src/egress/egress.ts';
import { startStubDns } from './stub-dns.ts';

/** What the parent gave to the loopback interface. */
const TRAPS = process.argv.slice(2);
const PORTS = [80, 443, 8088];
const FLIPS = 200;
/** Whatever the operator writes, the metadata addresses stay shut. */
const LISTS = ['', 'http+169.254.0.0/16,http+100.64.0.0/10', 'http+0.0.0.0/0,http+[::/0]'];

const SPELLINGS = [
  '169.254.169.254',
  '169.254.169.254.',
  '2852039166',
  '0xa9fea9fe',
  '0xa9.0xfe.0xa9.0xfe',
  '0251.0376.0251.0376',
  '025177524776',
  '0xa9.254.0251.254',
  '169.254.43518',
  '169.16689662',
  '%31%36%39.254.169.254',
  '１６９.254.169.254',
  '①⑥⑨.②⑤④.①⑥⑨.②⑤④',
  '169。254。169。254',
  '[::ffff:169.254.169.254]',
  '[::ffff:a9fe:a9fe]',
  '[::FFFF:A9FE:A9FE]',
  '[0:0:0:0:0:ffff:a9fe:a9fe]',
  '[0000:0000:0000:0000:0000:ffff:a9fe:a9fe]',
  '[fd00:ec2::254]',
  '[fd00:0ec2:0:0:0:0:0:254]',
  '[fd00:ec2:0::0:254]',
  '100.100.100.200',
  '0x64646 4c8'.replace(' ', ''),
  '1684301000',
  '[::ffff:100.100.100.200]',
  'metadata.google.internal',
  'METADATA.google.internal.',
  'metadata',
  'innocent.example.com',
  'mixed.example.com',
];

let hits = 0;
for (const host of TRAPS) {
  for (const port of PORTS) await listen(createTcpServer(onTrapped), host, port);
}

function onTrapped(socket: { destroy(): unknown }): void {
  hits += 1;
  socket.destroy();
}

function listen(server: Server, host: string, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen({ host, port }, resolve);
  server.unref();
  return promise;
}

/** Each trap is reached by a plain socket: what would be dialled is seen. */
let controls = 0;
for (const host of TRAPS) {
  const before = hits;
  await new Promise((resolve) => connect(80, host).on('close', resolve).on('error', resolve));
  controls += hits - before;
}
hits = 0;

let answers: readonly string[] = ['169.254.169.254'];
await using _dns = await startStubDns(
  (name) => (name.startsWith('mixed') ? ['127.0.0.1', ...answers] : answers),
  { address: '127.0.0.1', port: 53 },
);

let tries = 0;
const wrong: string[] = [];

async function ask(egress: Egress, url: string): Promise<EgressResult> {
  tries += 1;
  return egress.request({
    method: 'POST',
    url: new URL(url),
    headers: {},
    body: Buffer.from('body'),
    timeoutMs: 5_000,
    maxResponseBytes: 1_000,
  });
}

function mustBeBlocked(result: EgressResult, what: string): void {
  if (result.kind === 'failure' && result.phase === 'blocked') return;
  wrong.push(`${what}: ${result.kind === 'failure' ? `${result.phase} ${result.code}` : result.status}`);
}

for (const list of LISTS) {
  const egress = createEgress({ policy: createAddressPolicy(list) });
  for (const host of SPELLINGS) {
    for (const at of [`http://${host}/`, `https://${host}/`, `https://${host}:8088/`])
      mustBeBlocked(await ask(egress, at), `${list} ${at}`);
  }
  await egress.close();
}
const spellings = tries;

/** A SIEM that sends its callers to the trap. */
let redirects = 0;
for (const status of [301, 302, 303, 307, 308]) {
  const server = createHttpServer((_request, response) => {
    response.writeHead(status, { location: 'http://169.254.169.254/latest/meta-data/' }).end();
  });
  await listen(server, '127.0.0.1', 10_000 + status);
  const egress = createEgress({ policy: createAddressPolicy('http+0.0.0.0/0') });
  const result = await ask(egress, `http://127.0.0.1:${10_000 + status}/`);
  if (result.kind === 'response' && result.status === status) redirects += 1;
  await egress.close();
  server.close();
}

/** The same name leads to a SIEM and to the trap in turn, asked through the system's resolver. */
let served = 0;
const siem = createHttpServer((_request, response) => {
  served += 1;
  response.setHeader('connection', 'close').end('ok');
});
await listen(siem, '127.0.0.1', 80);
const egress = createEgress({ policy: createAddressPolicy('http+0.0.0.0/0,http+[::/0]') });
for (let flip = 0; flip < FLIPS; flip += 1) {
  answers = [flip % 2 === 0 ? '127.0.0.1' : (TRAPS[(flip >> 1) % TRAPS.length] ?? '')];
  const result = await ask(egress, 'http://flip.example.com/');
  if (flip % 2 === 1) mustBeBlocked(result, `flip ${flip}`);
}
await egress.close();

console.log(JSON.stringify({ controls, hits, spellings, redirects, flips: FLIPS, served, wrong }));
process.exit(0);
