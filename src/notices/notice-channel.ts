import { createHash } from 'node:crypto';
import type { NoticeMessage } from './notice-post.ts';

/** One way by which operators hear of something. */
export interface NoticeChannel {
  readonly name: 'webhook' | 'mail';
  /** The same in every process that tells the same people in the same way: one of those does. */
  readonly id: string;
  /** Rejects when the message was not taken. */
  send(message: NoticeMessage, id: string, nowMs: number): Promise<void>;
}

const FINGERPRINT_CHARS = 16;

/** Names a channel by where it leads, without saying where: an address may hold a secret. */
export function noticeChannelId(name: NoticeChannel['name'], target: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(target)).digest('hex');
  return `${name} ${digest.slice(0, FINGERPRINT_CHARS)}`;
}
