import { request } from 'node:http';
import type { ReplyBody } from '../../api/reply-body.ts';
import type { ServiceReply } from '../../api/call-service.ts';

export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/** One request whose headers and body are as given, on a connection of its own. An answer that comes early ends it. */
export function sendRaw(base: string, { method, path, headers, body }: RawRequest): Promise<ServiceReply> {
  const { promise, resolve, reject } = Promise.withResolvers<ServiceReply>();
  const { hostname, port } = new URL(base);
  const outgoing = request({ hostname, port, method, path, headers, agent: false });
  let answered = false;
  outgoing.on('error', (error) => {
    if (!answered) reject(error);
  });
  outgoing.on('response', (incoming) => {
    answered = true;
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => void (text += chunk));
    const done = (): void =>
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        text,
        body: (/json/.test(incoming.headers['content-type'] ?? '') && text !== ''
          ? JSON.parse(text)
          : {}) as ReplyBody,
      });
    incoming.on('end', done);
    incoming.on('error', done);
  });
  outgoing.end(body);
  return promise;
}
