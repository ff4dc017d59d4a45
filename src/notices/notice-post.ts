import type { Notice } from './notice-book.ts';

/** Notices that go out as one message. */
export interface NoticeMessage {
  readonly notices: readonly Notice[];
  /** Notices that found no room in this message or the ones before. */
  readonly leftOut: number;
}

export interface NoticePostLimits {
  readonly messagesAnHour: number;
  /** After the first notice others are waited for this long: an outage concerns many destinations at once. */
  readonly gatherMs: number;
  readonly maxNoticesAMessage: number;
  readonly maxWaiting: number;
}

/** What waits to be put into messages, and when messages went. */
export interface NoticePostState {
  readonly waiting: readonly Notice[];
  /** Absent: nothing waits. */
  readonly firstMs?: number;
  readonly sentMs: readonly number[];
  readonly leftOut: number;
}

const HOUR_MS = 3_600_000;

/** Puts notices together into messages, and never sends more of them in an hour than allowed: what is over waits for the next. */
export class NoticePost {
  readonly #limits: NoticePostLimits;
  readonly #sentMs: number[];
  #waiting: Notice[];
  #firstMs: number | undefined;
  #leftOut: number;

  /** `state`: of a post before this one. */
  constructor(limits: NoticePostLimits, state: NoticePostState = { waiting: [], sentMs: [], leftOut: 0 }) {
    this.#limits = limits;
    this.#sentMs = [...state.sentMs];
    this.#waiting = [...state.waiting];
    this.#firstMs = state.firstMs;
    this.#leftOut = state.leftOut;
  }

  state(): NoticePostState {
    return {
      waiting: this.#waiting,
      ...(this.#firstMs === undefined ? {} : { firstMs: this.#firstMs }),
      sentMs: this.#sentMs,
      leftOut: this.#leftOut,
    };
  }

  add(notices: readonly Notice[], nowMs: number): void {
    if (notices.length === 0) return;
    this.#firstMs ??= nowMs;
    this.#waiting.push(...notices);
    const over = this.#waiting.length - this.#limits.maxWaiting;
    if (over <= 0) return;
    this.#waiting = this.#waiting.slice(over);
    this.#leftOut += over;
  }

  /** The message that may go now, if any. */
  take(nowMs: number): NoticeMessage | undefined {
    const { gatherMs, messagesAnHour, maxNoticesAMessage } = this.#limits;
    if (this.#firstMs === undefined || nowMs - this.#firstMs < gatherMs) return undefined;
    while ((this.#sentMs[0] ?? nowMs) <= nowMs - HOUR_MS) this.#sentMs.shift();
    if (this.#sentMs.length >= messagesAnHour) return undefined;
    this.#sentMs.push(nowMs);
    const notices = this.#waiting.slice(0, maxNoticesAMessage);
    this.#waiting = this.#waiting.slice(maxNoticesAMessage);
    const leftOut = this.#leftOut;
    this.#leftOut = 0;
    this.#firstMs = this.#waiting.length === 0 ? undefined : nowMs;
    return { notices, leftOut };
  }
}
