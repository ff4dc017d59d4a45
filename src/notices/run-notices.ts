import { errorFields } from '../delivery/error-fields.ts';
import type { AdminStore } from '../store/admin-store.ts';
import type { ProofStore } from '../outbox/proof-store.ts';
import { conditionsOf } from './condition.ts';
import { NoticeBook } from './notice-book.ts';
import { type NoticeMessage, NoticePost } from './notice-post.ts';
import type { NoticeChannel } from './webhook.ts';

const MAX_DESTINATIONS = 1_000;
const MAX_TRIES = 5;
const RETRY_FIRST_MS = 5_000;

export interface NoticeParts {
  readonly admin: Pick<AdminStore, 'listDestinations' | 'readProgress'>;
  readonly proof: Pick<ProofStore, 'lastCheckpoint'>;
  readonly channels: readonly NoticeChannel[];
  /** By destination id, as the last look at certificates found them. */
  readonly certificateEnds: () => ReadonlyMap<string, number>;
  readonly checkpointEveryMs: number;
  readonly lookEveryMs: number;
  readonly gatherMs: number;
  readonly messagesAnHour: number;
  readonly nowMs: () => number;
  readonly randomUuid: () => string;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly logger: {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
  };
  readonly onSent: (channel: string, result: 'sent' | 'failed') => void;
}

/**
 * Looks at the destinations again and again and tells operators what they should know, by every channel. Runs beside the
 * delivery and never in its way; runs until `signal` aborts; never rejects.
 */
export async function runNotices(parts: NoticeParts, signal: AbortSignal): Promise<void> {
  const book = new NoticeBook();
  const post = new NoticePost({
    messagesAnHour: parts.messagesAnHour,
    gatherMs: parts.gatherMs,
    maxNoticesAMessage: 50,
    maxWaiting: 500,
  });
  const sending = new Set<Promise<void>>();
  while (!signal.aborted) {
    try {
      post.add(book.look(await holdingNow(parts), parts.nowMs()), parts.nowMs());
    } catch (error) {
      parts.logger.warn(
        errorFields(error),
        'What operators should know could not be looked at; trying again',
      );
    }
    const message = post.take(parts.nowMs());
    if (message !== undefined) {
      for (const channel of parts.channels) {
        const sent = deliver(channel, message, parts, signal).finally(() => sending.delete(sent));
        sending.add(sent);
      }
    }
    await parts.sleep(parts.lookEveryMs, signal);
  }
  await Promise.all(sending);
}

async function holdingNow(parts: NoticeParts) {
  const { items } = await parts.admin.listDestinations({}, { limit: MAX_DESTINATIONS });
  const ends = parts.certificateEnds();
  const conditions = [];
  for (const destination of items) {
    const progress = await parts.admin.readProgress(destination.destinationNo);
    const checkpoint = await parts.proof.lastCheckpoint(destination.destinationNo);
    const facts = {
      destination,
      progress,
      lastCheckpointMs: checkpoint?.madeAtMs,
      certificateEndsMs: ends.get(destination.destinationId),
    };
    conditions.push(...conditionsOf(facts, parts.checkpointEveryMs, parts.nowMs()));
  }
  return conditions;
}

/** Tries a few times, ever more slowly; the same id each time, so that a receiver can tell a repeat. */
async function deliver(
  channel: NoticeChannel,
  message: NoticeMessage,
  parts: NoticeParts,
  signal: AbortSignal,
): Promise<void> {
  const id = parts.randomUuid();
  for (let tries = 1; tries <= MAX_TRIES && !signal.aborted; tries += 1) {
    try {
      await channel.send(message, id, parts.nowMs());
      parts.onSent(channel.name, 'sent');
      parts.logger.info({ channel: channel.name, notices: message.notices.length }, 'operators were told');
      return;
    } catch (error) {
      const more = tries < MAX_TRIES;
      parts.logger.warn(
        { channel: channel.name, tries, ...errorFields(error) },
        more ? 'A notice was not taken; trying again' : 'A notice was not taken and is given up',
      );
      if (more) await parts.sleep(RETRY_FIRST_MS * 2 ** (tries - 1), signal);
    }
  }
  parts.onSent(channel.name, 'failed');
}
