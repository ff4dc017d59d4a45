import type { IncomingMessage } from 'node:http';
import type { EgressResponse } from './egress.ts';

/** Reads a reply up to a cap. A longer one is cut and its connection dropped; so is one whose connection ends early. */
export function readReply(
  incoming: IncomingMessage,
  maxBytes: number,
): Promise<Omit<EgressResponse, 'kind' | 'durationMs'>> {
  return new Promise((resolve) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const finish = (bodyCut: boolean): void =>
      resolve({
        status: incoming.statusCode ?? 0,
        headers: headersOf(incoming),
        setCookies: incoming.headers['set-cookie'] ?? [],
        body: Buffer.concat(chunks),
        bodyCut,
      });
    incoming.on('data', (chunk: Uint8Array) => {
      const room = maxBytes - bytes;
      chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk);
      bytes += Math.min(chunk.length, room);
      if (chunk.length <= room) return;
      finish(true);
      incoming.destroy();
    });
    incoming.on('end', () => finish(false));
    incoming.on('error', () => finish(true));
    incoming.on('close', () => finish(!incoming.complete));
  });
}

function headersOf(incoming: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (const [name, values] of Object.entries(incoming.headersDistinct)) {
    if (name !== 'set-cookie' && values !== undefined) headers[name] = values.join(', ');
  }
  return headers;
}
