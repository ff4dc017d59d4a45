import { createHmac } from 'node:crypto';
import type { Egress } from '../egress/egress.ts';
import { type NoticeChannel, noticeChannelId } from './notice-channel.ts';
import { bodyOf } from './notice-text.ts';

const SECRET_PREFIX = 'whsec_';
const MIN_SECRET_BYTES = 24;
const TIMEOUT_MS = 10_000;
const MAX_REPLY_BYTES = 1_024;

/** The key of a secret in the form of Standard Webhooks (`whsec_` and base64). Throws an Error that repeats nothing of it. */
export function webhookKey(secret: string): Uint8Array {
  const text = secret.trim();
  const key = Buffer.from(text.slice(SECRET_PREFIX.length), 'base64');
  if (!text.startsWith(SECRET_PREFIX) || key.length < MIN_SECRET_BYTES) {
    throw new Error(`must be ${SECRET_PREFIX} followed by at least ${MIN_SECRET_BYTES} bytes in base64`);
  }
  return key;
}

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md */
function signWebhook(key: Uint8Array, id: string, seconds: number, body: string): string {
  return `v1,${createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64')}`;
}

/** Posts messages to an address of the operator, through the same guard as everything else, signed. */
export function webhookChannel(parts: {
  readonly url: URL;
  readonly key: Uint8Array;
  readonly egress: Pick<Egress, 'request'>;
}): NoticeChannel {
  return {
    name: 'webhook',
    id: noticeChannelId('webhook', [parts.url.href]),
    send: async (message, id, nowMs) => {
      const body = JSON.stringify(bodyOf(message, nowMs));
      const seconds = Math.floor(nowMs / 1_000);
      const result = await parts.egress.request({
        method: 'POST',
        url: parts.url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'aegis-siem',
          'webhook-id': id,
          'webhook-timestamp': String(seconds),
          'webhook-signature': signWebhook(parts.key, id, seconds, body),
        },
        body: Buffer.from(body),
        timeoutMs: TIMEOUT_MS,
        maxResponseBytes: MAX_REPLY_BYTES,
      });
      if (result.kind === 'failure') throw new Error(`${result.code}: ${result.message}`);
      if (result.status < 200 || result.status > 299) throw new Error(`answered ${result.status}`);
    },
  };
}
