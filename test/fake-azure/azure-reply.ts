import { type AzureReply, readAzureReply } from '../../src/connectors/sentinel/azure-reply.ts';

/** A reply as a connector reads it, for the tables of answers. */
export function azureReply(
  status: number,
  body: unknown = '',
  options: {
    readonly retryAfterMs?: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly cut?: boolean;
  } = {},
): AzureReply {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readAzureReply(
    {
      kind: 'response',
      status,
      headers: options.headers ?? {},
      setCookies: [],
      body: Buffer.from(text),
      bodyCut: options.cut === true,
      durationMs: 3,
    },
    { secrets: [], retryAfterMs: options.retryAfterMs },
  );
}

export const HTML = '<!doctype html><html><body>Sign in</body></html>';
