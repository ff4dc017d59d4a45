import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';

const SUCCESS = '{"text":"Success","code":0}';
const EVENT_UID = /"metadata_uid":"(?<uid>[^"]+)"/g;

export interface ArrivalSink {
  readonly url: string;
  /** Requests since the start. */
  requests(): number;
  close(): Promise<void>;
}

export interface ArrivalSinkOptions {
  /** Called for each event, when its request has arrived in full. On the clock of `performance.now`. */
  readonly onEvent: (uid: string, atMs: number) => void;
  /** It answers so much later. */
  readonly answerAfterMs?: number;
}

/** A collector in this process, so that sending and arrival are told on one clock. */
export async function startArrivalSink({
  onEvent,
  answerAfterMs = 0,
}: ArrivalSinkOptions): Promise<ArrivalSink> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const atMs = performance.now();
      const answer = (): void => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': SUCCESS.length });
        response.end(SUCCESS);
      };
      if (answerAfterMs === 0) answer();
      else setTimeout(answer, answerAfterMs);
      const wire = Buffer.concat(chunks);
      const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire;
      for (const match of body.toString('utf8').matchAll(EVENT_UID)) {
        onEvent(match.groups?.['uid'] ?? '', atMs);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
