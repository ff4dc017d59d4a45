import type { JsonObject } from '../json.ts';

/** A process's turn at telling operators by one channel. */
export interface NoticeTurn {
  /** Another one than before: somebody else may have told something meanwhile, and `state` says what. */
  readonly token: number;
  readonly state: JsonObject;
}

export interface NoticeTaking {
  /** Where notices go; a process for each. */
  readonly channel: string;
  /** Unlike every other process, and every earlier one. */
  readonly owner: string;
  readonly leaseMs: number;
}

/** Of the processes that could tell operators, one does: by lease, and what was told is kept for the next. */
export interface NoticeStore {
  /** Takes the turn, or renews it; undefined while another process has it. By the time of the database. */
  takeNotices(taking: NoticeTaking): Promise<NoticeTurn | undefined>;
  /** Keeps what was told. False, and nothing kept, when another process has taken over. */
  keepNotices(channel: string, token: number, state: JsonObject): Promise<boolean>;
  /** Gives the turn back, so that the next process goes on at once. */
  leaveNotices(channel: string, token: number): Promise<void>;
}
