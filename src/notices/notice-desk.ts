import { errorFields } from '../delivery/error-fields.ts';
import type { NoticeStore, NoticeTurn } from '../store/notice-store.ts';
import type { Condition } from './condition.ts';
import { NoticeBook } from './notice-book.ts';
import { NoticePost, type NoticePostLimits } from './notice-post.ts';
import {
  emptyNoticeState,
  type NoticeState,
  type OutgoingMessage,
  readNoticeState,
  storedNoticeState,
} from './notice-state.ts';
import type { NoticeChannel } from './notice-channel.ts';

const MAX_TRIES = 5;
const RETRY_FIRST_MS = 5_000;

export interface NoticeDeskParts {
  readonly notices: NoticeStore;
  readonly channel: NoticeChannel;
  readonly post: NoticePostLimits;
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
 * One process's turn at one channel: what holds, what was said, what is under way. All of it is kept in the store before a
 * message goes, and a message is there until it was taken: after a crash the next process sends it again, under the same id.
 */
export class NoticeDesk {
  readonly token: number;
  readonly #parts: NoticeDeskParts;
  readonly #book: NoticeBook;
  readonly #post: NoticePost;
  readonly #outgoing: Map<string, OutgoingMessage>;
  readonly #sending = new Map<string, Promise<void>>();
  readonly #ending = new AbortController();
  #kept = '';

  constructor(turn: NoticeTurn, parts: NoticeDeskParts) {
    const state = readNoticeState(turn.state);
    if (state === undefined) {
      parts.logger.warn(
        { channel: parts.channel.name },
        'What operators were told cannot be read; telling anew',
      );
    }
    const { entries, post, outgoing } = state ?? emptyNoticeState();
    this.token = turn.token;
    this.#parts = parts;
    this.#book = new NoticeBook(entries);
    this.#post = new NoticePost(parts.post, post);
    this.#outgoing = new Map(outgoing.map((one) => [one.id, one]));
  }

  /**
   * Takes all conditions that hold now, and sends what is due. False when another process has taken over: then nothing was sent.
   * Rejects when the store fails: what was to be sent waits for the next look.
   */
  async look(conditions: readonly Condition[]): Promise<boolean> {
    const nowMs = this.#parts.nowMs();
    this.#post.add(this.#book.look(conditions, nowMs), nowMs);
    const message = this.#post.take(nowMs);
    if (message !== undefined) {
      const id = this.#parts.randomUuid();
      this.#outgoing.set(id, { id, message });
    }
    if (!(await this.#keep())) return false;
    for (const one of this.#outgoing.values()) this.#begin(one);
    return true;
  }

  /** Ends after the try under way. What was not taken stays in the store. */
  async stop(): Promise<void> {
    this.#ending.abort();
    await Promise.all(this.#sending.values());
  }

  /** `always`: also what is kept already, to learn whether it is still this process's turn. */
  async #keep(always = false): Promise<boolean> {
    const state: NoticeState = {
      entries: this.#book.entries(),
      post: this.#post.state(),
      outgoing: [...this.#outgoing.values()],
    };
    const stored = storedNoticeState(state);
    const text = JSON.stringify(stored);
    if (text === this.#kept && !always) return true;
    const { notices, channel } = this.#parts;
    const kept = await notices.keepNotices(channel.id, this.token, stored);
    if (kept) this.#kept = text;
    return kept;
  }

  #begin(outgoing: OutgoingMessage): void {
    if (this.#sending.has(outgoing.id) || this.#ending.signal.aborted) return;
    const sending = this.#send(outgoing).finally(() => this.#sending.delete(outgoing.id));
    this.#sending.set(outgoing.id, sending);
  }

  /** Tries a few times, ever more slowly. Never rejects. */
  async #send({ id, message }: OutgoingMessage): Promise<void> {
    const { channel, logger, onSent, nowMs, sleep } = this.#parts;
    const { signal } = this.#ending;
    for (let tries = 1; tries <= MAX_TRIES && !signal.aborted; tries += 1) {
      try {
        // The first try follows at once on a write that was ours.
        if (tries > 1 && !(await this.#keep(true))) return;
        await channel.send(message, id, nowMs());
        onSent(channel.name, 'sent');
        logger.info({ channel: channel.name, notices: message.notices.length }, 'operators were told');
        return await this.#finish(id);
      } catch (error) {
        const more = tries < MAX_TRIES;
        logger.warn(
          { channel: channel.name, tries, ...errorFields(error) },
          more ? 'A notice was not taken; trying again' : 'A notice was not taken and is given up',
        );
        if (more) await sleep(RETRY_FIRST_MS * 2 ** (tries - 1), signal);
      }
    }
    if (signal.aborted) return;
    onSent(channel.name, 'failed');
    await this.#finish(id);
  }

  async #finish(id: string): Promise<void> {
    this.#outgoing.delete(id);
    try {
      await this.#keep();
    } catch (error) {
      // The next look keeps it; a process that ends before that has it sent once more, under the same id.
      this.#parts.logger.warn(errorFields(error), 'That operators were told could not be kept');
    }
  }
}
