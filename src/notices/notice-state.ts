import type { JsonObject } from '../json.ts';
import type { NoticeEntry } from './notice-book.ts';
import type { NoticeMessage, NoticePostState } from './notice-post.ts';

/** A message that is under way: kept before it is sent, so that a process that ends then loses nothing. */
export interface OutgoingMessage {
  /** The same at each try, by whatever process: a receiver can tell a repeat. */
  readonly id: string;
  readonly message: NoticeMessage;
}

/** All that one process must tell the next so that nothing is told twice or not at all. */
export interface NoticeState {
  readonly entries: readonly NoticeEntry[];
  readonly post: NoticePostState;
  readonly outgoing: readonly OutgoingMessage[];
}

const VERSION = 1;
const EMPTY: NoticeState = { entries: [], post: { waiting: [], sentMs: [], leftOut: 0 }, outgoing: [] };

export function storedNoticeState(state: NoticeState): JsonObject {
  // Through text: what is kept is what will be read.
  return JSON.parse(JSON.stringify({ version: VERSION, ...state })) as JsonObject;
}

/** Undefined for what this release does not read: then everything that holds is told anew. */
export function readNoticeState(stored: JsonObject): NoticeState | undefined {
  if (Object.keys(stored).length === 0) return EMPTY;
  const { version, entries, post, outgoing } = stored;
  const isOurs =
    version === VERSION &&
    Array.isArray(entries) &&
    Array.isArray(outgoing) &&
    typeof post === 'object' &&
    post !== null &&
    !Array.isArray(post);
  // Written by `storedNoticeState` of the same version.
  return isOurs ? (stored as unknown as NoticeState) : undefined;
}

export function emptyNoticeState(): NoticeState {
  return EMPTY;
}
