import { type IncomingHttpHeaders, request } from 'node:http';
import type { ReplyBody } from './reply-body.ts';

export interface ServiceReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: ReplyBody;
}

/** One call over a socket, with an API key. An object is sent as JSON. */
export function callService(
  base: string,
  key: string,
  method: string,
  path: string,
  body?: object | string,
  type = 'application/json',
): Promise<ServiceReply> {
  const { promise, resolve, reject } = Promise.withResolvers<ServiceReply>();
  const payload = typeof body === 'object' ? JSON.stringify(body) : body;
  const outgoing = request(new URL(path, base), {
    method,
    agent: false,
    headers: { authorization: `Bearer ${key}`, ...(payload === undefined ? {} : { 'content-type': type }) },
  });
  outgoing.on('error', reject);
  outgoing.on('response', (incoming) => {
    let text = '';
    incoming.setEncoding('utf8');
    incoming.on('data', (chunk: string) => void (text += chunk));
    incoming.on('end', () =>
      resolve({
        status: incoming.statusCode ?? 0,
        headers: incoming.headers,
        text,
        body: (/json/.test(incoming.headers['content-type'] ?? '') ? JSON.parse(text) : {}) as ReplyBody,
      }),
    );
  });
  outgoing.end(payload);
  return promise;
}
