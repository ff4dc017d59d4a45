import { request } from 'node:http';
import type { JsonValue } from '../../src/json.ts';

export interface HttpAnswer {
  readonly status: number;
  readonly body: JsonValue;
}

/** One request with an API key; rejects when the connection breaks before the answer is complete. */
export function callService(
  url: string,
  key: string,
  method: string,
  path: string,
  body: JsonValue | Uint8Array | undefined,
  contentType = 'application/json',
): Promise<HttpAnswer> {
  const bytes = body === undefined || body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body));
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const outgoing = request(new URL(path, url), {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      ...(bytes === undefined ? {} : { 'content-type': contentType, 'content-length': String(bytes.length) }),
    },
  });
  outgoing.on('error', reject);
  outgoing.on('response', (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', reject);
    incoming.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      resolve({
        status: incoming.statusCode ?? 0,
        body: text === '' ? null : (JSON.parse(text) as JsonValue),
      });
    });
  });
  outgoing.end(bytes);
  return promise;
}
