/**
 * A sink in a process of its own: takes HEC posts as fast as Node can, counts events and answers success. It checks
 * nothing; the fakes under test/ do that. Started by `startSink`; prints its port on the first line.
 */
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

const SUCCESS = '{"text":"Success","code":0}';
/** Each envelope has exactly one of these, and no attestation of the generator contains it. */
const ENVELOPE_MARK = Buffer.from('"aegis_seq"');

export interface Sink {
  readonly url: string;
  /** Events, requests and body bytes on the wire since the last reset. */
  counts(): Promise<SinkCounts>;
  reset(): Promise<void>;
  stop(): void;
}

export interface SinkCounts {
  readonly events: number;
  readonly requests: number;
  readonly bytes: number;
}

export function startSink(): Promise<Sink> {
  const child = fork(import.meta.filename, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ask = (question: 'counts' | 'reset'): Promise<SinkCounts> =>
    new Promise((resolve) => {
      child.once('message', (message) => resolve(message as SinkCounts));
      child.send(question);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('message', (message) => {
      const { port } = message as { port: number };
      resolve({
        url: `http://127.0.0.1:${port}`,
        counts: () => ask('counts'),
        reset: async () => {
          await ask('reset');
        },
        stop: () => child.kill(),
      });
    });
  });
}

function serve(): void {
  let counts = { events: 0, requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const wire = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
      counts.events += countEnvelopes(body);
      counts.requests += 1;
      counts.bytes += wire.length;
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': SUCCESS.length });
      response.end(SUCCESS);
    });
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  process.on('message', (message) => {
    if (message === 'reset') counts = { events: 0, requests: 0, bytes: 0 };
    process.send?.(counts);
  });
  process.on('disconnect', () => process.exit(0));
}

function countEnvelopes(body: Buffer): number {
  let count = 0;
  for (let at = body.indexOf(ENVELOPE_MARK); at !== -1; at = body.indexOf(ENVELOPE_MARK, at + 1)) count += 1;
  return count;
}

if (process.argv[1] === import.meta.filename) serve();
